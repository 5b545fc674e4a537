using System;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Transfers;

/// <summary>
/// Keeps bytes below a rate that may change at any time. Everybody who is to share the rate passes here; a change counts within a
/// second, also for those who wait already.
/// </summary>
/// <param name="bytesPerSecond">The rate, asked once a second at the most while bytes pass; null for no limit.</param>
/// <param name="time">The clock.</param>
public sealed class RateLimit(Func<CancellationToken, ValueTask<long?>> bytesPerSecond, TimeProvider time)
{
    // What may come at once after a pause.
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(0.25);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // Timers count whole milliseconds: less is not worth waiting for, and is made up for by the next bytes' wait.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private long? _rate;
    private long? _looked;
    private DateTimeOffset _free = DateTimeOffset.MinValue;

    /// <summary>Returns when these bytes fit in.</summary>
    public async ValueTask PassAsync(int bytes, CancellationToken cancel)
    {
        if (await RateAsync(cancel) is not { } rate)
            return;
        DateTimeOffset due;
        lock (_lock)
        {
            var earliest = time.GetUtcNow() - Burst;
            if (_free < earliest)
                _free = earliest;
            _free += TimeSpan.FromSeconds((double)bytes / rate);
            due = _free;
        }

        while (due - time.GetUtcNow() is var wait && wait >= Least && await RateAsync(cancel) == rate)
            await Task.Delay(wait < Look ? wait : Look, time, cancel);
    }

    private async ValueTask<long?> RateAsync(CancellationToken cancel)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_looked is { } last && time.GetElapsedTime(last, now) < Look)
                return _rate;
            _looked = now;
        }

        var rate = await bytesPerSecond(cancel);
        lock (_lock)
        {
            if (rate == _rate)
                return rate;
            // What was planned at the former rate does not count.
            (_rate, _free) = (rate, time.GetUtcNow());
            return rate;
        }
    }
}
