using System;
using System.IO;

namespace BootDepot.DiskImages.Compression;

/// <summary>Opens the decoder of a compression.</summary>
internal static class Decoders
{
    /// <summary>Longest signature, in bytes.</summary>
    public const int SignatureLength = 6;

    /// <summary>The compression whose signature these bytes begin with, or null.</summary>
    public static CompressionKind? RecogniseOrNull(ReadOnlySpan<byte> start) =>
        start switch
        {
            // RFC 1952, 2.3.1: two identifying bytes, then method 8 (deflate); reserved flag bits are zero.
            [0x1f, 0x8b, 8, var flags, ..] when (flags & 0xe0) == 0 => CompressionKind.Gzip,
            // "BZh", the block size 1 to 9, then a block's magic (pi) or, in an empty stream, the end's (sqrt pi).
            [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31 or 0x17, 0x41 or 0x72, ..] =>
                CompressionKind.Bzip2,
            [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => CompressionKind.Xz,
            // RFC 8878, 3.1.1; a skippable frame (3.1.2) may come first.
            [0x28, 0xb5, 0x2f, 0xfd, ..] or [>= 0x50 and <= 0x5f, 0x2a, 0x4d, 0x18, ..] => CompressionKind.Zstd,
            _ => null,
        };

    /// <summary>A stream of what <paramref name="source"/> unpacks to; it closes the source too. The decoder may use so many bytes of memory.</summary>
    /// <exception cref="CodecMissingException">The system library for it is not installed.</exception>
    public static Stream Open(CompressionKind kind, Stream source, long memory) =>
        kind switch
        {
            CompressionKind.Gzip => new GzipDecoder(source),
            CompressionKind.Bzip2 => new Bzip2Decoder(source),
            CompressionKind.Xz => new XzDecoder(source, memory),
            CompressionKind.Zstd => new ZstdDecoder(source, memory),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
}
