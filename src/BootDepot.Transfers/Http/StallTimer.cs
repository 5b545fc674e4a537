using System;
using System.Threading;

namespace BootDepot.Transfers.Http;

/// <summary>Cancels when nothing moved for a while. Every sign of life starts the time anew.</summary>
internal sealed class StallTimer : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _both;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _limit;

    public StallTimer(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _limit = limit;
        _caller = caller;
        _timer = new CancellationTokenSource(limit, time);
        _both = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, caller);
    }

    public CancellationToken Token => _both.Token;

    /// <summary>Whether it was the time, and not the caller.</summary>
    public bool Expired => _timer.IsCancellationRequested && !_caller.IsCancellationRequested;

    public void Moved() => _timer.CancelAfter(_limit);

    /// <summary>Stops the time while we, and not the server, are the slow one.</summary>
    public void Pause() => _timer.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _both.Dispose();
        _timer.Dispose();
    }
}
