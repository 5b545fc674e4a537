using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace BootDepot.DiskImages.Identify;

/// <summary>What a disk's partition table and boot areas say.</summary>
/// <param name="Table">Which partition table.</param>
/// <param name="SectorSize">Bytes in a sector: 512, or 4096 for a disk that was made for such drives.</param>
/// <param name="Size">The disk's size in bytes as the partition table has it; 0 when it does not say.</param>
/// <param name="Partitions">The partitions, in table order.</param>
/// <param name="Bios">The boot code in the first sector.</param>
/// <param name="Efi">The boot programs that were found in an EFI system partition.</param>
public sealed record DiskLayout(
    PartitionTable Table,
    int SectorSize,
    long Size,
    IReadOnlyList<Partition> Partitions,
    BiosBootCode Bios,
    IReadOnlyList<EfiProgram> Efi
)
{
    /// <summary>
    /// The processor architectures that the disk boots, without repeats: those of its EFI programs; <c>amd64</c> when
    /// there is only BIOS boot code. Empty when nothing to boot was found.
    /// </summary>
    public IReadOnlyList<string> Architectures =>
        Efi.Count > 0 ? [.. Efi.Select(e => e.Arch).Distinct(StringComparer.Ordinal)]
        : Bios == BiosBootCode.None ? []
        : ["amd64"];

    /// <summary>Table, architecture and firmware for a person: <c>GPT, amd64 EFI + BIOS (GRUB)</c>.</summary>
    public string Describe()
    {
        var table = Table == PartitionTable.Gpt ? "GPT" : "MBR";
        var ways = new List<string>(2);
        if (Efi.Count > 0)
            ways.Add($"{string.Join("/", Architectures)} EFI");
        if (Bios != BiosBootCode.None)
            ways.Add($"BIOS ({BiosName})");
        var sector = SectorSize == 512 ? "" : string.Create(CultureInfo.InvariantCulture, $" with {SectorSize}-byte sectors");
        return $"{table}{sector}, {(ways.Count == 0 ? "nothing to boot found" : string.Join(" + ", ways))}";
    }

    private string BiosName =>
        Bios switch
        {
            BiosBootCode.Grub => "GRUB",
            BiosBootCode.Syslinux => "syslinux",
            BiosBootCode.Windows => "Windows",
            _ => "other code",
        };
}

/// <summary>Partition tables.</summary>
public enum PartitionTable
{
    /// <summary>The four entries of the first sector.</summary>
    Mbr,

    /// <summary>GUID partition table.</summary>
    Gpt,
}

/// <summary>One partition.</summary>
/// <param name="Offset">First byte on the disk.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Kind">What the table says it is for.</param>
/// <param name="TypeId">The table's own type: two hexadecimal digits (MBR) or a GUID (GPT).</param>
/// <param name="Name">The name in a GPT; empty in an MBR.</param>
public sealed record Partition(long Offset, long Length, PartitionKind Kind, string TypeId, string Name);

/// <summary>What a partition is for.</summary>
public enum PartitionKind
{
    /// <summary>Anything else.</summary>
    Other,

    /// <summary>EFI system partition.</summary>
    EfiSystem,

    /// <summary>Where GRUB keeps its core image on a GPT disk for BIOS.</summary>
    BiosBoot,

    /// <summary>Linux data or root.</summary>
    Linux,

    /// <summary>Linux logical volumes.</summary>
    LinuxLvm,

    /// <summary>Windows data.</summary>
    Windows,
}

/// <summary>Whose boot code the first sector holds.</summary>
public enum BiosBootCode
{
    /// <summary>None.</summary>
    None,

    /// <summary>GRUB's boot.img.</summary>
    Grub,

    /// <summary>syslinux's MBR code.</summary>
    Syslinux,

    /// <summary>Windows' MBR code.</summary>
    Windows,

    /// <summary>Code that is none of these.</summary>
    Other,
}

/// <summary>A boot program in an EFI system partition.</summary>
/// <param name="Path">Its path there, with slashes: <c>EFI/BOOT/BOOTX64.EFI</c>.</param>
/// <param name="Arch">The architecture in its PE header, in Debian's words: <c>amd64</c>, <c>arm64</c>.</param>
/// <param name="Loader">What it seems to be: <c>shim</c>, <c>GRUB</c>, <c>systemd-boot</c>, <c>Windows Boot Manager</c>; else <c>unknown</c>.</param>
public sealed record EfiProgram(string Path, string Arch, string Loader);
