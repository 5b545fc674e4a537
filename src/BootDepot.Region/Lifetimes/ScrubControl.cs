using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Lifetimes;
using BootDepot.Catalog.Settings;
using BootDepot.Region.Observing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Lifetimes;

/// <summary>
/// Scrubs by itself every <c>scrub_interval_days</c>, and when asked; goes on after a restart with a pass that was cut off, and
/// repairs what it found.
/// </summary>
internal sealed partial class ScrubControl(
    BlobScrub scrub, BlobRepair repair, ExclusiveWork work, CatalogDatabase catalog, SettingsStore settings, TimeProvider time,
    ILogger<ScrubControl> log)
    : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RepairInterval = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _asked = new(0);
    private DateTimeOffset _nextRepair = time.GetUtcNow() + RepairInterval;
    private CancellationTokenSource? _running;

    /// <summary>Whether a pass runs in this process.</summary>
    public bool IsRunning => _running is not null;

    /// <summary>Begins a pass, or goes on with the one that was cut off; nothing when one runs.</summary>
    public void Start()
    {
        if (!IsRunning && _asked.CurrentCount == 0)
            _asked.Release();
    }

    /// <summary>Stops the pass that runs; the next one goes on from there.</summary>
    public async Task StopScrubAsync()
    {
        if (_running is { } running)
            await running.CancelAsync();
    }

    /// <summary>The last pass and what is damaged, newest first.</summary>
    public async Task<(ScrubRun? Last, IReadOnlyList<DamagedBlob> Damaged)> ReadAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return (
            await db.ScrubRuns.AsNoTracking().OrderByDescending(r => r.Id).FirstOrDefaultAsync(cancel),
            await db.DamagedBlobs.AsNoTracking().OrderByDescending(b => b.Id).Take(1000).ToListAsync(cancel));
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _asked.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                if (await _asked.WaitAsync(TimeSpan.Zero, stoppingToken) || await IsDueAsync(stoppingToken))
                    await RunAsync(stoppingToken);
                if (time.GetUtcNow() >= _nextRepair)
                    await RepairAsync(stoppingToken);
            }
            catch (Exception e) when (catalog.WillPass(e))
            {
                LogFailed(e);
            }

            using var wait = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(Task.Delay(Look, time, wait.Token), WaitAskedAsync(wait.Token));
            await wait.CancelAsync();
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private async Task WaitAskedAsync(CancellationToken cancel)
    {
        await _asked.WaitAsync(cancel);
        _asked.Release(); // only looked; the loop takes it
    }

    private async Task<bool> IsDueAsync(CancellationToken cancel)
    {
        var days = (await settings.GetAsync(cancel)).ScrubIntervalDays;
        if (days == 0)
            return false;
        var (last, _) = await ReadAsync(cancel);
        return last is null
            ? false // a new region has nothing to look at; the first pass is due when the first interval is over
            : last.EndedAt is null || time.GetUtcNow() - last.StartedAt >= TimeSpan.FromDays(days);
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        _running = running;
        try
        {
            var result = await scrub.RunAsync(RateAsync, running.Token);
            LogEnded(result.Run.Blobs, result.Run.Bytes, result.Run.Damaged);
            if (result.Found.Count > 0)
                await RepairAsync(running.Token);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested && !stoppingToken.IsCancellationRequested)
        {
            // Stopped by somebody; what was looked at is remembered.
        }
        finally
        {
            _running = null;
        }
    }

    // A source that is down now may be up in an hour, and an import that runs has to end first.
    private async Task RepairAsync(CancellationToken cancel)
    {
        var outcome = await work.RunAsync(repair.RunAsync, cancel);
        _nextRepair = time.GetUtcNow() + (outcome is Outcome<int>.Refused ? Look : RepairInterval);
    }

    private async ValueTask<long?> RateAsync(CancellationToken cancel) => BlobScrub.BytesPerSecond((await settings.GetAsync(cancel)).ScrubMebibytesPerSecond);

    [LoggerMessage(Level = LogLevel.Information, Message = "Scrub ended: {Blobs} blobs of {Bytes} bytes read, {Damaged} were wrong")]
    private partial void LogEnded(int blobs, long bytes, int damaged);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scrub failed; it is gone on with in a minute")]
    private partial void LogFailed(Exception exception);
}
