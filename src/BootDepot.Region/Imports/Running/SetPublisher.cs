using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Planning;
using BootDepot.Region.Changes;
using BootDepot.Region.Imports.Progress;

namespace BootDepot.Region.Imports.Running;

/// <summary>
/// Announces the sets of a plan, then publishes each as soon as its last blob is stored. Blobs are fetched meanwhile: one that is stored before
/// its rows are there is found by the next plan, if this run dies in between. Sets that become complete while a transaction is being written
/// share the next one, so that thousands of small images do not cost thousands of syncs.
/// </summary>
internal sealed class SetPublisher
{
    private const int LargestBatch = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<Digest, List<Waiting>> _waiting = [];
    private readonly IReadOnlyList<PlannedSet> _sets;
    private readonly Channel<Waiting> _complete = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });
    private readonly SetStore _store;
    private readonly ProgressBoard _board;
    private readonly ChangeSignal _changes;

    public SetPublisher(
        IReadOnlyList<PlannedSet> sets,
        IReadOnlyDictionary<Digest, long> held,
        SetStore store,
        ProgressBoard board,
        ChangeSignal changes)
    {
        (_sets, _store, _board, _changes) = (sets, store, board, changes);
        for (var index = 0; index < sets.Count; index++)
        {
            var missing = sets[index].Image.Files.Select(f => f.Digest).Distinct().Where(d => !held.ContainsKey(d)).ToList();
            var set = new Waiting(index) { Missing = missing.Count };
            foreach (var digest in missing)
            {
                if (!_waiting.TryGetValue(digest, out var list))
                    _waiting.Add(digest, list = []);
                list.Add(set);
            }

            if (missing.Count == 0)
                _complete.Writer.TryWrite(set);
        }
    }

    /// <summary>Says that a blob is stored.</summary>
    public void Stored(Digest digest)
    {
        lock (_gate)
        {
            if (!_waiting.Remove(digest, out var sets))
                return;
            foreach (var set in sets)
            {
                if (--set.Missing == 0)
                    _complete.Writer.TryWrite(set);
            }
        }
    }

    /// <summary>Says that nothing more will be stored.</summary>
    public void Close() => _complete.Writer.Complete();

    /// <summary>Announces, and publishes until closed and empty.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var ids = await _store.AnnounceAsync(_sets, cancel);
        while (await _complete.Reader.WaitToReadAsync(cancel))
        {
            var batch = new List<(int, PlannedSet)>();
            while (batch.Count < LargestBatch && _complete.Reader.TryRead(out var set))
                batch.Add((ids[set.Index], _sets[set.Index]));
            await _store.PublishAsync(batch, cancel);
            _board.Published(batch.Count);
            _changes.Raise();
        }
    }

    private sealed class Waiting(int index)
    {
        public int Index => index;

        public int Missing { get; set; }
    }
}
