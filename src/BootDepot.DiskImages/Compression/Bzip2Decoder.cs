using System;
using System.IO;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.BZip2;

namespace BootDepot.DiskImages.Compression;

/// <summary>bzip2, any number of streams in a row.</summary>
internal sealed class Bzip2Decoder(Stream source) : ReadOnlyStream
{
    // The library reads synchronously, which only the pipe's stream can do over any source.
    private readonly PeekStream _input = new(PipeReader.Create(source).AsStream());
    private BZip2InputStream? _stream;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        // The library only reads synchronously, and for long; not on the caller's thread.
        new(Task.Run(() => Read(buffer.Span), cancellationToken));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        try
        {
            while (true)
            {
                if (_stream is null)
                {
                    if (_input.AtEnd())
                        return 0;
                    _stream = new BZip2InputStream(_input) { IsStreamOwner = false };
                }

                var bytes = new byte[Math.Min(buffer.Length, 64 << 10)];
                var got = _stream.Read(bytes, 0, bytes.Length);
                if (got > 0)
                {
                    bytes.AsSpan(0, got).CopyTo(buffer);
                    return got;
                }

                _stream.Dispose();
                _stream = null;
            }
        }
        catch (Exception e) when (e is SharpZipBaseException or IndexOutOfRangeException or NullReferenceException)
        {
            // The library walks off its tables when they are wrong.
            if (_input.AtEnd())
                throw new EndOfStreamException("The bzip2 stream ends early.", e);
            throw new InvalidDataException("The bzip2 stream is damaged.", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream?.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    // The library takes byte after byte and never one too many, so the next stream begins where it stopped.
    private sealed class PeekStream(Stream source) : Stream
    {
        private readonly byte[] _buffer = new byte[64 << 10];
        private int _at;
        private int _end;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public bool AtEnd()
        {
            if (_at == _end)
                (_at, _end) = (0, source.Read(_buffer, 0, _buffer.Length));
            return _at == _end;
        }

        public override int ReadByte() => AtEnd() ? -1 : _buffer[_at++];

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (count == 0 || AtEnd())
                return 0;
            count = Math.Min(count, _end - _at);
            Array.Copy(_buffer, _at, buffer, offset, count);
            _at += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
