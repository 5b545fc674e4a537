using System;
using System.IO;
using System.IO.Compression;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.Views;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>The disk inside a sparse VMDK.</summary>
internal sealed class VmdkView(ByteView file, VmdkHeader header, InspectionBudget budget)
    : MappedView(header.Capacity, header.GrainSize)
{
    private const int Sector = 512;
    private const int GrainMarker = 12; // u64 sector, u32 size, then a zlib stream

    protected override async ValueTask<bool> ReadBlockAsync(long index, Memory<byte> block, CancellationToken token)
    {
        var directory = header.DirectoryOffset + (index / header.TableEntries * 4);
        if (await file.ReadOrNullAsync(directory, 4, token) is not { } tableSector)
            return false;
        var table = (long)ReadUInt32LittleEndian(tableSector) * Sector;
        if (table == 0)
            return Zeros(block);
        if (await file.ReadOrNullAsync(table + (index % header.TableEntries * 4), 4, token) is not { } grainSector)
            return false;
        var grain = ReadUInt32LittleEndian(grainSector);
        // 1 marks a grain of zeros where the header allows it; no grain can be there, the header is.
        if (grain <= 1)
            return Zeros(block);
        var offset = (long)grain * Sector;
        if (header.IsCompressed)
            return await ReadCompressedAsync(offset, block, token);
        var got = await file.ReadAsync(offset, block, token);
        block.Span[got..].Clear();
        return got > 0;
    }

    private async ValueTask<bool> ReadCompressedAsync(long offset, Memory<byte> block, CancellationToken token)
    {
        if (await file.ReadOrNullAsync(offset, GrainMarker, token) is not { } marker)
            return false;
        var length = ReadUInt32LittleEndian(marker.AsSpan(8));
        // Deflate grows what it cannot shrink by little; more is not a grain.
        if (length > 2 * (uint)block.Length || budget.TakeUnpacked(block.Length) < block.Length)
            return false;
        var bytes = await file.ReadUpToAsync(offset + GrainMarker, (int)length, token);
        await using var decoder = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
        var got = await decoder.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, token);
        block.Span[got..].Clear();
        return true;
    }

    private static bool Zeros(Memory<byte> block)
    {
        block.Span.Clear();
        return true;
    }
}
