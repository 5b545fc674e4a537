using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3.Model;

namespace BootDepot.Blobs.S3;

/// <summary>Reads an object; asks the server at the first byte, and again after a seek.</summary>
internal sealed class S3BlobStream(S3Client client, string key, long length, long position) : Stream
{
    private GetObjectResponse? _response;
    private long _position = position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            if (value == _position)
                return;
            _response?.Dispose();
            _response = null;
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty)
            return 0;
        _response ??= await client.OpenOrNullAsync(key, _position, cancellationToken)
            ?? throw new IOException($"The blob {key} was deleted while it was read.");
        var count = await client.CallAsync(() => _response.ResponseStream.ReadAsync(buffer, cancellationToken).AsTask(), cancellationToken);
        if (count == 0)
            throw new BlobsUnreachableException($"The S3 server ended the blob {key} at {_position} of {length} bytes.");
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _response?.Dispose();
        base.Dispose(disposing);
    }
}
