using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Settings;
using BootDepot.Images;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Imports;

/// <summary>
/// Begins imports by itself: soon after the last one was cut off, here or in another region, and every so often. The pause has a random
/// part, so that many installations do not ask their source at the same moment.
/// </summary>
internal sealed partial class ImportSchedule(
    ImportControl imports,
    SettingsStore settings,
    ImportOptions options,
    TimeProvider time,
    CatalogDatabase catalog,
    ILogger<ImportSchedule> log)
    : BackgroundService
{
    // Settings are looked at this often, so that a change of the interval counts soon.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var startedAt = time.GetUtcNow();
        // Between 0 and 1; drawn anew for each pause.
        var jitter = Draw();
        if (await WasInterruptedAsync(stoppingToken))
            await BeginAsync("start", stoppingToken);
        var pause = options.LeaseDuration / 10;
        var lookAt = DateTimeOffset.MinValue;
        while (true)
        {
            // This region's own, from before it died, or another's. The right to import may still be that of the dead; it lapses soon.
            if (await IsCutOffAsync(stoppingToken))
                await BeginAsync("start", stoppingToken);
            if (time.GetUtcNow() >= lookAt)
            {
                var (isDue, wait) = await LookAsync(startedAt, jitter, stoppingToken);
                if (isDue)
                {
                    await BeginAsync("periodic", stoppingToken);
                    jitter = Draw();
                    wait = Look;
                }

                lookAt = time.GetUtcNow() + wait;
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }

    private async Task<bool> WasInterruptedAsync(CancellationToken cancel)
    {
        try
        {
            return await imports.LastOrNullAsync(cancel) is { State: ImportState.Interrupted };
        }
        catch (Exception e) when (catalog.FaultOrNull(e) is not null)
        {
            LogBusy(e);
            return false;
        }
    }

    private async Task<bool> IsCutOffAsync(CancellationToken cancel)
    {
        try
        {
            return await imports.IsCutOffAsync(cancel);
        }
        catch (Exception e) when (catalog.FaultOrNull(e) is not null)
        {
            LogBusy(e);
            return false;
        }
    }

    private async Task<(bool IsDue, TimeSpan Wait)> LookAsync(DateTimeOffset startedAt, double jitter, CancellationToken cancel)
    {
        try
        {
            var now = await settings.GetAsync(cancel);
            var last = await imports.LastOrNullAsync(cancel);
            if (TimeWindow.TryParse(now.ImportWindow, out var window) && !window.IsOpenAt(TimeOnly.FromDateTime(time.GetLocalNow().DateTime)))
                return (false, Look);
            if (!now.BootImagesAutoImport || await imports.IsImportingAsync(cancel))
                return (false, Look);
            var interval = TimeSpan.FromMinutes(now.BootImagesImportIntervalMinutes);
            var due = startedAt + (options.StartDelay * (1 + jitter));
            if (last is not null && last.StartedAt + (interval * (1 + (jitter / 10))) is var next && next > due)
                due = next;
            var wait = due - time.GetUtcNow();
            return (wait <= TimeSpan.Zero, wait < Look ? wait : Look);
        }
        catch (Exception e) when (catalog.FaultOrNull(e) is not null)
        {
            LogBusy(e);
            return (false, Look);
        }
    }

    private async Task<bool> BeginAsync(string trigger, CancellationToken cancel)
    {
        try
        {
            return (await imports.StartAsync(trigger, null, cancel)).RunId is not null;
        }
        catch (Exception e) when (catalog.FaultOrNull(e) is not null)
        {
            LogBusy(e);
            return false;
        }
    }

    private static double Draw() =>
#pragma warning disable CA5394 // jitter needs no secrecy
        Random.Shared.NextDouble();
#pragma warning restore CA5394

    [LoggerMessage(Level = LogLevel.Warning, Message = "The import could not be begun; it is tried again in a minute")]
    private partial void LogBusy(Exception exception);
}
