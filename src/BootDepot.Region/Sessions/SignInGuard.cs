using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace BootDepot.Region.Sessions;

/// <summary>
/// Slows down who tries passwords: after some wrong ones from an address or for a user, the next try has to wait, twice as long
/// each time, up to half a minute. Never longer, so that nobody can lock another out.
/// </summary>
internal sealed class SignInGuard(TimeProvider time)
{
    /// <summary>Wrong passwords that cost nothing, per address.</summary>
    public const int FreeTriesOfAddress = 5;

    /// <summary>Wrong passwords that cost nothing, per user name, from wherever.</summary>
    public const int FreeTriesOfUser = 20;

    private const int MaxEntries = 10_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Failures> _failures = new(StringComparer.Ordinal);

    /// <summary>How long to wait before the next try; zero: go on.</summary>
    public TimeSpan WaitFor(string? address, string username)
    {
        lock (_gate)
        {
            var wait = Math.Max(Ticks("a:" + address, FreeTriesOfAddress), Ticks("u:" + username, FreeTriesOfUser));
            return TimeSpan.FromTicks(wait);
        }
    }

    /// <summary>Notes how a try ended.</summary>
    public void Note(string? address, string username, bool isRight)
    {
        lock (_gate)
        {
            foreach (var key in new[] { "a:" + address, "u:" + username })
            {
                if (isRight)
                    _failures.Remove(key);
                else
                    Add(key);
            }
        }
    }

    private long Ticks(string key, int free)
    {
        if (!_failures.TryGetValue(key, out var failures) || failures.Count < free)
            return 0;
        var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures.Count - free, 5)));
        var end = failures.Last + (pause < LongestWait ? pause : LongestWait);
        return Math.Max(0, (end - time.GetUtcNow()).Ticks);
    }

    private void Add(string key)
    {
        var now = time.GetUtcNow();
        var count = _failures.TryGetValue(key, out var before) && now - before.Last < Memory ? before.Count : 0;
        if (_failures.Count >= MaxEntries)
            Forget(now);
        _failures[key] = new Failures(count + 1, now);
    }

    // The old ones; a flood of young ones makes room by the half.
    private void Forget(DateTimeOffset now)
    {
        foreach (var key in _failures.Where(f => now - f.Value.Last >= Memory).Select(f => f.Key).ToList())
            _failures.Remove(key);
        if (_failures.Count < MaxEntries)
            return;
        foreach (var key in _failures.OrderBy(f => f.Value.Last).Take(MaxEntries / 2).Select(f => f.Key).ToList())
            _failures.Remove(key);
    }

    private sealed record Failures(int Count, DateTimeOffset Last);
}
