using System;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Rack.Replication;

/// <summary>Keeps received bytes below a rate, which may change at any time. Everybody who receives passes here.</summary>
internal sealed class RateLimit(TimeProvider time)
{
    // What may come at once after a pause.
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(0.25);

    // A wait is cut, so that another rate is followed soon.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private DateTimeOffset _free = DateTimeOffset.MinValue;

    /// <summary>Bytes per second; null for no limit.</summary>
    public long? BytesPerSecond { get; set; }

    /// <summary>Returns when these bytes fit in.</summary>
    public async ValueTask PassAsync(int bytes, CancellationToken cancel)
    {
        if (BytesPerSecond is not { } rate)
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

        while (BytesPerSecond == rate && due - time.GetUtcNow() is var wait && wait > TimeSpan.Zero)
            await Task.Delay(wait < LongestWait ? wait : LongestWait, time, cancel);
        if (BytesPerSecond != rate)
        {
            lock (_lock)
                _free = time.GetUtcNow(); // what was planned at the former rate does not count
        }
    }
}
