using System;
using System.Buffers;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>Reads a stream piece by piece: the next one comes while the last is still used, so that neither disk nor network waits for the other.</summary>
/// <param name="stream">What is read, from where it stands; left open.</param>
/// <param name="pieceSize">Bytes of a piece; only the last one may be shorter.</param>
/// <param name="end">Nothing is read from here on, even if more would come.</param>
internal sealed class ReadAhead(Stream stream, int pieceSize, long end) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private byte[] _used = ArrayPool<byte>.Shared.Rent(pieceSize);
    private byte[] _coming = ArrayPool<byte>.Shared.Rent(pieceSize);
    private Task<int>? _reading;

    /// <summary>Where the current piece begins.</summary>
    public long Start { get; private set; }

    /// <summary>The current piece; empty before the first and after the end.</summary>
    public ReadOnlyMemory<byte> Piece { get; private set; }

    /// <summary>Nothing comes after the current piece.</summary>
    public bool IsLast => Piece.Length < pieceSize || Start + Piece.Length >= end;

    /// <summary>Goes to the piece after the current one; false at the end of the stream.</summary>
    public async Task<bool> NextAsync(CancellationToken ct)
    {
        var start = Start + Piece.Length;
        _reading ??= ReadAsync(start);
        var length = await _reading.WaitAsync(ct).ConfigureAwait(false);
        (_used, _coming) = (_coming, _used);
        (Start, Piece) = (start, _used.AsMemory(0, length));
        // Of a pipe only what is asked for: one that nobody fills any more would keep an upload that the server refused.
        _reading = IsLast || !stream.CanSeek ? null : ReadAsync(start + length);
        return length > 0;
    }

    /// <summary>Makes <paramref name="position"/> the beginning of the next piece; the stream must be able to go there.</summary>
    public async Task GoToAsync(long position, CancellationToken ct)
    {
        if (_reading is { } reading)
            await reading.WaitAsync(ct).ConfigureAwait(false);
        stream.Position = position;
        (Start, Piece, _reading) = (position, default, null);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // What still comes must not go into a buffer of somebody else.
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_reading is { } reading)
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ArrayPool<byte>.Shared.Return(_used);
        ArrayPool<byte>.Shared.Return(_coming);
        _stop.Dispose();
    }

    private Task<int> ReadAsync(long start)
    {
        var count = (int)Math.Min(pieceSize, end - start);
        // On the pool: reading a file or memory may be done at once, on the thread of whoever wants to go on.
        return Task.Run(() => stream.ReadAtLeastAsync(_coming.AsMemory(0, count), count, throwOnEndOfStream: false, _stop.Token).AsTask(), _stop.Token);
    }
}
