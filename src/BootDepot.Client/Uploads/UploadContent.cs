using System;
using System.IO;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>The bytes of an upload: a file, a stream, a pipe or memory.</summary>
public sealed class UploadContent
{
    private readonly Func<Stream> _open;
    private readonly bool _close;

    private UploadContent(Func<Stream> open, bool close, bool canSeek, string description)
    {
        _open = open;
        _close = close;
        CanSeek = canSeek;
        Description = description;
    }

    /// <summary>Whether it can be read twice; if not, SHA-256 and size must be known.</summary>
    public bool CanSeek { get; }

    internal string Description { get; }

    /// <summary>A file; opened when needed and closed afterwards.</summary>
    public static UploadContent FromFile(string path)
    {
        var full = Path.GetFullPath(path);
        return new UploadContent(
            () => new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan),
            close: true, canSeek: true, full);
    }

    /// <inheritdoc cref="FromFile(string)"/>
    public static UploadContent FromFile(FileInfo file) => FromFile(file.FullName);

    /// <summary>A stream, which is left open. One that can seek is read from its beginning, wherever it stands.</summary>
    /// <exception cref="ArgumentException">It cannot be read.</exception>
    public static UploadContent FromStream(Stream stream) =>
        stream.CanRead
            ? new UploadContent(() => stream, close: false, stream.CanSeek, "the stream")
            : throw new ArgumentException("The content cannot be read.", nameof(stream));

    /// <summary>A pipe, which can be read once only.</summary>
    public static UploadContent FromPipe(PipeReader reader) => new(() => reader.AsStream(leaveOpen: true), close: true, canSeek: false, "the pipe");

    /// <summary>Bytes in memory.</summary>
    public static UploadContent FromBytes(byte[] content) =>
        new(() => new MemoryStream(content, writable: false), close: true, canSeek: true, "the bytes");

    /// <summary>Reads all of it for its length and SHA-256.</summary>
    /// <exception cref="InvalidOperationException">It can be read once only.</exception>
    public Task<ContentDigest> DigestAsync(IProgress<UploadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CanSeek
            // On the pool: hashing must not hold up a UI thread, and file reads may complete at once.
            ? Task.Run(() => HashAsync(progress, TimeProvider.System, cancellationToken), cancellationToken)
            : throw new InvalidOperationException("Content that can be read once only cannot be hashed before it is sent.");

    internal OpenedContent Open() => new(_open(), _close);

    private async Task<ContentDigest> HashAsync(IProgress<UploadProgress>? progress, TimeProvider time, CancellationToken ct)
    {
        using var content = Open();
        content.Stream.Position = 0;
        var total = content.Stream.Length;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var pieces = new ReadAhead(content.Stream, 1 << 20, long.MaxValue);
        await using var closing = pieces.ConfigureAwait(false);
        var started = time.GetTimestamp();
        long size = 0;
        while (await pieces.NextAsync(ct).ConfigureAwait(false))
        {
            hash.AppendData(pieces.Piece.Span);
            size += pieces.Piece.Length;
            var seconds = time.GetElapsedTime(started).TotalSeconds;
            progress?.Report(new UploadProgress(UploadPhase.Hashing, size, Math.Max(total, size), seconds > 0 ? size / seconds : 0));
        }

        return new ContentDigest(Convert.ToHexStringLower(hash.GetHashAndReset()), size);
    }
}

/// <summary>Content while it is read; closes what it opened.</summary>
internal readonly record struct OpenedContent(Stream Stream, bool Close) : IDisposable
{
    public void Dispose()
    {
        if (Close)
            Stream.Dispose();
    }
}
