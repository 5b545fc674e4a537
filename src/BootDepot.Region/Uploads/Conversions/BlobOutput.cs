using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;

namespace BootDepot.Region.Uploads.Conversions;

/// <summary>A blob's writer as a stream that only goes forward; bytes reach the writer in whole pieces.</summary>
internal sealed class BlobOutput(IBlobWriter writer) : Stream
{
    private readonly BlobPieces _piece = BlobPieces.Rent();
    private int _filled;

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => writer.Offset + _filled;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _piece.Memory.Length - _filled);
            buffer[..count].CopyTo(_piece.Memory[_filled..]);
            _filled += count;
            buffer = buffer[count..];
            if (_filled == _piece.Memory.Length)
                await DrainAsync(cancellationToken);
        }
    }

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Hands over what is in the last piece. Call it once, at the end.</summary>
    public async Task DrainAsync(CancellationToken cancel)
    {
        if (_filled > 0)
            await writer.AppendAsync(_piece.Memory[.._filled], cancel);
        _filled = 0;
    }

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _piece.Dispose();
        base.Dispose(disposing);
    }
}
