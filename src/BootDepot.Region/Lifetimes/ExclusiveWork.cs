using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Imports;
using BootDepot.Images;
using BootDepot.Region.Imports;

namespace BootDepot.Region.Lifetimes;

/// <summary>Work on stored bytes that must not run beside an import, in this region or another: it takes the import's right.</summary>
internal sealed class ExclusiveWork(Leases leases, ImportOptions options, TimeProvider time)
{
    private readonly string _holder = ProcessName.OfThisProcess().ToString();

    /// <summary>Runs it; a fault with <c>import-running</c> when an import, or other such work, runs.</summary>
    public async Task<Outcome<T>> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        if (await leases.AcquireOrNullAsync(ImportControl.LeaseName, _holder, options.LeaseDuration, cancel) is not { } lease)
        {
            return new Fault(
                "import-running", "An import is running, or other work on the stored bytes; nothing was done. Try again when it has ended.");
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var renewing = RenewAsync(lease, end);
        try
        {
            return await work(end.Token);
        }
        finally
        {
            await end.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await leases.ReleaseAsync(lease, CancellationToken.None);
        }
    }

    private async Task RenewAsync(LeaseGrant lease, CancellationTokenSource end)
    {
        using var timer = new PeriodicTimer(options.LeaseDuration / 4, time);
        while (await timer.WaitForNextTickAsync(end.Token))
        {
            if (await leases.RenewOrNullAsync(lease, options.LeaseDuration, end.Token) is null)
                await end.CancelAsync();
        }
    }
}
