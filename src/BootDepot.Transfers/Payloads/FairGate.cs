using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Transfers.Payloads;

/// <summary>Lets a number of holders in at once. Those who wait take turns by group; within a group, first come first served.</summary>
internal sealed class FairGate(int places)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(string Group, Queue<TaskCompletionSource> Waiting)> _turns = [];
    private readonly Dictionary<string, Queue<TaskCompletionSource>> _groups = new(StringComparer.Ordinal);
    private int _free = places;

    /// <summary>Waits for a place; <see cref="Release"/> gives it back.</summary>
    public async Task EnterAsync(string group, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        TaskCompletionSource place;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_groups.TryGetValue(group, out var waiting))
            {
                waiting = new Queue<TaskCompletionSource>();
                _groups.Add(group, waiting);
                _turns.AddLast((group, waiting));
            }

            waiting.Enqueue(place);
        }

        await using (cancel.Register(() => place.TrySetCanceled(cancel)))
            await place.Task;
    }

    public void Release()
    {
        lock (_lock)
        {
            while (_turns.First is { } turn)
            {
                _turns.RemoveFirst();
                var next = turn.Value.Waiting.Dequeue();
                if (turn.Value.Waiting.Count > 0)
                    _turns.AddLast(turn);
                else
                    _groups.Remove(turn.Value.Group);
                if (next.TrySetResult())
                    return;
            }

            _free++;
        }
    }
}
