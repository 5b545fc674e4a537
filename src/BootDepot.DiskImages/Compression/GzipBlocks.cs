using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;

namespace BootDepot.DiskImages.Compression;

/// <summary>
/// One gzip member (RFC 1952) of deflate pieces that each end on a byte, as a sync flush leaves them (RFC 1951, 3.2.4: an
/// empty stored block). Time and file name are left out.
/// </summary>
internal sealed class GzipBlocks : BlockFormat
{
    private static readonly byte[] Header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

    public override int BlockSize => 1 << 20;

    public override byte[] Head => Header;

    public override PackedBlock Pack(ReadOnlySpan<byte> block)
    {
        var packed = new MemoryStream(block.Length / 4);
        int length;
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(block);
            deflate.Flush();
            length = (int)packed.Length;
        }

        // What closing the stream added is its final block; the whole has one of its own.
        return new PackedBlock(packed.GetBuffer().AsMemory(0, length), Crc32.Of(block), block.Length);
    }

    public override byte[] Tail(uint crc, long length, bool any)
    {
        var tail = new byte[10];
        tail[0] = 3; // a final block with fixed codes and nothing in it
        BinaryPrimitives.WriteUInt32LittleEndian(tail.AsSpan(2), crc);
        BinaryPrimitives.WriteUInt32LittleEndian(tail.AsSpan(6), unchecked((uint)length));
        return tail;
    }
}
