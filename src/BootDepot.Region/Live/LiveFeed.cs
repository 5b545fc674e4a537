using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Region.Imports;
using BootDepot.Region.Imports.Progress;

namespace BootDepot.Region.Live;

/// <summary>What open pages want to know at once.</summary>
/// <param name="Catalog">Another number after each commit to the catalogue that may concern a page.</param>
/// <param name="Import">The import that runs here, or the last one; null when there was none since the start.</param>
internal sealed record LiveState(long Catalog, ImportProgress? Import);

/// <summary>
/// Watches, for all open pages together, whether anything changed. Commits of other processes count as well, so the catalogue's
/// mark is looked at (some microseconds) rather than waiting for signals of this one. Nobody watching costs nothing.
/// </summary>
internal sealed class LiveFeed(CatalogDatabase catalog, ImportControl imports, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private TaskCompletionSource _next = New();
    private LiveState? _last;
    private int _watchers;
    private bool _isLooking;
    private (long Mark, long All, long Notes) _counts;
    private long _changes;

    /// <summary>The state now.</summary>
    public async Task<LiveState> ReadAsync(CancellationToken cancel)
    {
        // Counted before: a commit in between is in the mark and not yet counted, so it passes for no note.
        var (all, notes) = catalog.Commits;
        var mark = await catalog.ChangeMarkAsync(cancel);
        lock (_gate)
        {
            if (mark != _counts.Mark && !IsOnlyNotes(mark, all, notes))
                _changes++;
            _counts = (mark, all, notes);
            return new LiveState(_changes, imports.ProgressOrNull());
        }
    }

    // Fifty racks that merely say that they are there would have every page ask for everything again, all the time. A commit of another
    // process between two looks that had only notes here is shown with the next change; where several processes are the rule, marks are
    // counted, so that nothing is passed over.
    private bool IsOnlyNotes(long mark, long all, long notes)
    {
        var noted = notes - _counts.Notes;
        return noted > 0 && all - _counts.All == noted && (!catalog.IsShared || mark - _counts.Mark == noted);
    }

    /// <summary>
    /// A state that differs from the one that was seen, at once when there is one; null when nothing changed for
    /// <paramref name="patience"/>. What changes between two calls is not lost.
    /// </summary>
    public async Task<LiveState?> NextOrNullAsync(LiveState seen, TimeSpan patience, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_last is not null && Differ(seen, _last))
                    return _last;
                next = _next.Task;
            }

            var left = patience - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                return null;
            try
            {
                await next.WaitAsync(left, time, cancel);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
    }

    /// <summary>Keeps the watch going until it is disposed.</summary>
    public IDisposable Watch()
    {
        lock (_gate)
        {
            _watchers++;
            if (!_isLooking)
                _ = Task.Run(RunAsync);
            _isLooking = true;
        }

        return new Watcher(this);
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Tick, time);
        while (await timer.WaitForNextTickAsync())
        {
            try
            {
                var now = await ReadAsync(CancellationToken.None);
                Note(now);
            }
            catch (Exception e)
            {
                // Whoever waits hears of it, and the page asks again by itself.
                lock (_gate)
                {
                    _next.TrySetException(e);
                    _next = New();
                }
            }

            lock (_gate)
            {
                if (_watchers > 0)
                    continue;
                _last = null;
                _isLooking = false;
                return;
            }
        }
    }

    private static bool Differ(LiveState a, LiveState b) =>
        a.Catalog != b.Catalog || a.Import?.Id != b.Import?.Id || a.Import?.Phase != b.Import?.Phase
        || a.Import?.FetchedBytes != b.Import?.FetchedBytes || a.Import?.PublishedSets != b.Import?.PublishedSets
        || a.Import?.Problems.Count != b.Import?.Problems.Count || HasWaiting(a) != HasWaiting(b);

    private static int HasWaiting(LiveState state)
    {
        if (state.Import is not { Phase: not ImportPhase.Ended } import)
            return 0;
        var count = 0;
        foreach (var file in import.Files)
            count += file.State is FileState.Waiting or FileState.Failed ? 1 : 0;
        return count;
    }

    private void Note(LiveState state)
    {
        TaskCompletionSource? waiting = null;
        lock (_gate)
        {
            // At the first look nobody knows whether this differs from what a page was told when it came.
            if (_last is null || Differ(_last, state))
                (waiting, _next) = (_next, New());
            _last = state;
        }

        waiting?.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Watcher(LiveFeed feed) : IDisposable
    {
        private int _isGone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGone, 1) != 0)
                return;
            lock (feed._gate)
                feed._watchers--;
        }
    }
}
