using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.Views;
using BootDepot.Images;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>
/// Recognises VHD ("Virtual Hard Disk Image Format Specification", Microsoft 2006): a footer of 512 bytes at the end,
/// of which a dynamic disk has a copy at the start. Numbers are big-endian.
/// </summary>
internal static class VhdProbe
{
    private const string Looks = "vhd";
    private const int FooterLength = 512;
    private const int HeaderLength = 1024;
    private const uint Fixed = 2;
    private const uint Dynamic = 3;
    private const uint Differencing = 4;
    private const uint Unallocated = uint.MaxValue;

    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith("conectix"u8);

    /// <summary>Reads a disk that has its footer only at its end.</summary>
    public static async Task<Found> ReadFixedAsync(ByteView view, InspectionBudget budget, CancellationToken token)
    {
        var end = view.Length!.Value - FooterLength;
        var footer = await view.ReadUpToAsync(end, FooterLength, token);
        if (!HasChecksum(footer, 64))
            return Damage.Of(Looks, "the checksum of its footer is wrong");
        var type = ReadUInt32BigEndian(footer.AsSpan(60));
        var size = ReadUInt64BigEndian(footer.AsSpan(48));
        if (type != Fixed)
            return Damage.Truncated(Looks, "the first footer of a dynamic disk is missing at its start");
        if (size > (ulong)end)
            return Damage.Truncated(Looks, $"its footer promises {size} bytes and {end} are there");
        var guest = await GuestInspection.LookOrNullAsync(new SliceView(view, 0, (long)size), budget, token);
        return new VirtualDiskFound(VirtualDiskFormat.Vhd, "fixed", (long)size, [], guest);
    }

    /// <summary>Reads a disk that begins with a footer: a dynamic one, or the difference to another.</summary>
    public static async Task<Found> ReadDynamicAsync(ByteView view, InspectionBudget budget, CancellationToken token)
    {
        if (await view.ReadOrNullAsync(0, FooterLength, token) is not { } footer)
            return Damage.Truncated(Looks, "its first footer is cut off");
        if (!HasChecksum(footer, 64))
            return Damage.Of(Looks, "the checksum of its first footer is wrong");
        var type = ReadUInt32BigEndian(footer.AsSpan(60));
        var size = ReadUInt64BigEndian(footer.AsSpan(48));
        if (size > long.MaxValue / 2)
            return Damage.Of(Looks, "its footer has an impossible size");
        var hazards = new List<Fault>();
        if (type == Differencing)
            hazards.Add(Damage.Backing(Looks, ""));
        else if (type != Dynamic)
            hazards.Add(Damage.Unsupported($"a vhd of type {type} that begins with a footer"));
        if (hazards.Count > 0)
            return new VirtualDiskFound(VirtualDiskFormat.Vhd, type == Differencing ? "differencing" : "", (long)size, hazards, null);

        var headerAt = ReadUInt64BigEndian(footer.AsSpan(16));
        if (headerAt > long.MaxValue / 2 || await view.ReadOrNullAsync((long)headerAt, HeaderLength, token) is not { } header)
            return Damage.Truncated(Looks, "its dynamic header lies beyond the end of the file");
        if (!header.AsSpan().StartsWith("cxsparse"u8) || !HasChecksum(header, 36))
            return Damage.Of(Looks, "its dynamic header is wrong");
        return await ReadBlocksAsync(view, header, (long)size, budget, token);
    }

    private static async Task<Found> ReadBlocksAsync(
        ByteView view,
        byte[] header,
        long size,
        InspectionBudget budget,
        CancellationToken token
    )
    {
        var table = ReadUInt64BigEndian(header.AsSpan(16));
        var entries = ReadUInt32BigEndian(header.AsSpan(28));
        var blockSize = ReadUInt32BigEndian(header.AsSpan(32));
        if (blockSize is < 4096 or > 256 << 20 || (blockSize & (blockSize - 1)) != 0 || table > long.MaxValue / 2)
            return Damage.Of(Looks, "its dynamic header has impossible sizes");
        if ((ulong)entries * blockSize < (ulong)size)
            return Damage.Of(Looks, "its block table is too short for its size");
        var map = new VhdMap((long)table, entries, (int)blockSize);
        if (view.Length is { } length)
        {
            var end = await view.ReadUpToAsync(length - FooterLength, FooterLength, token);
            if (!Matches(end))
                return Damage.Truncated(Looks, "the footer at its end is missing");
            if (await FindCutAsync(view, map, length, token) is { } cut)
                return cut;
        }

        var guest = await GuestInspection.LookOrNullAsync(new VhdView(view, map, size), budget, token);
        return new VirtualDiskFound(VirtualDiskFormat.Vhd, "dynamic", size, [], guest);
    }

    private static async Task<Found?> FindCutAsync(ByteView view, VhdMap map, long length, CancellationToken token)
    {
        if (map.Table + (4L * map.Entries) > length)
            return Damage.Truncated(Looks, "its block table lies beyond the end of the file");
        var part = new byte[64 << 10];
        for (var at = 0L; at < 4L * map.Entries; at += part.Length)
        {
            var count = (int)Math.Min(part.Length, (4L * map.Entries) - at);
            _ = await view.ReadAsync(map.Table + at, part.AsMemory(0, count), token);
            for (var i = 0; i + 4 <= count; i += 4)
            {
                var sector = ReadUInt32BigEndian(part.AsSpan(i));
                if (sector != Unallocated && (long)sector * 512 >= length)
                    return Damage.Truncated(Looks, "a block lies beyond the end of the file");
            }
        }

        return null;
    }

    // The ones' complement of the sum of all bytes but the checksum's own.
    private static bool HasChecksum(byte[] bytes, int at)
    {
        if (bytes.Length < at + 4)
            return false;
        var sum = 0u;
        for (var i = 0; i < bytes.Length; i++)
            sum += i >= at && i < at + 4 ? 0u : bytes[i];
        return ~sum == ReadUInt32BigEndian(bytes.AsSpan(at));
    }

    internal sealed record VhdMap(long Table, uint Entries, int BlockSize);

    /// <summary>The disk inside a dynamic VHD, in pieces of a sector: a block has a bitmap before its data.</summary>
    private sealed class VhdView(ByteView file, VhdMap map, long size) : MappedView(size, 4096)
    {
        protected override async ValueTask<bool> ReadBlockAsync(long index, Memory<byte> block, CancellationToken token)
        {
            var (number, within) = Math.DivRem(index * 4096, map.BlockSize);
            if (await file.ReadOrNullAsync(map.Table + (4 * number), 4, token) is not { } entry)
                return false;
            var sector = ReadUInt32BigEndian(entry);
            if (sector == Unallocated)
            {
                block.Span.Clear();
                return true;
            }

            var bitmap = Math.Max(512, (map.BlockSize / 512 / 8 + 511) / 512 * 512);
            var got = await file.ReadAsync(((long)sector * 512) + bitmap + within, block, token);
            block.Span[got..].Clear();
            return got > 0;
        }
    }
}
