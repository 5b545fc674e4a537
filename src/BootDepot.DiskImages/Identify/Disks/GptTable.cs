using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;
using BootDepot.DiskImages.Identify.Views;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>The GUID partition table (UEFI specification, chapter 5). Numbers are little-endian.</summary>
internal static class GptTable
{
    private const int HeaderLength = 92;
    private static readonly int[] SectorSizes = [512, 4096];
    private static readonly Guid EfiSystem = new("C12A7328-F81F-11D2-BA4B-00A0C93EC93B");
    private static readonly Guid BiosBoot = new("21686148-6449-6E6F-744E-656564454649");
    private static readonly Guid LinuxData = new("0FC63DAF-8483-4772-8E79-3D69D8477DE4");
    private static readonly Guid LinuxLvm = new("E6D6D379-F507-44C2-A23C-238F2A3DF928");
    private static readonly Guid WindowsData = new("EBD0A0A2-B9E5-4433-87C0-68B6B72699C7");

    /// <summary>The table at sector 1, for sectors of 512 or 4096 bytes, or null when there is none.</summary>
    public static async Task<FoundTable?> ReadOrNullAsync(
        ByteView view,
        byte[] first,
        InspectionBudget budget,
        CancellationToken token
    )
    {
        foreach (var sector in SectorSizes)
        {
            if (await view.ReadOrNullAsync(sector, 512, token) is not { } header || !header.AsSpan().StartsWith("EFI PART"u8))
                continue;
            return HasChecksum(header)
                ? await ReadEntriesAsync(view, header, sector, budget, token)
                : Broken(sector, "the checksum of its GPT header is wrong");
        }

        return MbrTable.IsProtective(first)
            ? Broken(512, "its first sector says that there is a GPT, and there is none")
            : null;
    }

    private static FoundTable Broken(int sector, string why) => new(PartitionTable.Gpt, sector, 0, [], why);

    private static bool HasChecksum(byte[] header)
    {
        var length = ReadUInt32LittleEndian(header.AsSpan(12));
        if (length is < HeaderLength or > 512)
            return false;
        var copy = header.AsSpan(0, (int)length).ToArray();
        copy.AsSpan(16, 4).Clear();
        return Crc32.Of(copy) == ReadUInt32LittleEndian(header.AsSpan(16));
    }

    private static async Task<FoundTable> ReadEntriesAsync(
        ByteView view,
        byte[] header,
        int sector,
        InspectionBudget budget,
        CancellationToken token
    )
    {
        var alternate = ReadUInt64LittleEndian(header.AsSpan(32));
        var entriesAt = ReadUInt64LittleEndian(header.AsSpan(72));
        var count = ReadUInt32LittleEndian(header.AsSpan(80));
        var size = ReadUInt32LittleEndian(header.AsSpan(84));
        var most = (ulong)(long.MaxValue / sector / 2);
        if (size is < 128 or > 4096 || (size & (size - 1)) != 0 || alternate > most || entriesAt > most)
            return Broken(sector, "its GPT header has impossible sizes");
        if (count > budget.Limits.GptEntries)
            return Broken(sector, $"its GPT has {count} entries, more than the {budget.Limits.GptEntries} that are read");
        if (await view.ReadOrNullAsync((long)entriesAt * sector, (int)(count * size), token) is not { } entries)
            return Broken(sector, "the entries of its GPT cannot be read");
        if (Crc32.Of(entries) != ReadUInt32LittleEndian(header.AsSpan(88)))
            return Broken(sector, "the checksum of its GPT entries is wrong");
        var partitions = new List<Partition>();
        for (var at = 0; at < entries.Length; at += (int)size)
        {
            var entry = entries.AsSpan(at, 128);
            if (!entry[..16].ContainsAnyExcept((byte)0))
                continue;
            var (start, end) = (ReadUInt64LittleEndian(entry[32..]), ReadUInt64LittleEndian(entry[40..]));
            if (start == 0 || end < start || end > most)
                return Broken(sector, "a partition in its GPT has an impossible place");
            partitions.Add(ToPartition(entry, (long)start * sector, (long)(end - start + 1) * sector));
        }

        return new FoundTable(PartitionTable.Gpt, sector, ((long)alternate + 1) * sector, partitions, null);
    }

    private static Partition ToPartition(ReadOnlySpan<byte> entry, long offset, long length)
    {
        var type = new Guid(entry[..16]);
        var name = Encoding.Unicode.GetString(entry.Slice(56, 72));
        var end = name.IndexOf('\0', StringComparison.Ordinal);
        return new Partition(offset, length, KindOf(type), type.ToString(), end < 0 ? name : name[..end]);
    }

    private static PartitionKind KindOf(Guid type) =>
        type == EfiSystem ? PartitionKind.EfiSystem
        : type == BiosBoot ? PartitionKind.BiosBoot
        : type == LinuxData ? PartitionKind.Linux
        : type == LinuxLvm ? PartitionKind.LinuxLvm
        : type == WindowsData ? PartitionKind.Windows
        : PartitionKind.Other;
}
