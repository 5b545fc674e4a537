using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Region.Imports.Progress;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace BootDepot.Region.Imports;

/// <summary>The record of imports in the catalogue.</summary>
internal sealed class ImportHistory(CatalogDatabase catalog, ImportOptions options, TimeProvider time)
{
    /// <summary>
    /// Notes that a run begins. Call it while holding the right to import: whatever else is said to run was cut off.
    /// </summary>
    public Task<ImportProgress> BeginAsync(string trigger, string? user, string holder, CancellationToken cancel) =>
        catalog.ChangeAsync(
            async (context, token) =>
            {
                var now = time.GetUtcNow();
                await context.ImportRuns.Where(r => r.State == ImportState.Running).ExecuteUpdateAsync(
                    set => set.SetProperty(r => r.State, ImportState.Interrupted).SetProperty(r => r.EndedAt, now), token);
                var run = new ImportRun
                {
                    State = ImportState.Running,
                    Trigger = trigger,
                    RequestedBy = user,
                    Holder = holder,
                    StartedAt = now,
                };
                context.ImportRuns.Add(run);
                await context.SaveChangesAsync(token);
                await context.ImportRuns.Where(r => r.Id <= run.Id - options.History).ExecuteDeleteAsync(token);
                return new ImportProgress
                {
                    Id = run.Id,
                    State = ImportState.Running,
                    Phase = ImportPhase.Reading,
                    Trigger = trigger,
                    RequestedBy = user,
                    StartedAt = now,
                };
            },
            cancel);

    /// <summary>Notes how a run ended. True when another region was asked for an import meanwhile.</summary>
    public Task<bool> EndAsync(ImportProgress run, CancellationToken cancel)
    {
        var problems = ProblemText.ToJson(run.Problems);
        return catalog.ChangeAsync(
            async (context, token) =>
            {
                await context.ImportRuns.Where(r => r.Id == run.Id).ExecuteUpdateAsync(
                    set => set
                        .SetProperty(r => r.State, run.State)
                        .SetProperty(r => r.EndedAt, run.EndedAt)
                        .SetProperty(r => r.PlannedBytes, run.PlannedBytes)
                        .SetProperty(r => r.FetchedBytes, run.FetchedBytes)
                        .SetProperty(r => r.Problems, problems),
                    token);
                return await context.ImportRuns.AnyAsync(r => r.Id == run.Id && r.IsMoreWanted, token);
            },
            cancel);
    }

    /// <summary>Asks the region that imports to stop: the run's number, or null when none runs any more.</summary>
    public Task<int?> AskToStopOrNullAsync(CancellationToken cancel) =>
        MarkRunningOrNullAsync(set => set.SetProperty(r => r.IsStopWanted, true), cancel);

    /// <summary>Asks for one more import after the one that runs: that one's number, or null when none runs any more.</summary>
    public Task<int?> AskForMoreOrNullAsync(CancellationToken cancel) =>
        MarkRunningOrNullAsync(set => set.SetProperty(r => r.IsMoreWanted, true), cancel);

    /// <summary>Whether someone asked in another region to stop this run.</summary>
    public async Task<bool> IsStopWantedAsync(int id, CancellationToken cancel)
    {
        await using var context = await catalog.CreateDbContextAsync(cancel);
        return await context.ImportRuns.AnyAsync(r => r.Id == id && r.IsStopWanted, cancel);
    }

    /// <summary>
    /// Tells other regions how far a run is. No change in the sense of the catalogue: nobody keeps what was read of it, so no list
    /// and no page is to be read again for it.
    /// </summary>
    public async Task TellAsync(int id, long planned, long fetched, CancellationToken cancel)
    {
        await using var context = await catalog.CreateDbContextAsync(cancel);
        await context.ImportRuns.Where(r => r.Id == id && r.State == ImportState.Running).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.PlannedBytes, planned).SetProperty(r => r.FetchedBytes, fetched), cancel);
    }

    /// <summary>Runs, newest first.</summary>
    public async Task<IReadOnlyList<ImportRun>> ListAsync(CancellationToken cancel)
    {
        await using var context = await catalog.CreateDbContextAsync(cancel);
        return await context.ImportRuns.AsNoTracking().OrderByDescending(r => r.Id).ToListAsync(cancel);
    }

    /// <summary>One run; null when there is none of that number.</summary>
    public async Task<ImportRun?> FindOrNullAsync(int id, CancellationToken cancel)
    {
        await using var context = await catalog.CreateDbContextAsync(cancel);
        return await context.ImportRuns.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel);
    }

    /// <summary>The newest run; null when there was none.</summary>
    public async Task<ImportRun?> LastOrNullAsync(CancellationToken cancel)
    {
        await using var context = await catalog.CreateDbContextAsync(cancel);
        return await context.ImportRuns.AsNoTracking().OrderByDescending(r => r.Id).FirstOrDefaultAsync(cancel);
    }

    // In a change, as the end of a run is: so a wish comes before it and is heard, or after it and finds no run.
    private Task<int?> MarkRunningOrNullAsync(Action<UpdateSettersBuilder<ImportRun>> wish, CancellationToken cancel) =>
        catalog.ChangeAsync(
            async (context, token) =>
            {
                var running = context.ImportRuns.Where(r => r.State == ImportState.Running);
                return await running.ExecuteUpdateAsync(wish, token) == 0 ? null : await running.Select(r => (int?)r.Id).MaxAsync(token);
            },
            cancel);
}
