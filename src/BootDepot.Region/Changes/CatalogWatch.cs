using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using Microsoft.Extensions.Hosting;

namespace BootDepot.Region.Changes;

/// <summary>Raises this region's signal when another region has changed what clients may see.</summary>
internal sealed class CatalogWatch(CatalogDatabase catalog, ChangeSignal changes) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => catalog.WatchAsync(changes.RaiseForOthers, stoppingToken);
}
