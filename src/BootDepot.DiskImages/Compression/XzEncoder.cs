using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.DiskImages.Compression;

/// <summary>
/// .xz through the system's liblzma, in blocks of a fixed size, so that the number of threads does not show in the
/// result. Preset 3 in blocks of 8 MiB needs about 60 MiB a thread; preset 6 would need three times that for a few per cent.
/// </summary>
internal sealed class XzEncoder : Encoder
{
    private const uint Preset = 3;
    private const ulong BlockSize = 8 << 20;
    private const int MaxThreads = 4;

    private readonly Stream _output;
    private readonly byte[] _buffer = new byte[256 << 10];
    private unsafe LzmaStream* _stream;

    public unsafe XzEncoder(Stream output, int workers)
    {
        _output = output;
        _stream = (LzmaStream*)NativeMemory.AllocZeroed((nuint)sizeof(LzmaStream));
        try
        {
            LzmaThreads options = default;
            options.Threads = (uint)Math.Clamp(workers, 1, MaxThreads);
            options.BlockSize = BlockSize;
            options.Preset = Preset;
            options.Check = LibLzma.CheckCrc64;
            var result = LibLzma.OpenEncoder(_stream, &options);
            if (result != LibLzma.Ok)
                throw new IOException($"The xz encoder does not start (liblzma result {result}).");
        }
        catch (Exception e)
        {
            Free();
            if (e is DllNotFoundException)
                throw new CodecMissingException(LibLzma.Library, LibLzma.Package, e);
            throw;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        while (!bytes.IsEmpty)
        {
            var (taken, given, _) = Code(bytes.Span, LibLzma.Run);
            bytes = bytes[taken..];
            await _output.WriteAsync(_buffer.AsMemory(0, given), token);
        }
    }

    public override async ValueTask FinishAsync(CancellationToken token)
    {
        var ended = false;
        while (!ended)
        {
            (_, var given, ended) = Code([], LibLzma.Finish);
            await _output.WriteAsync(_buffer.AsMemory(0, given), token);
        }
    }

    private unsafe (int Taken, int Given, bool Ended) Code(ReadOnlySpan<byte> input, int action)
    {
        ObjectDisposedException.ThrowIf(_stream is null, this);
        fixed (byte* from = input)
        fixed (byte* to = _buffer)
        {
            _stream->NextIn = from;
            _stream->AvailableIn = (nuint)input.Length;
            _stream->NextOut = to;
            _stream->AvailableOut = (nuint)_buffer.Length;
            var result = LibLzma.Code(_stream, action);
            if (result is not (LibLzma.Ok or LibLzma.StreamEnd))
                throw new IOException($"The xz encoder failed (liblzma result {result}).");
            return (
                input.Length - (int)_stream->AvailableIn,
                _buffer.Length - (int)_stream->AvailableOut,
                result == LibLzma.StreamEnd
            );
        }
    }

    public override unsafe ValueTask DisposeAsync()
    {
        if (_stream is not null)
            LibLzma.End(_stream);
        Free();
        return default;
    }

    private unsafe void Free()
    {
        NativeMemory.Free(_stream);
        _stream = null;
    }
}
