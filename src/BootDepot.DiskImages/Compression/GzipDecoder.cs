using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.DiskImages.Compression;

/// <summary>
/// Gzip that notices a missing end. The platform's decoder takes a cut-off stream for a finished one; so a last member
/// with random content is put behind the source, and only when that content comes out at the end was the source whole.
/// </summary>
internal sealed class GzipDecoder : ReadOnlyStream
{
    private const int SealLength = 16;

    private readonly byte[] _seal = RandomNumberGenerator.GetBytes(SealLength);
    private readonly Sealed _sealed;
    private readonly GZipStream _gzip;
    private readonly byte[] _buffer = new byte[(64 << 10) + SealLength];
    private int _start;
    private int _end;
    private bool _ended;

    public GzipDecoder(Stream source)
    {
        _sealed = new Sealed(source, Member(_seal));
        _gzip = new GZipStream(_sealed, CompressionMode.Decompress);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        // The last bytes are held back: they may be the seal.
        while (!_ended && _end - _start <= SealLength)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var got = await MoreAsync(cancellationToken);
            _end += got;
            if (got == 0)
                EndOrThrow();
        }

        var count = Math.Min(buffer.Length, _end - _start - (_ended ? 0 : SealLength));
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private async ValueTask<int> MoreAsync(CancellationToken token)
    {
        try
        {
            return await _gzip.ReadAsync(_buffer.AsMemory(_end), token);
        }
        catch (InvalidDataException e) when (_sealed.IsTailRead)
        {
            // The seal was taken for the middle of the content.
            throw new EndOfStreamException("The gzip stream ends early.", e);
        }
    }

    private void EndOrThrow()
    {
        if (!_buffer.AsSpan(_start, _end - _start).EndsWith(_seal))
            throw new EndOfStreamException("The gzip stream ends early, or something else follows it.");
        _end -= SealLength;
        _ended = true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gzip.Dispose();
        base.Dispose(disposing);
    }

    // One member with a stored block (RFC 1951, 3.2.4).
    private static byte[] Member(byte[] content)
    {
        var bytes = new byte[10 + 5 + SealLength + 8];
        ReadOnlySpan<byte> head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1, SealLength, 0, SealLength ^ 0xff, 0xff];
        head.CopyTo(bytes);
        content.CopyTo(bytes, head.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(head.Length + SealLength), Crc32.Of(content));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(head.Length + SealLength + 4), SealLength);
        return bytes;
    }

    private sealed class Sealed(Stream source, byte[] tail) : ReadOnlyStream
    {
        private int _tailRead = -1;

        public bool IsTailRead => _tailRead >= 0;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_tailRead < 0)
            {
                var got = await source.ReadAsync(buffer, cancellationToken);
                if (got > 0 || buffer.IsEmpty)
                    return got;
                _tailRead = 0;
            }

            var count = Math.Min(buffer.Length, tail.Length - _tailRead);
            tail.AsMemory(_tailRead, count).CopyTo(buffer);
            _tailRead += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
