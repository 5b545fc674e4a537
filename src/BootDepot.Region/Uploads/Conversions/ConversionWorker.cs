using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Uploads;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Uploads.Conversions;

/// <summary>
/// Does the conversions, one after the other, oldest first. One that was under way when the region ended begins again at
/// the next start. Its row says what shall be: a conversion whose row is not running any more, or whose file has gone, is
/// cancelled.
/// </summary>
internal sealed partial class ConversionWorker(
    CatalogDatabase catalog, ConversionQueue queue, ConversionRun run, TimeProvider time, ILogger<ConversionWorker> log)
    : BackgroundService
{
    // How often a running conversion's row is looked at.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await RequeueAsync(stoppingToken);
        while (true)
        {
            try
            {
                while (await TakeOrNullAsync(stoppingToken) is { } next)
                    await DoAsync(next, stoppingToken);
                await queue.WaitAsync(stoppingToken);
            }
            catch (CatalogException e)
            {
                LogCatalogFailure(e);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private Task RequeueAsync(CancellationToken cancel) => catalog.ChangeAsync(
        async (db, token) =>
        {
            foreach (var row in await db.Conversions.Where(c => c.State == ConversionState.Running).ToListAsync(token))
                row.State = ConversionState.Queued;
        },
        cancel);

    private Task<Conversion?> TakeOrNullAsync(CancellationToken cancel) => catalog.ChangeAsync(
        async (db, token) =>
        {
            // Those whose file has gone are nobody's.
            db.Conversions.RemoveRange(await db.Conversions.Where(c => c.FileId == null && c.State != ConversionState.Done).ToListAsync(token));
            var next = await db.Conversions.Where(c => c.FileId != null && c.State == ConversionState.Queued).OrderBy(c => c.Id).FirstOrDefaultAsync(token);
            if (next is not null)
                (next.State, next.Updated) = (ConversionState.Running, time.GetUtcNow());
            return next;
        },
        cancel);

    private async Task DoAsync(Conversion conversion, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var watch = WatchAsync(conversion.Id, ended);
        try
        {
            var fault = await run.RunAsync(conversion, ended.Token);
            if (fault is not null)
            {
                LogFailed(conversion.Id, fault.Code, fault.Message);
                await FailAsync(conversion.Id, fault, stopping);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            LogStopped(conversion.Id);
        }
        catch (IOException e)
        {
            LogFailed(conversion.Id, "conversion-failed", e.Message);
            await FailAsync(conversion.Id, new Fault("conversion-failed", $"Reading or writing failed: {e.Message}"), stopping);
        }
        finally
        {
            queue.Forget(conversion.Id);
            await ended.CancelAsync();
            await watch;
        }
    }

    // Ends the conversion when its row says so.
    private async Task WatchAsync(int id, CancellationTokenSource ended)
    {
        try
        {
            using var timer = new PeriodicTimer(Look, time);
            while (await timer.WaitForNextTickAsync(ended.Token))
            {
                await using var db = await catalog.CreateDbContextAsync(ended.Token);
                if (!await db.Conversions.AnyAsync(c => c.Id == id && c.FileId != null && c.State == ConversionState.Running, ended.Token))
                    await ended.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The conversion has ended.
        }
    }

    private Task FailAsync(int id, Fault fault, CancellationToken cancel) => catalog.ChangeAsync(
        async (db, token) =>
        {
            if (await db.Conversions.FirstOrDefaultAsync(c => c.Id == id, token) is not { } row)
                return;
            (row.State, row.Updated) = (ConversionState.Failed, time.GetUtcNow());
            (row.FaultCode, row.FaultMessage) = (fault.Code, fault.Message);
        },
        cancel);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Conversion {Id} failed ({Code}): {Reason}")]
    private partial void LogFailed(int id, string code, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Conversion {Id} was stopped")]
    private partial void LogStopped(int id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The catalogue cannot be used; conversions wait")]
    private partial void LogCatalogFailure(Exception exception);
}
