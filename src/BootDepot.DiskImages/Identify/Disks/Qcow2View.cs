using System;
using System.IO;
using System.IO.Compression;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;
using BootDepot.DiskImages.Identify.Views;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>The disk inside a qcow2 image, for looking at its first sectors and its boot partition.</summary>
internal sealed class Qcow2View(ByteView file, Qcow2Header header, InspectionBudget budget)
    : MappedView(header.Size, header.ClusterSize)
{
    /// <summary>Bits 9 to 55 of a table entry: where the cluster is.</summary>
    public const ulong OffsetMask = 0x00ff_ffff_ffff_fe00;
    private const ulong CompressedFlag = 1UL << 62;
    private const ulong ZeroFlag = 1;

    /// <summary>Where the data of a second-level entry begins in the file; 0 when it has none.</summary>
    public static long DataOffset(ulong entry, Qcow2Header header) =>
        (entry & CompressedFlag) != 0
            ? (long)(entry & ((1UL << CompressedOffsetBits(header)) - 1))
            : (long)(entry & OffsetMask);

    private static int CompressedOffsetBits(Qcow2Header header) => 62 - (header.ClusterBits - 8);

    protected override async ValueTask<bool> ReadBlockAsync(long index, Memory<byte> block, CancellationToken token)
    {
        var l1Index = index / header.L2Entries;
        if (l1Index >= header.L1Entries)
            return false;
        if (await file.ReadOrNullAsync(header.L1Offset + (8 * l1Index), 8, token) is not { } l1)
            return false;
        var l2Offset = (long)(ReadUInt64BigEndian(l1) & OffsetMask);
        if (l2Offset == 0)
            return Zeros(block);
        var entryOffset = l2Offset + (index % header.L2Entries * header.L2EntrySize);
        if (await file.ReadOrNullAsync(entryOffset, header.L2EntrySize, token) is not { } bytes)
            return false;
        var entry = ReadUInt64BigEndian(bytes);
        if ((entry & CompressedFlag) != 0)
            return await ReadCompressedAsync(entry, block, token);
        var offset = (long)(entry & OffsetMask);
        if (offset == 0 || (!header.HasExtendedL2 && (entry & ZeroFlag) != 0))
            return Zeros(block);
        if (await file.ReadAsync(offset, block, token) < block.Length)
            return false;
        if (header.HasExtendedL2)
            BlankUnallocated(ReadUInt64BigEndian(bytes.AsSpan(8)), block.Span);
        return true;
    }

    // The low half of the bitmap says which of the 32 parts are there, the high half which are zeros.
    private static void BlankUnallocated(ulong bitmap, Span<byte> block)
    {
        var part = block.Length / 32;
        for (var i = 0; i < 32; i++)
        {
            if ((bitmap >> i & 1) == 0 || (bitmap >> (32 + i) & 1) != 0)
                block.Slice(i * part, part).Clear();
        }
    }

    private async ValueTask<bool> ReadCompressedAsync(ulong entry, Memory<byte> block, CancellationToken token)
    {
        var bits = CompressedOffsetBits(header);
        var offset = (long)(entry & ((1UL << bits) - 1));
        var sectors = (int)((entry & (CompressedFlag - 1)) >> bits) + 1;
        var length = (sectors * 512) - (int)(offset & 511);
        var bytes = await file.ReadUpToAsync(offset, length, token);
        if (budget.TakeUnpacked(block.Length) < block.Length)
            return false;
        await using Stream decoder =
            header.CompressionType == 1
                ? new ZstdDecoder(new MemoryStream(bytes), budget.Limits.DecoderMemory)
                : new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress);
        return await decoder.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, token) == block.Length;
    }

    private static bool Zeros(Memory<byte> block)
    {
        block.Span.Clear();
        return true;
    }
}
