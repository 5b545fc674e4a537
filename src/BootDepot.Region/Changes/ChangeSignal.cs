using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Observing;

namespace BootDepot.Region.Changes;

/// <summary>
/// Tells, within this process, that what clients may see has changed: a version was published, retired or deleted.
/// Whoever shows it compares <see cref="Version"/> with the one it last saw, so a signal that comes between two looks is
/// never lost.
/// </summary>
public sealed class ChangeSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = New();
    private long _version;
    private volatile string? _cause;

    /// <summary>Rises with every change; starts at 0.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>The trace in which the last change of this process was made (a W3C traceparent); null when nobody traces.</summary>
    public string? Cause => _cause;

    /// <summary>Says that a change is committed.</summary>
    public void Raise()
    {
        // Not a trace that only a caller speaks of: without a listener its other end is nowhere.
        _cause = RegionTraces.Source.HasListeners() && Activity.Current is { Recorded: true } span ? span.Id : null;
        RaiseForOthers();
    }

    /// <summary>Says that another process has committed a change, or that this one has, which is no change then.</summary>
    public void RaiseForOthers()
    {
        TaskCompletionSource waiting;
        lock (_gate)
        {
            _version++;
            (waiting, _next) = (_next, New());
        }

        waiting.SetResult();
    }

    /// <summary>Returns the version as soon as it is not <paramref name="seen"/>.</summary>
    public async Task<long> WaitForChangeAsync(long seen, CancellationToken cancel)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_version != seen)
                    return _version;
                next = _next.Task;
            }

            await next.WaitAsync(cancel);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
