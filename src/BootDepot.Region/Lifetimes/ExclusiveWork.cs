using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Region.Imports;

namespace BootDepot.Region.Lifetimes;

/// <summary>Work on stored bytes that must not run beside an import, in this region or another: it takes the import's right.</summary>
internal sealed class ExclusiveWork(ProcessLeases leases, ImportOptions options, TimeProvider time)
{
    /// <summary>Runs it; a fault with <c>import-running</c> when an import, or other such work, runs.</summary>
    public async Task<Outcome<T>> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        if (await leases.AcquireOrNullAsync(ImportControl.LeaseName, options.LeaseDuration, cancel) is not { } lease)
        {
            return new Fault(
                "import-running", "An import is running, or other work on the stored bytes; nothing was done. Try again when it has ended.");
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using (leases.Keep(lease, options.LeaseDuration, time, end.CancelAsync))
            return await work(end.Token);
    }
}
