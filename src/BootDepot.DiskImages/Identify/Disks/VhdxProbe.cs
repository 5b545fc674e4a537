using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.Views;
using BootDepot.Images;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>Recognises VHDX ([MS-VHDX]). Numbers are little-endian.</summary>
internal static class VhdxProbe
{
    private const string Looks = "vhdx";
    private const int Structure = 64 << 10;
    private const int HeaderLength = 4096;
    private const uint HasParent = 2;
    private static readonly Guid BatRegion = new("2DC27766-F623-4200-9D64-115E9BFD4A08");
    private static readonly Guid MetadataRegion = new("8B7CA206-4790-4B9A-B8FE-575F050F886E");
    private static readonly Guid FileParameters = new("CAA16737-FA36-4D43-B3B6-33F0AA44E76B");
    private static readonly Guid VirtualDiskSize = new("2FA54224-CD1B-4876-B211-5DBED83BF4B8");
    private static readonly Guid LogicalSectorSize = new("8141BF1D-A96F-4709-BA47-F233A8FAAB5F");
    private static readonly Guid ParentLocator = new("A8D35F2D-B30B-454D-ABF7-D3D84834AB0C");

    public static bool Matches(ReadOnlySpan<byte> start) => start.StartsWith("vhdxfile"u8);

    public static async Task<Found> ReadAsync(ByteView view, InspectionBudget budget, CancellationToken token)
    {
        var header = Newer(
            await HeaderOrNullAsync(view, Structure, token),
            await HeaderOrNullAsync(view, 2 * Structure, token)
        );
        if (header is null)
            return Damage.Of(Looks, "neither of its headers has a right checksum");
        var hazards = new List<Fault>();
        if (ReadUInt16LittleEndian(header.AsSpan(66)) != 1)
            hazards.Add(Damage.Unsupported($"vhdx version {ReadUInt16LittleEndian(header.AsSpan(66))}; version 1 is handled"));
        if (header.AsSpan(48, 16).ContainsAnyExcept((byte)0))
            hazards.Add(Damage.Unsupported("a vhdx that was not closed properly: its log has to be replayed, so attach and detach it once"));
        var regions =
            await TableOrNullAsync(view, 3 * Structure, budget, token) ?? await TableOrNullAsync(view, 4 * Structure, budget, token);
        if (regions is null || !regions.TryGetValue(MetadataRegion, out var metadata) || !regions.TryGetValue(BatRegion, out var bat))
            return Damage.Of(Looks, "its region table is wrong");
        if (view.Length is { } length && (metadata.End > length || bat.End > length))
            return Damage.Truncated(Looks, "a region lies beyond the end of the file");
        // The metadata lies behind the first mebibyte as a rule.
        if (budget.IsStart)
            return new VirtualDiskFound(VirtualDiskFormat.Vhdx, "", 0, hazards, null);
        if (await ItemsOrNullAsync(view, metadata, budget, token) is not { } items)
            return Damage.Of(Looks, "its metadata table is wrong");
        return await FromItemsAsync(view, items, bat, hazards, budget, token);
    }

    private static async Task<Found> FromItemsAsync(
        ByteView view,
        Dictionary<Guid, Place> items,
        Place bat,
        List<Fault> hazards,
        InspectionBudget budget,
        CancellationToken token
    )
    {
        var parameters = await ItemOrNullAsync(view, items, FileParameters, 8, token);
        var size = await ItemOrNullAsync(view, items, VirtualDiskSize, 8, token);
        var sector = await ItemOrNullAsync(view, items, LogicalSectorSize, 4, token);
        if (parameters is null || size is null || sector is null)
            return Damage.Of(Looks, "its metadata lacks the block, disk or sector size");
        var blockSize = ReadUInt32LittleEndian(parameters);
        var diskSize = ReadUInt64LittleEndian(size);
        var sectorSize = ReadUInt32LittleEndian(sector);
        // [MS-VHDX] 2.6.2.1, 2.6.2.2, 2.6.2.4
        if (blockSize is < 1 << 20 or > 256 << 20 || (blockSize & (blockSize - 1)) != 0 || diskSize > 64UL << 40 || sectorSize is not (512 or 4096))
            return Damage.Of(Looks, "its metadata has impossible sizes");
        if ((ReadUInt32LittleEndian(parameters.AsSpan(4)) & HasParent) != 0 || items.ContainsKey(ParentLocator))
            hazards.Add(Damage.Backing(Looks, ""));
        Found? guest = null;
        if (hazards.Count == 0)
        {
            var map = new VhdxMap(bat, (int)blockSize, ((1L << 23) * sectorSize) / blockSize, (long)diskSize);
            if (await FindCutAsync(view, map, token) is { } cut)
                return cut;
            guest = await GuestInspection.LookOrNullAsync(new VhdxView(view, map), budget, token);
        }

        return new VirtualDiskFound(VirtualDiskFormat.Vhdx, sectorSize == 512 ? "" : "with 4096-byte sectors", (long)diskSize, hazards, guest);
    }

    private static async Task<byte[]?> HeaderOrNullAsync(ByteView view, long at, CancellationToken token)
    {
        var bytes = await view.ReadOrNullAsync(at, HeaderLength, token);
        return bytes is not null && bytes.AsSpan().StartsWith("head"u8) && Crc32C.Holds(bytes, 4) ? bytes : null;
    }

    private static byte[]? Newer(byte[]? one, byte[]? other) =>
        one is null ? other
        : other is null ? one
        : ReadUInt64LittleEndian(one.AsSpan(8)) >= ReadUInt64LittleEndian(other.AsSpan(8)) ? one
        : other;

    private static async Task<Dictionary<Guid, Place>?> TableOrNullAsync(
        ByteView view,
        long at,
        InspectionBudget budget,
        CancellationToken token
    )
    {
        if (await view.ReadOrNullAsync(at, Structure, token) is not { } table)
            return null;
        if (!table.AsSpan().StartsWith("regi"u8) || !Crc32C.Holds(table, 4))
            return null;
        var count = Math.Min(ReadUInt32LittleEndian(table.AsSpan(8)), (uint)Math.Min(budget.Limits.VhdxTableEntries, 2047));
        var places = new Dictionary<Guid, Place>();
        for (var i = 0; i < count; i++)
        {
            var entry = table.AsSpan(16 + (32 * i), 32);
            var offset = ReadUInt64LittleEndian(entry[16..]);
            if (offset > long.MaxValue / 2)
                return null;
            places[new Guid(entry[..16])] = new Place((long)offset, ReadUInt32LittleEndian(entry[24..]));
        }

        return places;
    }

    private static async Task<Dictionary<Guid, Place>?> ItemsOrNullAsync(
        ByteView view,
        Place region,
        InspectionBudget budget,
        CancellationToken token
    )
    {
        if (await view.ReadOrNullAsync(region.Offset, Structure, token) is not { } table || !table.AsSpan().StartsWith("metadata"u8))
            return null;
        var count = Math.Min((int)ReadUInt16LittleEndian(table.AsSpan(10)), Math.Min(budget.Limits.VhdxTableEntries, 2046));
        var items = new Dictionary<Guid, Place>();
        for (var i = 0; i < count; i++)
        {
            var entry = table.AsSpan(32 + (32 * i), 32);
            var offset = ReadUInt32LittleEndian(entry[16..]);
            var length = ReadUInt32LittleEndian(entry[20..]);
            if ((long)offset + length > region.Length)
                return null;
            items[new Guid(entry[..16])] = new Place(region.Offset + offset, length);
        }

        return items;
    }

    private static async Task<byte[]?> ItemOrNullAsync(
        ByteView view,
        Dictionary<Guid, Place> items,
        Guid id,
        int length,
        CancellationToken token
    ) => items.TryGetValue(id, out var place) && place.Length >= length ? await view.ReadOrNullAsync(place.Offset, length, token) : null;

    private static async Task<Found?> FindCutAsync(ByteView view, VhdxMap map, CancellationToken token)
    {
        if (map.Entries * 8 > map.Bat.Length)
            return Damage.Of(Looks, "its block table is too short for its size");
        if (view.Length is not { } length)
            return null;
        var part = new byte[64 << 10];
        for (var at = 0L; at < map.Entries * 8; at += part.Length)
        {
            var count = (int)Math.Min(part.Length, (map.Entries * 8) - at);
            _ = await view.ReadAsync(map.Bat.Offset + at, part.AsMemory(0, count), token);
            for (var i = 0; i + 8 <= count; i += 8)
            {
                var entry = ReadUInt64LittleEndian(part.AsSpan(i));
                if (VhdxMap.IsPresent(entry) && VhdxMap.OffsetOf(entry) >= length)
                    return Damage.Truncated(Looks, "a block lies beyond the end of the file");
            }
        }

        return null;
    }

    private sealed record Place(long Offset, uint Length)
    {
        public long End => Offset + Length;
    }

    /// <summary>After every <paramref name="Ratio"/> blocks the table has an entry for a bitmap ([MS-VHDX] 2.5).</summary>
    private sealed record VhdxMap(Place Bat, int BlockSize, long Ratio, long DiskSize)
    {
        private long Blocks => (DiskSize + BlockSize - 1) / BlockSize;
        public long Entries => Blocks == 0 ? 0 : Blocks + ((Blocks - 1) / Ratio);

        public static bool IsPresent(ulong entry) => (entry & 7) is 6 or 7;

        public static long OffsetOf(ulong entry) => (long)(entry >> 20 << 20 & long.MaxValue);

        public long EntryAt(long block) => Bat.Offset + (8 * (block + (block / Ratio)));
    }

    private sealed class VhdxView(ByteView file, VhdxMap map) : MappedView(map.DiskSize, 4096)
    {
        protected override async ValueTask<bool> ReadBlockAsync(long index, Memory<byte> block, CancellationToken token)
        {
            var (number, within) = Math.DivRem(index * 4096, map.BlockSize);
            if (await file.ReadOrNullAsync(map.EntryAt(number), 8, token) is not { } bytes)
                return false;
            var entry = ReadUInt64LittleEndian(bytes);
            if (!VhdxMap.IsPresent(entry))
            {
                block.Span.Clear();
                return true;
            }

            var got = await file.ReadAsync(VhdxMap.OffsetOf(entry) + within, block, token);
            block.Span[got..].Clear();
            return got > 0;
        }
    }
}
