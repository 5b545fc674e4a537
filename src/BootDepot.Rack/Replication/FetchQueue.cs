using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Rack.Replication;

/// <summary>
/// Fetches files in a given order, a few at once. The list can be replaced at any time: what is on its way and still wanted
/// goes on, what is not wanted any more stops and keeps its bytes.
/// </summary>
internal sealed class FetchQueue(TransferPool pool, int parallel, Action<BlobRequest, BlobOutcome> ended)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Digest, Running> _running = [];
    private ImmutableArray<BlobRequest> _waiting = [];
    private bool _isClosed;

    /// <summary>Whether nothing is on its way or waits.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return _running.Count == 0 && _waiting.IsEmpty;
        }
    }

    /// <summary>Puts another list in place, the most urgent first.</summary>
    public void Replace(IEnumerable<BlobRequest> wanted)
    {
        var list = wanted.DistinctBy(r => r.Digest).ToList();
        var keep = list.Select(r => r.Digest).ToHashSet();
        List<Running> stopped;
        lock (_lock)
        {
            _waiting = [.. list.Where(r => !_running.ContainsKey(r.Digest))];
            stopped = [.. _running.Where(r => !keep.Contains(r.Key)).Select(r => r.Value)];
        }

        foreach (var transfer in stopped)
            transfer.Stop.Cancel();
        Pump();
    }

    /// <summary>Stops everything and waits until it has let go; what was received stays.</summary>
    public async Task CloseAsync()
    {
        List<Running> all;
        lock (_lock)
        {
            _isClosed = true;
            _waiting = [];
            all = [.. _running.Values];
        }

        foreach (var transfer in all)
            await transfer.Stop.CancelAsync();
        await Task.WhenAll(all.Select(t => t.Work)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Pump()
    {
        lock (_lock)
        {
            while (!_isClosed && _running.Count < parallel && !_waiting.IsEmpty)
            {
                var next = _waiting[0];
                _waiting = _waiting.RemoveAt(0);
                var running = new Running();
                _running.Add(next.Digest, running);
                running.Work = Task.Run(() => FetchAsync(next, running));
            }
        }
    }

    private async Task FetchAsync(BlobRequest request, Running running)
    {
        BlobOutcome? outcome = null;
        try
        {
            outcome = await pool.FetchAsync(request, running.Stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Not wanted any more.
        }
        finally
        {
            lock (_lock)
                _running.Remove(request.Digest);
        }

        if (outcome is not null)
            ended(request, outcome);
        Pump();
    }

    private sealed class Running
    {
        // Not disposed, since whoever replaces the list may be about to cancel it; without a timer it holds nothing.
        public CancellationTokenSource Stop { get; } = new();

        public Task Work { get; set; } = Task.CompletedTask;
    }
}
