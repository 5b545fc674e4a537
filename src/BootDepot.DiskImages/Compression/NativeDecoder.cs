using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.DiskImages.Compression;

/// <summary>The reading loop that decoders in system libraries share.</summary>
internal abstract class NativeDecoder(Stream source) : ReadOnlyStream
{
    private readonly byte[] _input = new byte[64 << 10];
    private int _at;
    private int _end;
    private bool _sourceEnded;
    private bool _ended;

    /// <summary>Unpacks some of the input.</summary>
    /// <returns>Bytes taken, bytes given, and whether the content ended here as it should when no input follows.</returns>
    protected abstract (int Taken, int Given, bool Complete) Decode(
        ReadOnlySpan<byte> input,
        Span<byte> output,
        bool isLast
    );

    public sealed override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        while (!_ended)
        {
            if (_at == _end && !_sourceEnded)
            {
                (_at, _end) = (0, await source.ReadAsync(_input, cancellationToken));
                _sourceEnded = _end == 0;
            }

            var (taken, given, complete) = Decode(_input.AsSpan(_at, _end - _at), buffer.Span, _sourceEnded);
            _at += taken;
            if (_sourceEnded && complete)
                _ended = true;
            if (given > 0)
                return given;
            if (_sourceEnded && !_ended && taken == 0)
                throw new EndOfStreamException("The compressed stream ends early.");
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
