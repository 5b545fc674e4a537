using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.Views;
using BootDepot.Images;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>
/// Recognises VMDK: one sparse file with its description inside, or a text that names other files
/// (VMware's "Virtual Disk Format 5.0"). Numbers are little-endian, offsets in sectors of 512 bytes.
/// </summary>
internal static class VmdkProbe
{
    private const string Looks = "vmdk";
    private const int Sector = 512;
    private const uint CompressedFlag = 1 << 16;
    private const ulong AtEnd = ulong.MaxValue;

    public static bool MatchesSparse(ReadOnlySpan<byte> start) => start.StartsWith("KDMV"u8);

    public static bool MatchesOldSparse(ReadOnlySpan<byte> start) => start.StartsWith("COWD"u8);

    /// <summary>Reads one with a sparse header.</summary>
    public static async Task<Found> ReadSparseAsync(ByteView view, InspectionBudget budget, CancellationToken token)
    {
        if (await view.ReadOrNullAsync(0, Sector, token) is not { } head)
            return Damage.Truncated(Looks, "its header is cut off");
        if (ParseOrNull(head) is not { } header)
            return Damage.Of(Looks, "its header has impossible sizes");
        // The header carries line ends and a blank, to show a transfer that took the file for text.
        if (!head.AsSpan(73, 4).SequenceEqual("\n \r\n"u8))
            return Damage.Of(Looks, "its line-end marks are wrong, as after a transfer in text mode");
        var hazards = new List<Fault>();
        if (header.Version is < 1 or > 3)
            hazards.Add(Damage.Unsupported($"vmdk version {header.Version}; versions 1 to 3 are handled"));
        var text = await view.ReadUpToAsync(
            header.DescriptorOffset,
            (int)Math.Min(header.DescriptorLength, budget.Limits.VmdkDescriptorBytes),
            token
        );
        var variant = VmdkDescriptor.Inspect(text, header.DescriptorLength > text.Length, header.Capacity, hazards);
        var streamed = header.IsCompressed || header.DirectoryAtEnd;
        if (hazards.Count == 0 && header.DirectoryAtEnd)
        {
            // A second header with the directory's place stands 1024 bytes before the end.
            if (view.Length is { } length && await view.ReadOrNullAsync(length - 1024, Sector, token) is { } foot)
            {
                if (!MatchesSparse(foot) || ParseOrNull(foot) is not { DirectoryAtEnd: false } footer)
                    return Damage.Truncated(Looks, "the footer of a stream-optimised image is missing at its end");
                header = footer;
            }
        }

        if (hazards.Count == 0 && await FindCutAsync(view, header, token) is { } cut)
            return cut;
        Found? guest = null;
        if (hazards.Count == 0 && !header.DirectoryAtEnd)
            guest = await GuestInspection.LookOrNullAsync(new VmdkView(view, header, budget), budget, token);
        return new VirtualDiskFound(
            VirtualDiskFormat.Vmdk,
            variant.Length > 0 ? variant : streamed ? "streamOptimized" : "sparse",
            header.Capacity,
            hazards,
            guest
        );
    }

    /// <summary>Describes the text form and the old sparse form, which are never converted.</summary>
    public static async Task<Found> ReadUnusableAsync(ByteView view, InspectionBudget budget, CancellationToken token)
    {
        var text = await view.ReadUpToAsync(0, budget.Limits.VmdkDescriptorBytes, token);
        if (MatchesOldSparse(text))
        {
            return new VirtualDiskFound(
                VirtualDiskFormat.Vmdk,
                "ESX sparse",
                0,
                [Damage.Unsupported("an old ESX sparse extent of a vmdk, which is useless without its description")],
                null
            );
        }

        var descriptor = VmdkDescriptor.Parse(text);
        return new VirtualDiskFound(
            VirtualDiskFormat.Vmdk,
            $"{descriptor.CreateType} description".TrimStart(),
            descriptor.TotalBytes,
            [Damage.External(Looks, descriptor.ExtentNames)],
            null
        );
    }

    private static VmdkHeader? ParseOrNull(byte[] head)
    {
        var capacity = ReadUInt64LittleEndian(head.AsSpan(12));
        var grain = ReadUInt64LittleEndian(head.AsSpan(20));
        var descriptorOffset = ReadUInt64LittleEndian(head.AsSpan(28));
        var descriptorSize = ReadUInt64LittleEndian(head.AsSpan(36));
        var perTable = ReadUInt32LittleEndian(head.AsSpan(44));
        var directory = ReadUInt64LittleEndian(head.AsSpan(56));
        const ulong most = long.MaxValue / Sector / 2;
        // QEMU: at most 512 entries in a table; grains are powers of two, in practice of 64 KiB.
        if (capacity is 0 or > most || grain is < 1 or > 4096 || (grain & (grain - 1)) != 0 || perTable is 0 or > 512)
            return null;
        if (descriptorOffset > most || descriptorSize > most || (directory != AtEnd && directory > most))
            return null;
        return new VmdkHeader(
            (int)Math.Min(ReadUInt32LittleEndian(head.AsSpan(4)), int.MaxValue),
            (long)capacity * Sector,
            (int)grain * Sector,
            (long)descriptorOffset * Sector,
            (long)descriptorSize * Sector,
            (int)perTable,
            directory == AtEnd ? 0 : (long)directory * Sector,
            directory == AtEnd,
            (ReadUInt32LittleEndian(head.AsSpan(8)) & CompressedFlag) != 0
        );
    }

    private static async Task<Found?> FindCutAsync(ByteView view, VmdkHeader header, CancellationToken token)
    {
        if (view.Length is not { } length || header.DirectoryAtEnd)
            return null;
        var tables = header.Tables;
        if (header.DirectoryOffset + (4 * tables) > length)
            return Damage.Truncated(Looks, "its grain directory lies beyond the end of the file");
        var table = new byte[4 * header.TableEntries];
        for (var t = 0L; t < tables; t++)
        {
            if (await view.ReadOrNullAsync(header.DirectoryOffset + (4 * t), 4, token) is not { } entry)
                return Damage.Truncated(Looks, "its grain directory cannot be read");
            var offset = (long)ReadUInt32LittleEndian(entry) * Sector;
            if (offset == 0)
                continue;
            if (await view.ReadAsync(offset, table, token) < table.Length)
                return Damage.Truncated(Looks, "a grain table lies beyond the end of the file");
            for (var at = 0; at < table.Length; at += 4)
            {
                if ((long)ReadUInt32LittleEndian(table.AsSpan(at)) * Sector >= length)
                    return Damage.Truncated(Looks, "some of its data lies beyond the end of the file");
            }
        }

        return null;
    }
}

/// <summary>The header of a sparse VMDK, in bytes.</summary>
internal sealed record VmdkHeader(
    int Version,
    long Capacity,
    int GrainSize,
    long DescriptorOffset,
    long DescriptorLength,
    int TableEntries,
    long DirectoryOffset,
    bool DirectoryAtEnd,
    bool IsCompressed
)
{
    /// <summary>The number of grain tables that the capacity needs.</summary>
    public long Tables
    {
        get
        {
            var covered = (long)GrainSize * TableEntries;
            return (Capacity + covered - 1) / covered;
        }
    }
}
