using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3.Model;

namespace BootDepot.Blobs.S3;

/// <summary>
/// Reads an object: from where it was opened to the end in one answer, which stays good when the object is deleted meanwhile. Who jumps
/// about in it gets small pieces from then on, each fetched as a whole, so that the connection can be used again; who reads on behind such
/// a piece, or wants much at once, gets one answer again.
/// </summary>
internal sealed class S3BlobStream(S3Client client, string key, long length, long position) : Stream
{
    private const int PieceSize = 64 * 1024;

    private GetObjectResponse? _answer;
    private byte[] _piece = [];
    private long _pieceAt = -1;
    private long _position = position;
    private bool _hasJumped;

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
            _answer?.Dispose();
            _answer = null;
            _position = value;
            _hasJumped = true;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty)
            return 0;
        if (_answer is null && !IsInPiece && !IsReadOn(buffer.Length))
            await FetchPieceAsync(cancellationToken);
        var count = _answer is null && IsInPiece ? TakeOfPiece(buffer.Span) : await ReadOnAsync(buffer, cancellationToken);
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
        _answer?.Dispose();
        base.Dispose(disposing);
    }

    private bool IsInPiece => _pieceAt >= 0 && _position >= _pieceAt && _position < _pieceAt + _piece.Length;

    private bool IsReadOn(int wanted) => !_hasJumped || wanted > PieceSize || (_pieceAt >= 0 && _position == _pieceAt + _piece.Length);

    private async Task FetchPieceAsync(CancellationToken cancel)
    {
        var count = (int)Math.Min(PieceSize, length - _position);
        var piece = await client.ReadOrNullAsync(key, _position, count, cancel) ?? throw Deleted();
        if (piece.Length != count)
            throw Short(_position + piece.Length);
        (_piece, _pieceAt) = (piece, _position);
    }

    private int TakeOfPiece(Span<byte> target)
    {
        var rest = _piece.AsSpan((int)(_position - _pieceAt));
        if (rest.Length > target.Length)
            rest = rest[..target.Length];
        rest.CopyTo(target);
        return rest.Length;
    }

    private async ValueTask<int> ReadOnAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        _answer ??= await client.OpenOrNullAsync(key, _position, long.MaxValue, cancel) ?? throw Deleted();
        var count = await client.CallAsync(() => _answer.ResponseStream.ReadAsync(buffer, cancel).AsTask(), cancel);
        return count > 0 ? count : throw Short(_position);
    }

    private IOException Deleted() => new($"The blob {key} was deleted while it was read.");

    private BlobsUnreachableException Short(long at) => new($"The S3 server ended the blob {key} at {at} of {length} bytes.");
}
