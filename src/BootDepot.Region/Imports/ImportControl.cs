using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Images;
using BootDepot.Images.Selections;
using BootDepot.Region.Imports.Planning;
using BootDepot.Region.Imports.Progress;
using BootDepot.Region.Imports.Running;
using BootDepot.Region.Imports.Sources;
using BootDepot.Region.Observing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Imports;

/// <summary>Starts, stops, watches and foretells imports. One runs at a time, in all regions together.</summary>
internal sealed partial class ImportControl : IAsyncDisposable
{
    /// <summary>The right to import, which all work on stored bytes needs.</summary>
    public const string LeaseName = "import";

    // How often a run looks whether another region wants it to stop, and tells how far it is.
    private static readonly TimeSpan WishInterval = TimeSpan.FromSeconds(1);

    // How long who asks for an import waits for other work on stored bytes to end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly CatalogDatabase _catalog;
    private readonly Leases _leases;
    private readonly ImportRunner _runner;
    private readonly SourceReadings _sources;
    private readonly ImportPlanner _planner;
    private readonly ImportHttp _http;
    private readonly ImportHistory _history;
    private readonly ImportOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ImportControl> _log;
    private readonly ProcessLeases _processes;
    private readonly SemaphoreSlim _starting = new(1);
    private volatile ActiveRun? _active;
    private ImportProgress? _last;
    private Task _following = Task.CompletedTask;
    private volatile bool _isClosing;

    public ImportControl(
        CatalogDatabase catalog,
        Leases leases,
        ProcessLeases processes,
        ImportRunner runner,
        SourceReadings sources,
        ImportPlanner planner,
        ImportHttp http,
        ImportHistory history,
        ImportOptions options,
        TimeProvider time,
        ILogger<ImportControl> log)
    {
        _catalog = catalog;
        _leases = leases;
        _processes = processes;
        _runner = runner;
        _sources = sources;
        _planner = planner;
        _http = http;
        _history = history;
        _options = options;
        _time = time;
        _log = log;
    }

    /// <summary>Whether an import runs in this process.</summary>
    public bool IsImportingHere => _active is not null;

    /// <summary>Whether an import runs, here or in another region.</summary>
    public async Task<bool> IsImportingAsync(CancellationToken cancel) =>
        IsImportingHere || await _leases.CurrentOrNullAsync(LeaseName, cancel) is not null;

    /// <summary>The import that runs here, or else the last one that did since this process began; null when none did.</summary>
    public ImportProgress? ProgressOrNull() => _active?.Board.Read() ?? _last;

    /// <summary>
    /// Begins an import, or joins the one that runs: that one then looks again for changed selections before it ends. The
    /// answer comes before anything is fetched.
    /// </summary>
    /// <param name="trigger">Why: <c>manual</c>, <c>periodic</c>, <c>start</c>, <c>selection</c>.</param>
    /// <param name="user">Who asks; null when nobody does.</param>
    /// <param name="cancel">Gives up waiting for the database; an import that has begun goes on.</param>
    public async Task<ImportStart> StartAsync(string trigger, string? user, CancellationToken cancel)
    {
        await _starting.WaitAsync(cancel);
        try
        {
            if (_active is { } running && running.TryJoin())
                return new ImportStart(IsJoined: true, running.RunId);
            if (_active is { } ending)
                await ending.Ended;
            var began = _time.GetTimestamp();
            LeaseGrant? lease;
            while ((lease = await _processes.AcquireOrNullAsync(LeaseName, _options.LeaseDuration, cancel)) is null)
            {
                if (await _history.AskForMoreOrNullAsync(cancel) is { } elsewhere)
                    return new ImportStart(IsJoined: true, elsewhere);
                // An import that just ends or begins elsewhere, or a collection, has the right to import and no run.
                if (_time.GetElapsedTime(began) > Patience)
                    return new ImportStart(IsJoined: true, null);
                await Task.Delay(WishInterval / 10, _time, cancel);
            }

            return new ImportStart(IsJoined: false, (await BeginAsync(trigger, user, lease, cancel)).RunId);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>
    /// Waits for the right to import, runs one import that nobody else's stands for, and returns how it ended. Cancelling stops it.
    /// </summary>
    /// <param name="trigger">Why.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancel">Stops it: finished work stays.</param>
    public async Task<ImportProgress> RunAloneAsync(string trigger, string? user, CancellationToken cancel)
    {
        LeaseGrant? lease;
        while ((lease = await _processes.AcquireOrNullAsync(LeaseName, _options.LeaseDuration, cancel)) is null)
            await Task.Delay(WishInterval / 4, _time, cancel);
        var active = await BeginAsync(trigger, user, lease, cancel);
        await using (cancel.UnsafeRegister(_ => _ = active.StopAsync(ImportState.Stopped), null))
            await active.Ended;
        cancel.ThrowIfCancellationRequested();
        return active.Board.Read();
    }

    private async Task<ActiveRun> BeginAsync(string trigger, string? user, LeaseGrant lease, CancellationToken cancel)
    {
        var run = await _history.BeginAsync(trigger, user, _processes.Holder, cancel);
        var active = new ActiveRun(run.Id, new ProgressBoard(run));
        _active = active;
        active.Ended = Task.Run(() => RunAsync(active, lease), CancellationToken.None);
        return active;
    }

    /// <summary>
    /// Stops the import that runs, here or in another region, and returns when it has ended. Finished work stays, and so do unfinished
    /// transfers: the next import goes on from there. False when none runs.
    /// </summary>
    public async Task<bool> StopAsync(CancellationToken cancel)
    {
        if (_active is not { } active)
            return await StopElsewhereAsync(cancel);
        await active.StopAsync(ImportState.Stopped);
        await active.Ended.WaitAsync(cancel);
        return true;
    }

    /// <summary>
    /// Whether an import was cut off: something it needs was away, its region ended, or it is said to run and the region that ran it has
    /// lost the right to.
    /// </summary>
    internal async Task<bool> IsCutOffAsync(CancellationToken cancel)
    {
        if (IsImportingHere || _isClosing || await _history.LastOrNullAsync(cancel) is not { State: ImportState.Running or ImportState.Interrupted } last)
            return false;
        if (await _leases.CurrentOrNullAsync(LeaseName, cancel) is { } lease && !ProcessName.OfThisProcess().IsDead(lease.Holder))
            return false;
        // What was away need not be back yet: neither it nor the sources are asked without a pause.
        if (last is { State: ImportState.Interrupted, EndedAt: { } ended } && _time.GetUtcNow() - ended < _options.LeaseDuration)
            return false;
        if (!await _runner.IsStoreThereAsync(cancel))
            return false;
        // It may have ended, or been taken up, meanwhile.
        return await _history.LastOrNullAsync(cancel) is { State: ImportState.Running or ImportState.Interrupted } still && still.Id == last.Id;
    }

    private async Task<bool> StopElsewhereAsync(CancellationToken cancel)
    {
        if (await _leases.CurrentOrNullAsync(LeaseName, cancel) is not { } right || await _history.AskToStopOrNullAsync(cancel) is null)
            return false;
        // Until the right to import is given back, or has lapsed: only then can the next import begin.
        while (await _leases.CurrentOrNullAsync(LeaseName, cancel) is { } now && now.Generation == right.Generation)
            await Task.Delay(WishInterval / 4, _time, cancel);
        return true;
    }

    /// <summary>Returns when an import has ended, here or in another region, or at the latest after <paramref name="wait"/>.</summary>
    /// <param name="id">Its number; null for the one that runs.</param>
    /// <param name="wait">How long.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task WaitForEndAsync(int? id, TimeSpan wait, CancellationToken cancel)
    {
        var began = _time.GetTimestamp();
        while (wait - _time.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
        {
            if (_active is { } active && active.RunId == (id ?? active.RunId))
            {
                await Task.WhenAny(active.Ended, Task.Delay(left, _time, cancel));
                cancel.ThrowIfCancellationRequested();
                return;
            }

            var run = id is { } known ? await FindOrNullAsync(known, cancel) : await LastOrNullAsync(cancel);
            if (run is not { State: ImportState.Running })
                return;
            await Task.Delay(left < WishInterval / 4 ? left : WishInterval / 4, _time, cancel);
        }
    }

    /// <summary>What an import would do now. Changes nothing; asks the sources.</summary>
    public Task<PlanReport> PlanAsync(CancellationToken cancel) => PlanAsync(new Dictionary<int, IReadOnlyList<SelectionRule>>(), cancel);

    /// <summary>What an import would do if these were selected, too, by source.</summary>
    public async Task<PlanReport> PlanAsync(IReadOnlyDictionary<int, IReadOnlyList<SelectionRule>> more, CancellationToken cancel)
    {
        using var sender = await _http.OpenAsync(cancel);
        var state = await _sources.ReadAsync(sender, cancel);
        var sources = state.Sources
            .Select(s => more.TryGetValue(s.Id, out var rules) ? s with { Selections = [.. s.Selections, .. rules] } : s).ToList();
        var measured = await _planner.PlanAsync(sources, state.Readings, cancel);
        return PlanReport.Of(measured, state);
    }

    /// <summary>Reads the sources and stores what they offer, and imports nothing.</summary>
    public async Task RefreshOffersAsync(CancellationToken cancel)
    {
        using var sender = await _http.OpenAsync(cancel);
        await _sources.StoreAsync(await _sources.ReadAsync(sender, cancel), cancel);
    }

    /// <summary>Runs, newest first.</summary>
    public Task<IReadOnlyList<ImportRun>> HistoryAsync(CancellationToken cancel) => _history.ListAsync(cancel);

    /// <summary>One run; null when there is none of that number.</summary>
    public Task<ImportRun?> FindOrNullAsync(int id, CancellationToken cancel) => _history.FindOrNullAsync(id, cancel);

    /// <summary>When the last run began and whether it was cut off by the end of its process; null when there was none.</summary>
    internal Task<ImportRun?> LastOrNullAsync(CancellationToken cancel) => _history.LastOrNullAsync(cancel);

    /// <summary>Ends what runs here; the next start of a region goes on with it.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        await _following;
        if (_active is { } active)
        {
            await active.StopAsync(ImportState.Interrupted);
            await active.Ended;
        }

        _starting.Dispose();
    }

    private async Task RunAsync(ActiveRun active, LeaseGrant lease)
    {
        LogBegin(active.RunId);
        using var span = RegionTraces.StartImportOrNull(active.RunId);
        using var renewal = new CancellationTokenSource();
        var renewing = Task.WhenAll(RenewAsync(active, lease, renewal.Token), _catalog.IsShared ? HeedOthersAsync(active, renewal.Token) : Task.CompletedTask);
        var state = ImportState.Done;
        try
        {
            await _runner.RunAsync(lease, active.Board, active.TakeJoined, active.Token);
            if (active.Board.Problems.Any(p => p.Level == ProblemLevel.Error))
                state = ImportState.Incomplete;
        }
        catch (OperationCanceledException) when (active.Token.IsCancellationRequested)
        {
            state = active.StopState;
        }
        catch (LeaseLostException)
        {
            state = ImportState.Interrupted;
        }
        catch (BlobsUnreachableException e)
        {
            // Not the end of the matter: whoever reaches the store first goes on.
            LogStore(active.RunId, e.Code, e.Message);
            active.Board.Add([new Problem(ProblemLevel.Error, "blobs", new Fault(e.Code, e.Message))]);
            state = ImportState.Interrupted;
        }
        catch (Exception e) when (_catalog.FaultOrNull(e) is { } fault)
        {
            // Likewise.
            active.Board.Add([new Problem(ProblemLevel.Error, "catalogue", fault)]);
            state = ImportState.Interrupted;
        }
        catch (Exception e) // the run ends here; whoever asked reads what became of it
        {
            LogFailed(e, active.RunId);
            active.Board.Add([new Problem(ProblemLevel.Error, "import", new Fault(
                "import-failed", $"The import ended with an error that was not foreseen: {e.Message} The log has the details."))]);
            state = ImportState.Incomplete;
        }

        await renewal.CancelAsync();
        await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        RegionTraces.End(span, state, await EndAsync(active, lease, state));
    }

    private async Task<ImportProgress> EndAsync(ActiveRun active, LeaseGrant lease, ImportState state)
    {
        active.Board.End(state, _time.GetUtcNow());
        var progress = active.Board.Read();
        var isMoreWanted = false;
        try
        {
            isMoreWanted = await _history.EndAsync(progress, CancellationToken.None);
            await _leases.ReleaseAsync(lease, CancellationToken.None);
        }
        catch (Exception e) when (e is CatalogException or DbUpdateException or System.Data.Common.DbException)
        {
            // The lease lapses by itself, and the next run marks this one as interrupted.
            LogFailed(e, active.RunId);
        }

        LogEnd(active.RunId, state, progress.FetchedBytes, progress.Problems.Count);
        _last = progress;
        active.Dispose();
        _active = null;
        // Not after a stop: who stops means all that was asked for before. Nor when the process ends; the next start goes on.
        if (isMoreWanted && !_isClosing && state is ImportState.Done or ImportState.Incomplete)
            _following = Task.Run(() => FollowAsync(active.RunId), CancellationToken.None);
        return progress;
    }

    private async Task FollowAsync(int run)
    {
        try
        {
            await StartAsync("manual", null, CancellationToken.None);
        }
        catch (Exception e) when (_catalog.FaultOrNull(e) is not null)
        {
            LogFailed(e, run); // the periodic import brings what was wanted
        }
    }

    private async Task RenewAsync(ActiveRun active, LeaseGrant lease, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(_options.LeaseDuration / 4, _time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                if (await _leases.RenewOrNullAsync(lease, _options.LeaseDuration, cancel) is not null)
                    continue;
                await active.StopAsync(ImportState.Interrupted);
                return;
            }
            catch (Exception e) when (_catalog.FaultOrNull(e) is not null)
            {
                // Away or busy now; there are more ticks before the lease lapses, and each change confirms it anyway.
                LogUnrenewed(e, active.RunId);
            }
        }
    }

    private async Task HeedOthersAsync(ActiveRun active, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(WishInterval, _time);
        var told = 0L;
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                if (await _history.IsStopWantedAsync(active.RunId, cancel))
                    await active.StopAsync(ImportState.Stopped);
                if (active.Board.FetchedBytes is var fetched && fetched != told)
                    await _history.TellAsync(active.RunId, active.Board.PlannedBytes, told = fetched, cancel);
            }
            catch (Exception e) when (_catalog.FaultOrNull(e) is not null)
            {
                // Away or busy now; asked again in a moment.
                LogUntold(e, active.RunId);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Import {Run} could not look what other regions want")]
    private partial void LogUntold(Exception exception, int run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Import {Run} is cut off, and begun again when the store answers: {Code}: {Reason}")]
    private partial void LogStore(int run, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Import {Run} could not renew its right to import; it is tried again soon")]
    private partial void LogUnrenewed(Exception exception, int run);

    [LoggerMessage(Level = LogLevel.Information, Message = "Import {Run} begins")]
    private partial void LogBegin(int run);

    [LoggerMessage(Level = LogLevel.Information, Message = "Import {Run} ended {State}: {Bytes} bytes fetched, {Problems} problems")]
    private partial void LogEnd(int run, ImportState state, long bytes, int problems);

    [LoggerMessage(Level = LogLevel.Error, Message = "Import {Run} failed")]
    private partial void LogFailed(Exception exception, int run);
}

/// <summary>What asking for an import came to.</summary>
/// <param name="IsJoined">One ran already.</param>
/// <param name="RunId">Its number; null when other work on stored bytes has the right to import.</param>
internal sealed record ImportStart(bool IsJoined, int? RunId);
