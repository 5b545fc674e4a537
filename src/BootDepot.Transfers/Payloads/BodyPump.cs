using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Transfers.Http;

namespace BootDepot.Transfers.Payloads;

/// <summary>
/// Moves a body into a partial. Receiving goes on while what came before is hashed and written. Bytes are handed on as
/// soon as what came before is through, so that little is lost when the process dies; the faster they come, the larger the
/// pieces. Of slow bytes, too, no more than those of a moment are held back.
/// </summary>
internal sealed class BodyPump(
    Stream body,
    IBlobWriter writer,
    StallTimer stall,
    TimeProvider time,
    Func<int, CancellationToken, ValueTask> onBytes)
    : IAsyncDisposable
{
    /// <summary>Less than this waits for more, for a while: a write of a few bytes costs as much as one of many.</summary>
    private const int Least = 128 * 1024;

    // Eight slow transfers that each hold back a little are together what a killed process loses most of.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    /// <summary>This much is handed on even while the network has more.</summary>
    private const int Enough = 2 * Least;

    private BlobPieces _front = BlobPieces.Rent();
    private BlobPieces? _back;
    private Task _appending = Task.CompletedTask;

    // _front holds bytes of the blob from _start (not handed on yet) to _end. An index in it and the byte's offset in the blob
    // are the same modulo the alignment, so that handed-on ranges stay aligned when they begin so.
    private int _start = (int)(writer.Offset % BlobPieces.Alignment);
    private int _end = (int)(writer.Offset % BlobPieces.Alignment);
    private long _missing;
    private long _handedOnAt = time.GetTimestamp();

    /// <summary>Receives until the blob is complete or the body ends. True when there were more bytes than that.</summary>
    /// <param name="missing">Bytes that are still missing of the blob.</param>
    /// <param name="endsThere">Whether HTTP itself says that the body ends there.</param>
    /// <param name="cancel">Ends the transfer; what was received is kept.</param>
    public async Task<bool> RunAsync(long missing, bool endsThere, CancellationToken cancel)
    {
        _missing = missing;
        while (_missing > 0 || !endsThere)
        {
            if (_end == BlobPieces.Size)
                await TurnAsync();
            // One byte beyond the end is asked for, to see whether there is one.
            var room = (int)Math.Min(BlobPieces.Size - _end, _missing + (endsThere ? 0 : 1));
            stall.Moved();
            var reading = body.ReadAsync(_front.Memory.Slice(_end, room), stall.Token);
            HandOn(reading.IsCompleted ? Enough : Least);
            var count = await reading;
            stall.Pause();
            if (count == 0)
                return false;
            if (count > _missing)
                return true;
            _end += count;
            _missing -= count;
            await onBytes(count, cancel);
        }

        return false;
    }

    /// <summary>Hands on everything that was received, however the transfer ended.</summary>
    public async Task FlushAsync()
    {
        await _appending;
        if (_end > _start)
            await writer.AppendAsync(_front.Memory[_start.._end], CancellationToken.None);
        _start = _end;
    }

    public async ValueTask DisposeAsync()
    {
        await _appending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the buffers are in use until then
        _front.Dispose();
        _back?.Dispose();
    }

    /// <summary>Starts to hand on what there is, if that is worth it, or it waited long, and the last hand-on is through.</summary>
    private void HandOn(int worth)
    {
        if (!_appending.IsCompletedSuccessfully || _end - _start < BlobPieces.Alignment)
            return;
        if (_end - _start < worth && time.GetElapsedTime(_handedOnAt) < Longest)
            return;
        var end = _end - (_end % BlobPieces.Alignment);
        var bytes = _front.Memory[_start..end];
        _start = end;
        _handedOnAt = time.GetTimestamp();
        _appending = Task.Run(() => writer.AppendAsync(bytes, CancellationToken.None).AsTask());
    }

    /// <summary>The front is full: its rest is handed on, and receiving goes on in the other piece.</summary>
    private async Task TurnAsync()
    {
        await _appending;
        var bytes = _front.Memory[_start..];
        if (!bytes.IsEmpty)
            _appending = Task.Run(() => writer.AppendAsync(bytes, CancellationToken.None).AsTask());
        (_front, _back) = (_back ?? BlobPieces.Rent(), _front);
        _start = _end = 0;
    }
}
