using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.Views;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>A disk whose blocks lie anywhere in a file; keeps the block that was read last.</summary>
internal abstract class MappedView(long length, int blockSize) : ByteView
{
    private readonly byte[] _block = new byte[blockSize];
    private long _index = -1;

    public sealed override long? Length => length;

    /// <summary>Fills a block; false when the file does not have it.</summary>
    protected abstract ValueTask<bool> ReadBlockAsync(long index, Memory<byte> block, CancellationToken token);

    public sealed override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken token)
    {
        if (offset < 0)
            return 0;
        var done = 0;
        while (done < buffer.Length && offset + done < length)
        {
            var at = offset + done;
            if (at / blockSize != _index)
            {
                _index = -1;
                if (!await ReadBlockAsync(at / blockSize, _block, token))
                    break;
                _index = at / blockSize;
            }

            var within = (int)(at % blockSize);
            var count = (int)Math.Min(Math.Min(blockSize - within, buffer.Length - done), length - at);
            _block.AsMemory(within, count).CopyTo(buffer[done..]);
            done += count;
        }

        return done;
    }
}
