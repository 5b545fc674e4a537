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
/// Publishes each set as soon as its last blob is stored. Sets that become complete while a transaction is being written
/// share the next one, so that thousands of small images do not cost thousands of syncs.
/// </summary>
internal sealed class SetPublisher
{
    private const int LargestBatch = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<Digest, List<Waiting>> _waiting = [];
    private readonly Channel<Waiting> _complete = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });
    private readonly SetStore _store;
    private readonly ProgressBoard _board;
    private readonly ChangeSignal _changes;

    public SetPublisher(
        IReadOnlyList<(int SetId, PlannedSet Planned)> sets,
        IReadOnlyDictionary<Digest, long> held,
        SetStore store,
        ProgressBoard board,
        ChangeSignal changes)
    {
        (_store, _board, _changes) = (store, board, changes);
        foreach (var (id, planned) in sets)
        {
            var missing = planned.Image.Files.Select(f => f.Digest).Distinct().Where(d => !held.ContainsKey(d)).ToList();
            var set = new Waiting(id, planned) { Missing = missing.Count };
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

    /// <summary>Publishes until closed and empty.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (await _complete.Reader.WaitToReadAsync(cancel))
        {
            var batch = new List<(int, PlannedSet)>();
            while (batch.Count < LargestBatch && _complete.Reader.TryRead(out var set))
                batch.Add((set.SetId, set.Planned));
            await _store.PublishAsync(batch, cancel);
            _board.Published(batch.Count);
            _changes.Raise();
        }
    }

    private sealed class Waiting(int setId, PlannedSet planned)
    {
        public int SetId => setId;

        public PlannedSet Planned => planned;

        public int Missing { get; set; }
    }
}
