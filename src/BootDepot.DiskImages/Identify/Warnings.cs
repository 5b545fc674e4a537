using System.Collections.Generic;
using BootDepot.DiskImages.Identify.Views;
using BootDepot.Images;

namespace BootDepot.DiskImages.Identify;

/// <summary>What an uploader should know about an image that is otherwise right.</summary>
internal static class Warnings
{
    public static IReadOnlyList<Fault> For(Found found, InspectionBudget budget)
    {
        var warnings = new List<Fault>();
        if (budget.UnpackingStopped)
        {
            warnings.Add(
                new Fault(
                    FaultCodes.InspectionLimit,
                    $"Only the first {budget.Limits.UnpackedBytes >> 20} MiB of the unpacked content were looked at; boot programs further back were not seen."
                )
            );
        }

        var disk = found.Innermost is VirtualDiskFound { Guest: { } guest } ? guest : found.Innermost;
        if (disk is RawDiskFound { Layout: { Bios: BiosBootCode.None, Efi.Count: 0 } } && !budget.UnpackingStopped)
        {
            warnings.Add(
                new Fault(
                    FaultCodes.NoBootLoader,
                    "The disk has neither BIOS boot code nor an EFI boot program (EFI/BOOT/BOOT*.EFI in an EFI system partition): a machine deployed with it will not start by itself."
                )
            );
        }

        return warnings;
    }
}
