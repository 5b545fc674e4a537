using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Region.Sources;
using BootDepot.Region.Observing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Imports;

/// <summary>
/// Looks at what the sources offer after one was added or changed, so that its selections can be judged. Fetches no image: in
/// MAAS a change of sources or selections begins no import, and a source that is added a moment before its selections
/// would be imported whole.
/// </summary>
internal sealed partial class OfferRefresh(
    ImportControl imports, SourceWatch sources, CatalogDatabase catalog, ImportOptions options, TimeProvider time, ILogger<OfferRefresh> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await sources.WaitAsync(stoppingToken);
            await Task.Delay(options.ChangeDelay, time, stoppingToken);
            try
            {
                // A running import reads the sources itself, and again when they change under its hands.
                if (!await imports.IsImportingAsync(stoppingToken))
                    await imports.RefreshOffersAsync(stoppingToken);
            }
            catch (Exception e) when (catalog.WillPass(e))
            {
                LogBusy(e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the sources offer could not be read; the next import does it")]
    private partial void LogBusy(Exception exception);
}
