using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;

namespace BootDepot.Rack.Replication;

/// <summary>A file on its way, as those see it who wait for its bytes.</summary>
/// <param name="size">Its bytes.</param>
internal sealed class Filling(long size)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = New();
    private FillingState _state = new(0, 0, IsComplete: false, null);

    /// <summary>Its bytes, when it is whole.</summary>
    public long Size => size;

    /// <summary>What fetches it.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>How far it is.</summary>
    public FillingState State
    {
        get
        {
            lock (_lock)
                return _state;
        }
    }

    /// <summary>
    /// So many bytes are there. Fewer than before: the bytes were not the right ones and begin anew, so whoever was given some of
    /// them must not be given the rest.
    /// </summary>
    public void Reached(long received) => Change(s =>
        received == s.Received || s.IsOver ? s
        : received > s.Received ? s with { Received = received }
        : s with { Received = received, Generation = s.Generation + 1 });

    /// <summary>It is whole and verified.</summary>
    public void Complete() => Change(s => s.IsOver ? s : s with { Received = size, IsComplete = true });

    /// <summary>It will not come.</summary>
    public void Fail(Fault fault) => Change(s => s.IsOver ? s : s with { Fault = fault });

    /// <summary>Waits until there is a first byte, or the whole file. False when it will not come.</summary>
    public async Task<bool> BeginsAsync(CancellationToken cancel)
    {
        var state = State;
        while (state is { Received: 0, IsOver: false })
            state = await NextAsync(state, cancel);
        return state.Fault is null;
    }

    /// <summary>Returns the state as soon as it is another one than <paramref name="seen"/>.</summary>
    public async Task<FillingState> NextAsync(FillingState seen, CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_state != seen)
                    return _state;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancel);
        }
    }

    private void Change(System.Func<FillingState, FillingState> change)
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            var next = change(_state);
            if (next == _state)
                return;
            _state = next;
            (waiting, _changed) = (_changed, New());
        }

        waiting.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>How far a file on its way is.</summary>
/// <param name="Received">Bytes that are there.</param>
/// <param name="Generation">How often it began anew because the bytes were wrong.</param>
/// <param name="IsComplete">It is whole and verified.</param>
/// <param name="Fault">Why it will not come; null when it may.</param>
internal sealed record FillingState(long Received, int Generation, bool IsComplete, Fault? Fault)
{
    /// <summary>Nothing changes any more.</summary>
    public bool IsOver => IsComplete || Fault is not null;
}
