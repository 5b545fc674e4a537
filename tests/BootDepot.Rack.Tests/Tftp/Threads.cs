using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Rack.Tests.Tftp;

/// <summary>Work that blocks its thread, on threads of its own: the pool is the server's.</summary>
internal static class Threads
{
    /// <summary>Does pieces of work, some at once.</summary>
    public static Task RunAsync(int atOnce, int count, Action<int> work)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => RunAsync(() =>
        {
            for (var n = Interlocked.Increment(ref next); n < count; n = Interlocked.Increment(ref next))
                work(n);
        })));
    }

    /// <summary>Does one piece of work.</summary>
    public static Task RunAsync(Action work) => RunAsync(() =>
    {
        work();
        return true;
    });

    /// <summary>Does one piece of work that has a result.</summary>
    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
