using System.Runtime.InteropServices;

namespace BootDepot.DiskImages.Compression;

/// <summary>The functions of liblzma 5 that are used; names, values and layouts are those of lzma.h.</summary>
internal static unsafe partial class LibLzma
{
    public const string Library = "liblzma.so.5";
    public const string Package = "liblzma5";

    public const uint TellUnsupportedCheck = 0x02;
    public const uint Concatenated = 0x08;
    public const int CheckCrc64 = 4;

    public const int Run = 0;
    public const int Finish = 3;

    public const int Ok = 0;
    public const int StreamEnd = 1;
    public const int UnsupportedCheck = 3;
    public const int MemoryLimit = 6;
    public const int OptionsError = 8;
    public const int BufferError = 10;

    [LibraryImport(Library, EntryPoint = "lzma_stream_decoder")]
    public static partial int OpenDecoder(LzmaStream* stream, ulong memoryLimit, uint flags);

    [LibraryImport(Library, EntryPoint = "lzma_stream_encoder_mt")]
    public static partial int OpenEncoder(LzmaStream* stream, LzmaThreads* options);

    [LibraryImport(Library, EntryPoint = "lzma_code")]
    public static partial int Code(LzmaStream* stream, int action);

    [LibraryImport(Library, EntryPoint = "lzma_end")]
    public static partial void End(LzmaStream* stream);
}

/// <summary><c>lzma_stream</c>. Zeroed before use.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LzmaStream
{
    public byte* NextIn;
    public nuint AvailableIn;
    public ulong TotalIn;
    public byte* NextOut;
    public nuint AvailableOut;
    public ulong TotalOut;
    private readonly void* _allocator;
    private readonly void* _internal;
    private fixed ulong _reserved[10];
}

/// <summary><c>lzma_mt</c>. Zeroed before use.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LzmaThreads
{
    private readonly uint _flags;
    public uint Threads;
    public ulong BlockSize;
    private readonly uint _timeout;
    public uint Preset;
    private readonly void* _filters;
    public int Check;
    private fixed uint _reserved[7];
    private fixed ulong _reservedLong[8];
}
