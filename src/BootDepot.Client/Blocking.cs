using System;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>
/// The blocking half of each pair. The work starts on the thread pool, where there is no synchronisation context, so
/// a caller that blocks its only thread (a UI thread) cannot wait for itself.
/// </summary>
internal static class Blocking
{
#pragma warning disable VSTHRD002 // The one place that blocks, and why it is safe is said above.
    public static T Run<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();

    public static void Run(Func<Task> work) => Task.Run(work).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
}
