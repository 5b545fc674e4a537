using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;
using BootDepot.DiskImages.Identify.Views;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>Looks at the disk inside a virtual disk.</summary>
internal static class GuestInspection
{
    /// <summary>What the disk holds, or null when it cannot be read without the format's own tool.</summary>
    public static async Task<Found?> LookOrNullAsync(ByteView disk, InspectionBudget budget, CancellationToken token)
    {
        // Its tables and its first sectors may lie behind what is here.
        if (budget.IsStart)
            return null;
        try
        {
            return await Inspection.LookAtDiskAsync(disk, budget, token);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or CodecMissingException)
        {
            // One block that does not unpack here says nothing about the image; the tool will say.
            return null;
        }
    }
}
