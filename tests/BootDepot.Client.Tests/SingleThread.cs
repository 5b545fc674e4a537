using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client.Tests;

/// <summary>Runs work on one thread with a synchronisation context that only that thread serves, as a window system does.</summary>
internal static class SingleThread
{
    public static Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new OneThreadContext());
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }) { IsBackground = true };
        thread.Start();
        return done.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    // Nobody takes from this queue while the thread is blocked: whatever is posted here waits for ever.
    private sealed class OneThreadContext : SynchronizationContext
    {
        private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _queue = new();

        public override void Post(SendOrPostCallback d, object? state) => _queue.Enqueue((d, state));

        public override void Send(SendOrPostCallback d, object? state) => throw new InvalidOperationException("The thread is busy.");
    }
}
