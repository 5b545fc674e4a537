using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.DiskImages.Compression;

/// <summary>
/// Packs what is written to it into an output. The same content always gives the same bytes, whatever the number of
/// processors: nothing of the time, the machine or the order of work goes in.
/// </summary>
internal abstract class Encoder : IAsyncDisposable
{
    /// <summary>Takes the next bytes.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken token);

    /// <summary>Ends the content; nothing is written afterwards. The output stays open.</summary>
    public abstract ValueTask FinishAsync(CancellationToken token);

    /// <summary>Lets go of the memory and waits for work under way; an unfinished content stays so.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Opens the encoder of a compression.</summary>
internal static class Encoders
{
    /// <summary>An encoder that works on so many blocks at once; for no compression one that passes on.</summary>
    /// <exception cref="CodecMissingException">The system library for it is not installed.</exception>
    public static Encoder Open(CompressionKind? kind, Stream output, int workers) =>
        kind switch
        {
            null => new PassingEncoder(output),
            CompressionKind.Gzip => new BlockEncoder(output, new GzipBlocks(), workers),
            CompressionKind.Bzip2 => new BlockEncoder(output, new Bzip2Blocks(), workers),
            CompressionKind.Xz => new XzEncoder(output, workers),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No file type has this compression."),
        };

    private sealed class PassingEncoder(Stream output) : Encoder
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken token) =>
            output.WriteAsync(bytes, token);

        public override ValueTask FinishAsync(CancellationToken token) => default;

        public override ValueTask DisposeAsync() => default;
    }
}
