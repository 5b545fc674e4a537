using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.DiskImages.Compression;

/// <summary>How blocks that are packed apart become one stream.</summary>
internal abstract class BlockFormat
{
    /// <summary>Bytes of content in a block; only the last has fewer.</summary>
    public abstract int BlockSize { get; }

    /// <summary>What stands before the first block.</summary>
    public abstract byte[] Head { get; }

    /// <summary>Packs one block; called from several threads at once.</summary>
    public abstract PackedBlock Pack(ReadOnlySpan<byte> block);

    /// <summary>What stands behind the last block; <paramref name="any"/> says whether there was one.</summary>
    public abstract byte[] Tail(uint crc, long length, bool any);
}

/// <summary>A packed block, the CRC-32 of its content and the content's length.</summary>
internal sealed record PackedBlock(ReadOnlyMemory<byte> Bytes, uint Crc, int Length);

/// <summary>Packs blocks on all processors and writes them in order. Blocks of zeros, of which disks are full, are packed once.</summary>
internal sealed class BlockEncoder : Encoder
{
    private readonly Stream _output;
    private readonly BlockFormat _format;
    private readonly int _workers;
    private readonly Queue<Task<PackedBlock>> _running = new();
    private readonly Stack<byte[]> _free = new();
    private PackedBlock? _zeros;
    private byte[] _block;
    private int _filled;
    private bool _started;
    private bool _any;
    private uint _crc;
    private long _length;

    public BlockEncoder(Stream output, BlockFormat format, int workers)
    {
        (_output, _format, _workers) = (output, format, Math.Max(1, workers));
        _block = new byte[format.BlockSize];
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, _block.Length - _filled);
            bytes.Span[..count].CopyTo(_block.AsSpan(_filled));
            _filled += count;
            bytes = bytes[count..];
            if (_filled == _block.Length)
                await StartBlockAsync(token);
        }
    }

    public override async ValueTask FinishAsync(CancellationToken token)
    {
        if (_filled > 0)
            await StartBlockAsync(token);
        while (_running.Count > 0)
            await WriteOneAsync(token);
        await WriteHeadAsync(token);
        await _output.WriteAsync(_format.Tail(_crc, _length, _any), token);
    }

    private async ValueTask StartBlockAsync(CancellationToken token)
    {
        var (block, filled) = (_block, _filled);
        _filled = 0;
        if (filled == block.Length && !block.AsSpan().ContainsAnyExcept((byte)0))
        {
            _zeros ??= _format.Pack(block);
            _running.Enqueue(Task.FromResult(_zeros));
        }
        else
        {
            _running.Enqueue(
                Task.Run(
                    () =>
                    {
                        var packed = _format.Pack(block.AsSpan(0, filled));
                        lock (_free)
                            _free.Push(block);
                        return packed;
                    },
                    token
                )
            );
            lock (_free)
                _block = _free.Count > 0 ? _free.Pop() : new byte[_format.BlockSize];
        }

        // As many again may wait behind the one that is written next.
        while (_running.Count > 2 * _workers)
            await WriteOneAsync(token);
    }

    private async ValueTask WriteOneAsync(CancellationToken token)
    {
        await WriteHeadAsync(token);
        var packed = await _running.Dequeue();
        _crc = _any ? Crc32.Combine(_crc, packed.Crc, packed.Length) : packed.Crc;
        _any = true;
        _length += packed.Length;
        await _output.WriteAsync(packed.Bytes, token);
    }

    private async ValueTask WriteHeadAsync(CancellationToken token)
    {
        if (!_started)
            await _output.WriteAsync(_format.Head, token);
        _started = true;
    }

    // Work that was begun is waited for, so that nothing runs on after a cancellation.
    public override async ValueTask DisposeAsync()
    {
        foreach (var task in _running)
            await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _running.Clear();
    }
}
