using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.Views;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.FileSystems;

/// <summary>
/// Finds the programs that firmware starts from an EFI system partition without any stored boot entry: <c>\EFI\BOOT\BOOT*.EFI</c>
/// (UEFI specification 3.5.1.1); on a deployed machine there is no entry yet. Vendors' own folders tell what they are.
/// </summary>
internal static class EfiPartition
{
    private const int MaxPrograms = 8;
    private const int HeadLength = 4096;

    public static async Task<IReadOnlyList<EfiProgram>> ProgramsAsync(
        ByteView partition,
        InspectionBudget budget,
        CancellationToken token
    )
    {
        if (await FatVolume.OpenOrNullAsync(partition, budget, token) is not { } volume)
            return [];
        if (Named(await volume.RootAsync(token), "EFI") is not { } efi)
            return [];
        var vendors = await volume.ListAsync(efi, token);
        var programs = new List<EfiProgram>();
        if (Named(vendors, "BOOT") is not { } boot)
            return programs;
        var files = await volume.ListAsync(boot, token);
        foreach (var file in files.Where(f => f.Name.StartsWith("BOOT", StringComparison.Ordinal) && f.Name.EndsWith(".EFI", StringComparison.Ordinal)))
        {
            if (programs.Count == MaxPrograms)
                break;
            if (ArchitectureOrNull(await volume.StartOfAsync(file, HeadLength, token)) is { } arch)
                programs.Add(new EfiProgram($"EFI/BOOT/{file.Name}", arch, Loader(vendors, files)));
        }

        return programs;
    }

    private static FatEntry? Named(IReadOnlyList<FatEntry> entries, string name) =>
        entries.FirstOrDefault(e => e.IsDirectory && e.Name == name);

    private static string Loader(IReadOnlyList<FatEntry> vendors, IReadOnlyList<FatEntry> files) =>
        Named(vendors, "MICROS~1") is not null ? "Windows Boot Manager"
        : Named(vendors, "SYSTEMD") is not null ? "systemd-boot"
        : files.Any(f => f.Name.StartsWith("GRUB", StringComparison.Ordinal)) ? "shim"
        : vendors.Any(v => v.IsDirectory && v.Name is "DEBIAN" or "UBUNTU" or "CENTOS" or "REDHAT" or "FEDORA" or "ALMALI~1" or "ROCKY" or "OPENSUSE")
            ? "GRUB"
        : "unknown";

    /// <summary>The architecture of a PE program by its machine number, in Debian's words; null when it is none.</summary>
    internal static string? ArchitectureOrNull(ReadOnlySpan<byte> program)
    {
        if (program.Length < 64 || program[0] != 'M' || program[1] != 'Z')
            return null;
        var at = ReadUInt32LittleEndian(program[60..]);
        if (at > program.Length - 6 || !program[(int)at..].StartsWith("PE\0\0"u8))
            return null;
        return ReadUInt16LittleEndian(program[((int)at + 4)..]) switch
        {
            0x8664 => "amd64",
            0xaa64 => "arm64",
            0x014c => "i386",
            0x01c2 or 0x01c4 => "armhf",
            0x5064 => "riscv64",
            0x6264 => "loong64",
            _ => null,
        };
    }
}
