using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;

namespace BootDepot.DiskImages.Conversions;

/// <summary>Writes a file whose runs of zeros take no space.</summary>
internal static class SparseFile
{
    private const int Block = 64 << 10;

    public static async Task WriteAsync(string path, Stream content, Action progress, CancellationToken token)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
        var buffer = new byte[Block];
        var at = 0L;
        while (await content.ReadAtLeastAsync(buffer, Block, throwOnEndOfStream: false, token) is > 0 and var got)
        {
            if (buffer.AsSpan(0, got).ContainsAnyExcept((byte)0))
            {
                file.Position = at;
                await file.WriteAsync(buffer.AsMemory(0, got), token);
            }

            at += got;
            progress();
        }

        file.SetLength(at);
    }
}

/// <summary>Stops a stream that unpacks to more than a disk may have.</summary>
internal sealed class Limited(Stream inner, long limit) : ReadOnlyStream
{
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var got = await inner.ReadAsync(buffer, cancellationToken);
        _read += got;
        return _read <= limit ? got : throw new ContentTooLargeException(limit);
    }
}

/// <summary>Content is longer than it may be.</summary>
internal sealed class ContentTooLargeException(long limit) : IOException($"The content unpacks to more than {limit} bytes.");
