using System;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>
/// Gives the chunk at a position. Content that cannot seek can go back within the last chunk, which is how far a lost reply can
/// throw an upload back.
/// </summary>
internal sealed class ChunkReader : IAsyncDisposable
{
    private readonly OpenedContent _content;
    private readonly string _description;
    private readonly long _size;
    private readonly ReadAhead _pieces;

    public ChunkReader(UploadContent content, int chunkSize, long size)
    {
        _content = content.Open();
        _description = content.Description;
        _size = size;
        if (_content.Stream.CanSeek)
            _content.Stream.Position = 0;
        _pieces = new ReadAhead(_content.Stream, chunkSize, size);
    }

    public async Task<ReadOnlyMemory<byte>> ReadAsync(long position, CancellationToken ct)
    {
        if (position < _pieces.Start || position >= _pieces.Start + _pieces.Piece.Length)
            await GoOnAsync(position, ct).ConfigureAwait(false);
        return _pieces.Piece[(int)(position - _pieces.Start)..];
    }

    public async ValueTask DisposeAsync()
    {
        await _pieces.DisposeAsync().ConfigureAwait(false);
        _content.Dispose();
    }

    private async Task GoOnAsync(long position, CancellationToken ct)
    {
        var next = _pieces.Start + _pieces.Piece.Length;
        if (position != next)
        {
            if (!_content.Stream.CanSeek)
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"The server wants byte {position}, but {_description} stands at {next} and cannot go there."));
            await _pieces.GoToAsync(position, ct).ConfigureAwait(false);
        }

        await _pieces.NextAsync(ct).ConfigureAwait(false);
        if (_pieces.Piece.IsEmpty || (_pieces.IsLast && _pieces.Start + _pieces.Piece.Length < _size))
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"Content ended at byte {_pieces.Start + _pieces.Piece.Length}, before its size: {_description} changed while it was sent, or the size given was wrong."));
    }
}
