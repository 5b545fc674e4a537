using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Images;
using BootDepot.Images.Planning;
using BootDepot.Region.Changes;
using BootDepot.Region.Lifetimes;
using BootDepot.Region.Imports.Planning;
using BootDepot.Region.Imports.Progress;
using BootDepot.Region.Imports.Sources;
using BootDepot.Transfers;
using BootDepot.Transfers.Http;

namespace BootDepot.Region.Imports.Running;

/// <summary>
/// One import: read the sources, plan, check the space, announce, fetch and publish, retire, collect. Every step can be
/// cut off: what is published is whole, and the next run goes on.
/// </summary>
internal sealed class ImportRunner(
    CatalogDatabase catalog,
    IBlobStore blobs,
    SourceReadings sources,
    ImportPlanner planner,
    BlobCollection collection,
    ChangeSignal changes,
    ImportHttp http,
    RateLimit rate,
    ImportOptions options,
    TimeProvider time)
{
    /// <summary>Runs.</summary>
    /// <param name="lease">The right to import.</param>
    /// <param name="board">Where progress is shown.</param>
    /// <param name="wasJoined">Whether someone asked for an import while this one ran; asking resets it.</param>
    /// <param name="cancel">Stops.</param>
    public async Task RunAsync(LeaseGrant lease, ProgressBoard board, Func<bool> wasJoined, CancellationToken cancel)
    {
        using var sender = await http.OpenAsync(cancel);
        for (var round = 1; ; round++)
        {
            board.Enter(ImportPhase.Reading);
            var state = await sources.ReadAsync(sender, cancel);
            state = await sources.StoreAsync(state, cancel);
            board.ClearProblems();
            board.Add(state.Problems);
            var isWorthAnother = await WorkAsync(sources.Narrow(state), lease, board, sender, cancel);
            // Upstream took something away while it was fetched.
            if (isWorthAnother && round < options.ReadAttempts)
                continue;
            // Whoever asked for an import meanwhile may have changed what is asked for; after this look nobody joins.
            var isAskedAgain = false;
            while (!isAskedAgain && wasJoined())
                isAskedAgain = await sources.HaveChangedAsync(state, cancel);
            if (!isAskedAgain)
                break;
        }

        if (collection.IsDue)
            await collection.RunAsync(dryRun: false, cancel);
    }

    /// <summary>Whether the store of image bytes answers, so that a run that it cut off can be begun again.</summary>
    public async Task<bool> IsStoreThereAsync(CancellationToken cancel)
    {
        try
        {
            await blobs.SizeOrNullAsync(Digest.FromHash(new byte[32]), cancel);
            return true;
        }
        catch (BlobsUnreachableException)
        {
            return false;
        }
    }

    private async Task<bool> WorkAsync(
        SourcesState state, LeaseGrant lease, ProgressBoard board, HttpSender sender, CancellationToken cancel)
    {
        var store = new SetStore(catalog, time, lease, new StreamTags(state.Readings));
        var (plan, isWorthAnother) = await PlanAndFetchAsync(state, store, board, sender, cancel);
        // What can go, now that other things have come.
        plan ??= (await planner.PlanAsync(state.Sources, state.Readings, cancel)).Plan;
        board.Add(plan.Problems);
        var retired = plan.Retire.Where(r => r.After is null).ToList();
        if (retired.Count > 0)
        {
            board.Enter(ImportPhase.Retiring);
            await store.RetireAsync(retired, cancel);
            changes.Raise();
        }

        return isWorthAnother;
    }

    // Returns no plan when it was carried out: it may be as large as the stream, and must not be kept beside the next one.
    private async Task<(ImportPlan? Plan, bool IsWorthAnother)> PlanAndFetchAsync(
        SourcesState state, SetStore store, ProgressBoard board, HttpSender sender, CancellationToken cancel)
    {
        board.Enter(ImportPhase.Planning);
        var measured = await planner.PlanAsync(state.Sources, state.Readings, cancel);
        var plan = measured.Plan;
        if (measured.SpaceFault is { } full)
        {
            board.Add([new Problem(ProblemLevel.Error, "storage", full)]);
            return (plan, false);
        }

        if (plan.Fetch.Count == 0)
            return (plan, false);
        board.Enter(ImportPhase.Fetching);
        board.Show(plan, measured.Received);
        var failures = await FetchAsync(measured, state, store, board, sender, cancel);
        board.Add(ProblemsOf(plan, failures));
        // The store was away for longer than our patience: the run is cut off, and begun again when the store answers.
        if (failures.Values.FirstOrDefault(f => f.Code is TransferErrors.StoreAway or TransferErrors.StoreRefused) is { } away)
            throw new BlobsUnreachableException(away.Message) { Code = away.Code };
        var isWorthAnother = failures.Values.Any(f => f.Code is TransferErrors.NotFound or TransferErrors.DigestMismatch)
            && await sources.OfferMoreThanAsync(state, sender, cancel);
        return (null, isWorthAnother);
    }

    private async Task<IReadOnlyDictionary<Digest, Fault>> FetchAsync(
        MeasuredPlan measured, SourcesState state, SetStore store, ProgressBoard board, HttpSender sender, CancellationToken cancel)
    {
        var plan = measured.Plan;
        var publisher = new SetPublisher(plan.Fetch, measured.Held, store, board, changes);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // On a thread of its own: SQLite's answers are not waited for, they are worked out by whoever asks.
        var publishing = Task.Run(() => PublishAsync(publisher, stop), CancellationToken.None);
        try
        {
            var fetcher = new BlobFetcher(sender, blobs, options.Transfers with { OnBytes = rate.PassAsync }, board);
            return await fetcher.FetchAsync(plan, state.Places, publisher.Stored, stop.Token);
        }
        finally
        {
            publisher.Close();
            await publishing; // its failure explains why the fetching was cancelled
        }
    }

    // Without a catalogue to publish in there is no point in fetching on.
    private static async Task PublishAsync(SetPublisher publisher, CancellationTokenSource stop)
    {
        try
        {
            await publisher.RunAsync(stop.Token);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private static IEnumerable<Problem> ProblemsOf(ImportPlan plan, IReadOnlyDictionary<Digest, Fault> failures)
    {
        if (failures.Count == 0)
            yield break;
        foreach (var set in plan.Fetch)
        {
            foreach (var file in set.Image.Files.Where(f => failures.ContainsKey(f.Digest)).DistinctBy(f => f.Digest))
            {
                yield return new Problem(
                    ProblemLevel.Error, $"{set.Image.Key} {set.Image.Version} {file.Filename}", failures[file.Digest]);
            }
        }
    }
}
