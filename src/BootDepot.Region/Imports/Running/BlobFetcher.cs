using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;
using BootDepot.Images.Planning;
using BootDepot.Region.Imports.Progress;
using BootDepot.Simplestreams;
using BootDepot.Transfers;
using BootDepot.Transfers.Documents;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Region.Imports.Running;

/// <summary>Brings the blobs of a plan into the store; each one's failure concerns only the sets that need it.</summary>
internal sealed class BlobFetcher(
    HttpSender http, IBlobStore blobs, TransferSettings settings, ProgressBoard board)
{
    // Transfers of a source that are begun at once, many more than may receive at once, so that groups can take turns. Not all: a begun one
    // takes some kilobytes, and a stream may have tens of thousands.
    private const int Begun = 512;

    /// <summary>Fetches what is missing.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="urls">URLs of the sources, those of their mirrors behind.</param>
    /// <param name="stored">Told of each blob that is stored.</param>
    /// <param name="cancel">Stops; what was received stays for the next run.</param>
    /// <returns>What failed, and why.</returns>
    public async Task<IReadOnlyDictionary<Digest, Fault>> FetchAsync(
        ImportPlan plan, IReadOnlyDictionary<int, IReadOnlyList<string>> urls, Action<Digest> stored, CancellationToken cancel)
    {
        using var pool = new TransferPool(http, blobs, settings, Report);
        var groups = GroupsOf(plan);
        var failures = new ConcurrentDictionary<Digest, Fault>();
        try
        {
            // Each source apart: blobs that wait for one that is away take nobody's turn.
            await Task.WhenAll(plan.Blobs.GroupBy(b => b.Locations[0].SourceId).Select(ofSource => Parallel.ForEachAsync(
                ofSource,
                new ParallelOptions { MaxDegreeOfParallelism = Begun, CancellationToken = cancel },
                async (blob, token) =>
                {
                    if (await FetchOrFaultAsync(pool, blob, groups[blob.Digest], urls, stored, token) is { } fault)
                        failures[blob.Digest] = fault;
                })));
        }
        finally
        {
            board.CountFetched(pool.BytesFetched);
        }

        return failures;
    }

    private async Task<Fault?> FetchOrFaultAsync(
        TransferPool pool,
        PlannedBlob blob,
        string group,
        IReadOnlyDictionary<int, IReadOnlyList<string>> urls,
        Action<Digest> stored,
        CancellationToken cancel)
    {
        var places = blob.Locations.SelectMany(l => urls[l.SourceId].Select(url => UrlOf(url, l.Path))).ToList();
        switch (await pool.FetchAsync(new BlobRequest(blob.Digest, blob.Size, places, group), cancel))
        {
            case BlobOutcome.Failed failed:
                board.Failed(blob.Digest, failed.Fault);
                return failed.Fault;
            default:
                board.Stored(blob.Digest);
                stored(blob.Digest);
                return null;
        }
    }

    private void Report(TransferProgress progress)
    {
        var digest = progress.Request.Digest;
        if (progress is { Phase: TransferPhase.WaitingForRetry, Reason: { } reason, RetryAt: { } at })
            board.Waiting(digest, reason, at);
        else if (progress.Phase != TransferPhase.Queued)
            board.Fetching(digest, progress.Received);
    }

    private static Uri UrlOf(string source, string path) => SignedDocumentFetcher.UrlOf(StreamLocation.Parse(source), StreamPath.ParseItem(path));

    // Blobs that several sets share belong to the first of them, which is worked on first.
    private static Dictionary<Digest, string> GroupsOf(ImportPlan plan)
    {
        var groups = new Dictionary<Digest, string>();
        foreach (var set in plan.Fetch)
        {
            foreach (var file in set.Image.Files)
                groups.TryAdd(file.Digest, set.Image.Key.ToString());
        }

        return groups;
    }
}
