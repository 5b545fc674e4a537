using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace BootDepot.Region.Changes;

/// <summary>
/// Raises this region's signal when a command on the same machine has changed images, as the import of a bundle does. Its own changes are
/// seen here, too, and cost one more look.
/// </summary>
internal sealed class NeighbourWatch(CatalogDatabase catalog, ChangeSignal changes, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        (long Mark, long Event)? seen = null;
        do
        {
            try
            {
                var mark = await catalog.ChangeMarkAsync(stoppingToken);
                if (seen?.Mark == mark)
                    continue;
                var newest = await LastEventAsync(stoppingToken);
                if (seen is { } before && newest > before.Event && await HaveImagesChangedAsync(before.Event, stoppingToken))
                    changes.RaiseForOthers();
                seen = (mark, newest);
            }
            catch (Exception e) when (catalog.FaultOrNull(e) is not null)
            {
                // Locked by another process now; the next look sees the same change.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<long> LastEventAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.Events.MaxAsync(e => (long?)e.Id, cancel) ?? 0;
    }

    private async Task<bool> HaveImagesChangedAsync(long since, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.Events.AnyAsync(e => e.Id > since && e.Subject.StartsWith("boot-resource/"), cancel);
    }
}
