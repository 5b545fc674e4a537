using System;
using System.IO;
using System.Numerics;
using System.Runtime.InteropServices;

namespace BootDepot.DiskImages.Compression;

/// <summary>Zstandard through the system's libzstd.</summary>
internal sealed unsafe partial class ZstdDecoder : NativeDecoder
{
    private const string Library = "libzstd.so.1";
    private const int WindowLogMax = 100; // ZSTD_d_windowLogMax
    private void* _stream;
    private bool _betweenFrames = true;

    public ZstdDecoder(Stream source, long memory)
        : base(source)
    {
        try
        {
            _stream = CreateStream();
        }
        catch (DllNotFoundException e)
        {
            throw new CodecMissingException(Library, "libzstd1", e);
        }

        // A frame may ask for a window of this many bytes, no more.
        _ = SetParameter(_stream, WindowLogMax, BitOperations.Log2((ulong)memory));
    }

    protected override (int Taken, int Given, bool Complete) Decode(
        ReadOnlySpan<byte> input,
        Span<byte> output,
        bool isLast
    )
    {
        ObjectDisposedException.ThrowIf(_stream is null, this);
        if (isLast && input.IsEmpty && _betweenFrames)
            return (0, 0, true);
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            var source = new Buffer { Bytes = from, Size = (nuint)input.Length };
            var target = new Buffer { Bytes = to, Size = (nuint)output.Length };
            var result = DecompressStream(_stream, &target, &source);
            if (IsError(result) != 0)
            {
                var name = Marshal.PtrToStringUTF8((nint)ErrorName(result));
                throw new InvalidDataException($"The zstd stream is damaged ({name}).");
            }

            // Zero says that a frame ended and everything was given out.
            _betweenFrames = result == 0;
            return ((int)source.Position, (int)target.Position, _betweenFrames);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (_stream is not null)
            _ = FreeStream(_stream);
        _stream = null;
        base.Dispose(disposing);
    }

    // ZSTD_inBuffer and ZSTD_outBuffer of zstd.h have the same layout.
    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public byte* Bytes;
        public nuint Size;
        public nuint Position;
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createDStream")]
    private static partial void* CreateStream();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDStream")]
    private static partial nuint FreeStream(void* stream);

    [LibraryImport(Library, EntryPoint = "ZSTD_DCtx_setParameter")]
    private static partial nuint SetParameter(void* stream, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    private static partial nuint DecompressStream(void* stream, Buffer* output, Buffer* input);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint result);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    private static partial byte* ErrorName(nuint result);
}
