using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Region.Imports;
using BootDepot.Region.Observing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Lifetimes;

/// <summary>Collects every so often, also where nobody imports, and forgets old entries of the audit trail. While an import runs it waits: that collects at its end.</summary>
internal sealed partial class CollectionSchedule(
    BlobCollection collection, ExclusiveWork work, CatalogDatabase catalog, AuditRetention audit, ImportOptions options, TimeProvider time, ILogger<CollectionSchedule> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CollectionInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await audit.RunAsync(stoppingToken);
                if (!collection.IsDue)
                    continue;
                if (await work.RunAsync(cancel => collection.RunAsync(dryRun: false, cancel), stoppingToken)
                    is Outcome<CollectionReport>.Done { Value: { Blobs: > 0 } report })
                    LogRemoved(report.Blobs, report.Bytes);
            }
            catch (Exception e) when (catalog.WillPass(e))
            {
                LogFailed(e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Blobs} blobs of {Bytes} bytes that nothing refers to")]
    private partial void LogRemoved(int blobs, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The search for bytes that nothing refers to failed; it is tried again")]
    private partial void LogFailed(Exception exception);
}
