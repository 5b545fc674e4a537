using System;

namespace BootDepot.Transfers.Payloads;

/// <summary>
/// How long one transfer waits for a store that is away. By the clock, not by attempts: a store is ours, is asked by all transfers, and is
/// away for as long as its restart takes.
/// </summary>
internal sealed class StorePatience(TransferSettings settings, TimeProvider time)
{
    private long? _awaySince;
    private int _attempt;
    private long _has = -1;

    /// <summary>Whether the store was away when it was asked last.</summary>
    public bool IsTried => _awaySince is not null;

    /// <summary>How long the store has been away.</summary>
    public TimeSpan Waited => _awaySince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Notes that an attempt found the store there until its end.</summary>
    public void Answered() => (_awaySince, _attempt) = (null, 0);

    /// <summary>
    /// Notes how many bytes the store has when it is opened. One that answers and keeps nothing is still away; one that has more than before is not.
    /// </summary>
    public void Has(long bytes)
    {
        if (bytes > _has && _has >= 0)
            Answered();
        _has = Math.Max(_has, bytes);
    }

    /// <summary>The wait before the next attempt, short, so that work goes on soon after the store is back; null when patience is over.</summary>
    public TimeSpan? DelayOrNull()
    {
        _awaySince ??= time.GetTimestamp();
        if (Waited >= settings.StorePatience)
            return null;
        var delay = settings.DelayBefore(++_attempt);
        return delay < settings.LongestStoreDelay ? delay : settings.LongestStoreDelay;
    }
}
