using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.FileSystems;
using BootDepot.DiskImages.Identify.Views;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>Recognises a whole disk by its partition table and says what it boots.</summary>
internal static class RawDiskProbe
{
    private const int BootCodeLength = 440;

    /// <summary>The disk, damage in it, or null when there is no partition table.</summary>
    public static async Task<Found?> ReadOrNullAsync(ByteView view, InspectionBudget budget, CancellationToken token)
    {
        if (await view.ReadOrNullAsync(0, 512, token) is not { } first)
            return null;
        var table = await GptTable.ReadOrNullAsync(view, first, budget, token) ?? MbrTable.ReadOrNull(first);
        if (table is null)
            return null;
        if (table.Broken is { } why)
            return Damage.Of("a raw disk", why);
        if (view.Length is { } length && FirstBeyond(table, length) is { } beyond)
        {
            return Damage.Truncated(
                "a raw disk",
                $"its partition table goes to byte {beyond} and the disk has {length} bytes"
            );
        }

        var efi = new List<EfiProgram>();
        foreach (var partition in table.Partitions)
        {
            if (partition.Kind == PartitionKind.EfiSystem)
                efi.AddRange(await EfiPartition.ProgramsAsync(new SliceView(view, partition.Offset, partition.Length), budget, token));
        }

        return new RawDiskFound(
            new DiskLayout(table.Kind, table.SectorSize, table.DiskSize, table.Partitions, BootCode(first), efi)
        );
    }

    private static long? FirstBeyond(FoundTable table, long length)
    {
        if (table.DiskSize > length)
            return table.DiskSize;
        foreach (var partition in table.Partitions)
        {
            if (partition.Offset + partition.Length > length)
                return partition.Offset + partition.Length;
        }

        return null;
    }

    private static BiosBootCode BootCode(byte[] first)
    {
        var code = first.AsSpan(0, BootCodeLength);
        if (!code.ContainsAnyExcept((byte)0))
            return BiosBootCode.None;
        if (code.IndexOf("GRUB \0Geom"u8) >= 0)
            return BiosBootCode.Grub;
        if (code.IndexOf("Missing operating system.\r\n"u8) >= 0 || code.IndexOf("Operating system load error"u8) >= 0)
            return BiosBootCode.Syslinux;
        return code.IndexOf("Invalid partition table\0"u8) >= 0 ? BiosBootCode.Windows : BiosBootCode.Other;
    }
}

/// <summary>A partition table that was read; the disk's size is 0 when the table does not say, and <c>Broken</c> why it cannot be used.</summary>
internal sealed record FoundTable(
    PartitionTable Kind,
    int SectorSize,
    long DiskSize,
    IReadOnlyList<Partition> Partitions,
    string? Broken
);

/// <summary>The table in the first sector.</summary>
internal static class MbrTable
{
    private const int Entries = 446;

    /// <summary>Whether the first sector ends in the boot signature.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> first) => first.Length >= 512 && first[510] == 0x55 && first[511] == 0xaa;

    /// <summary>Whether there is an entry of the type that protects a GPT.</summary>
    public static bool IsProtective(ReadOnlySpan<byte> first)
    {
        for (var i = 0; HasSignature(first) && i < 4; i++)
        {
            if (first[Entries + (16 * i) + 4] == 0xee)
                return true;
        }

        return false;
    }

    /// <summary>The table, or null when the sector has none that makes sense.</summary>
    public static FoundTable? ReadOrNull(ReadOnlySpan<byte> first)
    {
        if (!HasSignature(first))
            return null;
        var partitions = new List<Partition>(4);
        for (var i = 0; i < 4; i++)
        {
            var entry = first.Slice(Entries + (16 * i), 16);
            // Active is 0x80 and else 0; anything else is a boot sector's code or text.
            if ((entry[0] & 0x7f) != 0)
                return null;
            var (type, start, count) = (entry[4], ReadUInt32LittleEndian(entry[8..]), ReadUInt32LittleEndian(entry[12..]));
            if (type == 0 || count == 0)
                continue;
            if (start == 0)
                return null;
            partitions.Add(new Partition(start * 512L, count * 512L, KindOf(type), type.ToString("x2", null), ""));
        }

        return partitions.Count == 0 ? null : new FoundTable(PartitionTable.Mbr, 512, 0, partitions, null);
    }

    private static PartitionKind KindOf(byte type) =>
        type switch
        {
            0xef => PartitionKind.EfiSystem,
            0x83 => PartitionKind.Linux,
            0x8e => PartitionKind.LinuxLvm,
            0x07 => PartitionKind.Windows,
            _ => PartitionKind.Other,
        };
}
