using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Threading;
using Microsoft.AspNetCore.Connections;

namespace BootDepot.Region.Hosting;

/// <summary>
/// Buffers of connections, larger than Kestrel's own of 4 KiB: an upload is then received with a sixteenth of the system
/// calls. A connection that waits for its next request holds none.
/// </summary>
internal sealed class LargeBlocks : IMemoryPoolFactory<byte>
{
    private const int BlockSize = 64 * 1024;

    // Idle blocks that are kept for the next connection.
    private const int Kept = 256;

    /// <inheritdoc />
    public MemoryPool<byte> Create(MemoryPoolOptions? options) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private readonly ConcurrentBag<byte[]> _idle = [];
        private int _kept;

        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
            if (!_idle.TryTake(out var bytes))
                return new Block(this, GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true));
            Interlocked.Decrement(ref _kept);
            return new Block(this, bytes);
        }

        private void Return(byte[] bytes)
        {
            if (Interlocked.Increment(ref _kept) <= Kept)
                _idle.Add(bytes);
            else
                Interlocked.Decrement(ref _kept);
        }

        protected override void Dispose(bool disposing) => _idle.Clear();

        private sealed class Block(Pool pool, byte[] bytes) : IMemoryOwner<byte>
        {
            private byte[]? _bytes = bytes;

            public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(Block));

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _bytes, null) is { } returned)
                    pool.Return(returned);
            }
        }
    }
}
