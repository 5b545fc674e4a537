using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Blobs.Files;

/// <summary>
/// The threads that wait for the disk. Linux has no asynchronous file calls that fit here: a direct write, an fsync and a
/// rename block their thread. On the thread pool they would starve the network; with their own few threads many
/// fsyncs also run side by side, which a journaling file system turns into one commit.
/// </summary>
internal static class DiskThreads
{
    /// <summary>More than this many fsyncs at once gained nothing where it was measured.</summary>
    private const int Most = 16;

    private static readonly BlockingCollection<Action> Work = [];
    private static int _started;
    private static int _idle;

    /// <summary>Runs blocking file work.</summary>
    public static Task RunAsync(Action action) =>
        RunAsync(() =>
        {
            action();
            return true;
        });

    /// <summary>Runs blocking file work and returns what it came to.</summary>
    public static Task<T> RunAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception failure)
            {
                done.SetException(failure); // the awaiting caller has it
            }
        });
        if (Volatile.Read(ref _idle) < Work.Count)
            StartOne();
        return done.Task;
    }

    private static void StartOne()
    {
        if (Interlocked.Increment(ref _started) > Most)
        {
            Interlocked.Decrement(ref _started);
            return;
        }

        new Thread(Loop) { IsBackground = true, Name = "blob disk" }.Start();
    }

    private static void Loop()
    {
        while (true)
        {
            Interlocked.Increment(ref _idle);
            var action = Work.Take();
            Interlocked.Decrement(ref _idle);
            action();
        }
    }
}
