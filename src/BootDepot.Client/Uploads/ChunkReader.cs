using System;
using System.Buffers;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>
/// Gives the chunk at a position, from one buffer. Content that cannot seek can go back within the last chunk, which is
/// how far a lost reply can throw an upload back.
/// </summary>
internal sealed class ChunkReader : IDisposable
{
    private readonly OpenedContent _content;
    private readonly string _description;
    private readonly int _chunkSize;
    private readonly byte[] _buffer;
    private long _start;
    private int _length;

    public ChunkReader(UploadContent content, int chunkSize)
    {
        _content = content.Open();
        _description = content.Description;
        _chunkSize = chunkSize;
        _buffer = ArrayPool<byte>.Shared.Rent(chunkSize);
        if (_content.Stream.CanSeek)
            _content.Stream.Position = 0;
    }

    public async Task<ReadOnlyMemory<byte>> ReadAsync(long position, long end, CancellationToken ct)
    {
        if (position < _start || position >= _start + _length)
            await FillAsync(position, (int)Math.Min(_chunkSize, end - position), ct).ConfigureAwait(false);
        return _buffer.AsMemory((int)(position - _start), (int)(_start + _length - position));
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _content.Dispose();
    }

    private async Task FillAsync(long position, int count, CancellationToken ct)
    {
        if (position != _start + _length)
        {
            if (!_content.Stream.CanSeek)
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"The server wants byte {position}, but {_description} stands at {_start + _length} and cannot go there."));
            _content.Stream.Position = position;
        }

        _start = position;
        _length = await _content.Stream.ReadAtLeastAsync(_buffer.AsMemory(0, count), count, throwOnEndOfStream: false, ct).ConfigureAwait(false);
        if (_length < count)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"Content ended at byte {position + _length}, before its size: {_description} changed while it was sent, or the size given was wrong."));
    }
}
