using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Imports;

namespace BootDepot.Region.Imports;

/// <summary>Leases that this process takes, of which one left by a process that is seen to be dead is taken over at once.</summary>
internal sealed class ProcessLeases(Leases leases)
{
    private readonly ProcessName _self = ProcessName.OfThisProcess();

    /// <summary>Name of this process, as others see it.</summary>
    public string Holder => _self.ToString();

    /// <summary>Takes the lease; null while another process has it.</summary>
    public async Task<LeaseGrant?> AcquireOrNullAsync(string name, TimeSpan duration, CancellationToken cancel)
    {
        if (await leases.AcquireOrNullAsync(name, Holder, duration, cancel) is { } lease)
            return lease;
        // A region that was killed cannot give its right back; if it is seen to be dead there is no need to wait for the end.
        if (await leases.CurrentOrNullAsync(name, cancel) is not { } other || !_self.IsDead(other.Holder))
            return null;
        await leases.ReleaseAsync(other, cancel);
        return await leases.AcquireOrNullAsync(name, Holder, duration, cancel);
    }

    /// <summary>
    /// Renews the lease in the background until disposed, which gives it back. <paramref name="lost"/> is called when another
    /// process has it instead.
    /// </summary>
    public Renewal Keep(LeaseGrant lease, TimeSpan duration, TimeProvider time, Func<Task> lost) =>
        new(leases, lease, duration, time, lost);

    /// <summary>A lease that is being renewed.</summary>
    internal sealed class Renewal : IAsyncDisposable
    {
        private readonly CancellationTokenSource _ended = new();
        private readonly Leases _leases;
        private readonly LeaseGrant _lease;
        private readonly Task _renewing;

        public Renewal(Leases leases, LeaseGrant lease, TimeSpan duration, TimeProvider time, Func<Task> lost)
        {
            (_leases, _lease) = (leases, lease);
            _renewing = RenewAsync(duration, time, lost, _ended.Token);
        }

        /// <inheritdoc />
        public async ValueTask DisposeAsync()
        {
            await _ended.CancelAsync();
            await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ended.Dispose();
            await _leases.ReleaseAsync(_lease, CancellationToken.None);
        }

        private async Task RenewAsync(TimeSpan duration, TimeProvider time, Func<Task> lost, CancellationToken cancel)
        {
            using var timer = new PeriodicTimer(duration / 4, time);
            while (await timer.WaitForNextTickAsync(cancel))
            {
                try
                {
                    if (await _leases.RenewOrNullAsync(_lease, duration, cancel) is not null)
                        continue;
                    await lost();
                    return;
                }
                catch (Catalog.CatalogException)
                {
                    // Busy now; there are more ticks before the lease lapses.
                }
            }
        }
    }
}
