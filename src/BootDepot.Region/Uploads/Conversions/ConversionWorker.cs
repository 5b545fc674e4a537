using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Uploads;
using BootDepot.Images;
using BootDepot.Region.Imports;
using BootDepot.Region.Observing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Uploads.Conversions;

/// <summary>
/// Does the conversions, one after the other, oldest first, in one region at a time of those that share the catalogue: whoever has
/// the lease does all that wait. One that was under way when its region ended begins again in the next that takes the lease. Its row says what shall be: a conversion whose row is not running any more, or whose file has gone, is
/// cancelled.
/// </summary>
internal sealed partial class ConversionWorker(
    CatalogDatabase catalog, ProcessLeases leases, ConversionQueue queue, ConversionRun run, TimeProvider time, ILogger<ConversionWorker> log)
    : BackgroundService
{
    // How often a running conversion's row is looked at.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Name of the lease.</summary>
    public const string LeaseName = "conversions";

    private static readonly TimeSpan LeaseDuration = TimeSpan.FromMinutes(1);

    // How often a region that has work looks whether another one is still at it.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                if (await leases.AcquireOrNullAsync(LeaseName, LeaseDuration, stoppingToken) is { } lease)
                {
                    await DrainAsync(lease, stoppingToken);
                    await queue.WaitAsync(stoppingToken);
                }
                else
                {
                    await Task.Delay(Turn, time, stoppingToken);
                }
            }
            catch (Exception e) when (catalog.WillPass(e))
            {
                // What was under way is begun anew by whoever takes the lease next.
                LogFailure(e);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private async Task DrainAsync(LeaseGrant lease, CancellationToken stopping)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await using var renewal = leases.Keep(lease, LeaseDuration, time, lost.CancelAsync);
        try
        {
            await RequeueAsync(lost.Token);
            while (await TakeOrNullAsync(lost.Token) is { } next)
                await DoAsync(next, lost.Token);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            // Another region does the rest.
        }
    }

    // Nobody else has the lease: what runs, by its row, was cut off.
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
        catch (IOException e) when (e is not BlobsUnreachableException)
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
                if (!await IsWantedAsync(id, ended.Token))
                    await ended.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The conversion has ended.
        }
    }

    private async Task<bool> IsWantedAsync(int id, CancellationToken cancel)
    {
        try
        {
            await using var db = await catalog.CreateDbContextAsync(cancel);
            return await db.Conversions.AnyAsync(c => c.Id == id && c.FileId != null && c.State == ConversionState.Running, cancel);
        }
        catch (Exception e) when (catalog.FaultOrNull(e) is not null)
        {
            return true; // nobody can have said otherwise meanwhile
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The catalogue or the blob store cannot be used; conversions wait")]
    private partial void LogFailure(Exception exception);
}
