using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace BootDepot.Blobs;

/// <summary>
/// Pooled buffers of one piece: large, and aligned to a page, so that a backend can hand them to the disk as they are.
/// Bytes come fastest into a store when they are appended in whole pieces from such a buffer, at offsets that are
/// multiples of <see cref="Alignment"/>; any other memory and any other length work too.
/// </summary>
public sealed class BlobPieces : IMemoryOwner<byte>
{
    /// <summary>Bytes in a piece.</summary>
    public const int Size = 1 << 20;

    /// <summary>What the address of a piece is a multiple of.</summary>
    public const int Alignment = 4096;

    /// <summary>Idle pieces that are kept for the next renter.</summary>
    private const int Kept = 32;

    private static readonly ConcurrentBag<Memory<byte>> Idle = [];
    private Memory<byte> _memory;

    private BlobPieces(Memory<byte> memory) => _memory = memory;

    /// <summary>The piece's bytes; what is in them at first is undefined.</summary>
    public Memory<byte> Memory => _memory.IsEmpty ? throw new ObjectDisposedException(nameof(BlobPieces)) : _memory;

    /// <summary>Takes a piece; dispose it to give it back.</summary>
    public static BlobPieces Rent() => new(Idle.TryTake(out var memory) ? memory : Allocate());

    /// <inheritdoc />
    public void Dispose()
    {
        var memory = _memory;
        _memory = default;
        if (!memory.IsEmpty && Idle.Count < Kept)
            Idle.Add(memory);
    }

    private static unsafe Memory<byte> Allocate()
    {
        var array = GC.AllocateUninitializedArray<byte>(Size + Alignment, pinned: true);
        var address = (long)Unsafe.AsPointer(ref array[0]);
        return array.AsMemory((int)(-address & (Alignment - 1)), Size);
    }
}
