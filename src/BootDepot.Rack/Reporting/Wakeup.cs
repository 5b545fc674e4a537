using System;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Rack.Reporting;

/// <summary>Lets one loop sleep until something happens. Signals that come while it works are not lost; many are one.</summary>
internal sealed class Wakeup(TimeProvider time)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _signal = New();

    /// <summary>Something happened.</summary>
    public void Signal()
    {
        lock (_lock)
            _signal.TrySetResult();
    }

    /// <summary>Waits for a signal, or so long.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancel)
    {
        Task signal;
        lock (_lock)
            signal = _signal.Task;
        try
        {
            await signal.WaitAsync(longest, time, cancel);
        }
        catch (TimeoutException)
        {
            return;
        }

        lock (_lock)
            _signal = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
