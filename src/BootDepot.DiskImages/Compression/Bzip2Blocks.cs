using System;
using System.IO;
using ICSharpCode.SharpZipLib.BZip2;

namespace BootDepot.DiskImages.Compression;

/// <summary>One bzip2 stream after another, as parallel compressors write; every bunzip2 reads them as one.</summary>
internal sealed class Bzip2Blocks : BlockFormat
{
    private const int Level = 9;

    public override int BlockSize => Level * 100_000;

    public override byte[] Head => [];

    public override PackedBlock Pack(ReadOnlySpan<byte> block) => new(Stream(block), 0, block.Length);

    // A file of no bytes is a stream with no blocks.
    public override byte[] Tail(uint crc, long length, bool any) => any ? [] : Stream([]).ToArray();

    private static Memory<byte> Stream(ReadOnlySpan<byte> block)
    {
        var packed = new MemoryStream(block.Length / 4);
        using (var bzip2 = new BZip2OutputStream(packed, Level) { IsStreamOwner = false })
            bzip2.Write(block);
        return packed.GetBuffer().AsMemory(0, (int)packed.Length);
    }
}
