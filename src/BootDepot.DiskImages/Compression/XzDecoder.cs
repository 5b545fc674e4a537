using System;
using System.IO;
using System.Runtime.InteropServices;

namespace BootDepot.DiskImages.Compression;

/// <summary>.xz through the system's liblzma; its integrity checks are on.</summary>
internal sealed unsafe class XzDecoder : NativeDecoder
{
    private LzmaStream* _stream;

    public XzDecoder(Stream source, long memory)
        : base(source)
    {
        // The library keeps a pointer back to this structure, so that it must not move.
        _stream = (LzmaStream*)NativeMemory.AllocZeroed((nuint)sizeof(LzmaStream));
        try
        {
            var result = LibLzma.OpenDecoder(_stream, (ulong)memory, LibLzma.Concatenated);
            if (result != LibLzma.Ok)
                throw new InvalidDataException($"The xz decoder does not start (liblzma result {result}).");
        }
        catch (Exception e)
        {
            NativeMemory.Free(_stream);
            _stream = null;
            if (e is DllNotFoundException)
                throw new CodecMissingException(LibLzma.Library, LibLzma.Package, e);
            throw;
        }
    }

    protected override (int Taken, int Given, bool Complete) Decode(
        ReadOnlySpan<byte> input,
        Span<byte> output,
        bool isLast
    )
    {
        ObjectDisposedException.ThrowIf(_stream is null, this);
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            _stream->NextIn = from;
            _stream->AvailableIn = (nuint)input.Length;
            _stream->NextOut = to;
            _stream->AvailableOut = (nuint)output.Length;
            var result = LibLzma.Code(_stream, isLast ? LibLzma.Finish : LibLzma.Run);
            var taken = input.Length - (int)_stream->AvailableIn;
            var given = output.Length - (int)_stream->AvailableOut;
            return result switch
            {
                LibLzma.Ok => (taken, given, false),
                LibLzma.StreamEnd => (taken, given, true),
                // No progress was possible: for want of input, which only matters when there is no more.
                LibLzma.BufferError => (taken, given, false),
                LibLzma.MemoryLimit => throw new InvalidDataException(
                    "The xz stream asks for more memory to unpack than is allowed; compress it again with a preset of 9 or lower."
                ),
                LibLzma.OptionsError => throw new InvalidDataException("The xz stream uses an option that liblzma does not know."),
                _ => throw new InvalidDataException($"The xz stream is damaged (liblzma result {result})."),
            };
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (_stream is not null)
        {
            LibLzma.End(_stream);
            NativeMemory.Free(_stream);
            _stream = null;
        }

        base.Dispose(disposing);
    }
}
