using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.Views;
using BootDepot.Images;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>Recognises VirtualBox's VDI, version 1.1. Numbers are little-endian.</summary>
internal static class VdiProbe
{
    private const string Looks = "vdi";
    private const int HeaderLength = 512;
    private const uint Signature = 0xbeda107f;
    private const uint Dynamic = 1;
    private const uint Static = 2;
    private const uint Unallocated = 0xfffffffe; // this and the next: no data

    public static bool Matches(ReadOnlySpan<byte> start) =>
        start.Length >= 68 && ReadUInt32LittleEndian(start[64..]) == Signature;

    public static async Task<Found> ReadAsync(ByteView view, InspectionBudget budget, CancellationToken token)
    {
        if (await view.ReadOrNullAsync(0, HeaderLength, token) is not { } head)
            return Damage.Truncated(Looks, "its header is cut off");
        var version = ReadUInt32LittleEndian(head.AsSpan(68));
        var type = ReadUInt32LittleEndian(head.AsSpan(76));
        var size = ReadUInt64LittleEndian(head.AsSpan(368));
        var blocks = ReadUInt32LittleEndian(head.AsSpan(384));
        var hazards = new List<Fault>();
        if (version != 0x00010001)
            hazards.Add(Damage.Unsupported($"vdi version {version >> 16}.{version & 0xffff}; version 1.1 is handled"));
        if (type is 3 or 4 || head.AsSpan(424, 32).ContainsAnyExcept((byte)0))
            hazards.Add(Damage.Backing(Looks, ""));
        else if (type is not (Dynamic or Static))
            hazards.Add(Damage.Unsupported($"a vdi of type {type}"));
        var blockSize = ReadUInt32LittleEndian(head.AsSpan(376));
        if (hazards.Count == 0)
        {
            // QEMU reads only these sizes.
            if (ReadUInt32LittleEndian(head.AsSpan(360)) != 512 || blockSize != 1 << 20 || size > long.MaxValue / 2)
                return Damage.Of(Looks, "its header has unusual sizes");
            if ((ulong)blocks << 20 < size || blocks > 0x3fffffff)
                return Damage.Of(Looks, "its block map does not fit its size");
        }

        var variant = type == Static ? "static" : "dynamic";
        if (hazards.Count > 0)
            return new VirtualDiskFound(VirtualDiskFormat.Vdi, variant, (long)Math.Min(size, long.MaxValue), hazards, null);
        var mapAt = ReadUInt32LittleEndian(head.AsSpan(340));
        var dataAt = ReadUInt32LittleEndian(head.AsSpan(344));
        if (await FindCutAsync(view, mapAt, dataAt, blocks, token) is { } cut)
            return cut;
        var guest = await GuestInspection.LookOrNullAsync(new VdiView(view, mapAt, dataAt, (long)size), budget, token);
        return new VirtualDiskFound(VirtualDiskFormat.Vdi, variant, (long)size, [], guest);
    }

    private static async Task<Found?> FindCutAsync(ByteView view, uint mapAt, uint dataAt, uint blocks, CancellationToken token)
    {
        if (view.Length is not { } length)
            return null;
        if (mapAt + (4L * blocks) > length)
            return Damage.Truncated(Looks, "its block map lies beyond the end of the file");
        var part = new byte[64 << 10];
        for (var at = 0L; at < 4L * blocks; at += part.Length)
        {
            var count = (int)Math.Min(part.Length, (4L * blocks) - at);
            _ = await view.ReadAsync(mapAt + at, part.AsMemory(0, count), token);
            for (var i = 0; i + 4 <= count; i += 4)
            {
                var block = ReadUInt32LittleEndian(part.AsSpan(i));
                if (block < Unallocated && dataAt + ((long)block << 20) >= length)
                    return Damage.Truncated(Looks, "a block lies beyond the end of the file");
            }
        }

        return null;
    }

    private sealed class VdiView(ByteView file, uint mapAt, uint dataAt, long size) : MappedView(size, 4096)
    {
        protected override async ValueTask<bool> ReadBlockAsync(long index, Memory<byte> block, CancellationToken token)
        {
            var (number, within) = Math.DivRem(index * 4096, 1 << 20);
            if (await file.ReadOrNullAsync(mapAt + (4 * number), 4, token) is not { } entry)
                return false;
            var at = ReadUInt32LittleEndian(entry);
            if (at >= Unallocated)
            {
                block.Span.Clear();
                return true;
            }

            var got = await file.ReadAsync(dataAt + ((long)at << 20) + within, block, token);
            block.Span[got..].Clear();
            return got > 0;
        }
    }
}
