using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Region.Changes;
using BootDepot.Region.Imports;
using BootDepot.Region.Peers;
using BootDepot.Simplestreams;
using BootDepot.Transfers;
using BootDepot.Transfers.Documents;
using BootDepot.Transfers.Payloads;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Lifetimes;

/// <summary>
/// Fetches damaged blobs again, from the source their images came from and from every other one, by the path they had there; any
/// bytes with the right digest are right. Versions are served again when all of their files are there.
/// </summary>
internal sealed class BlobRepair(
    CatalogDatabase catalog, IBlobStore blobs, PeerFetcher peers, ImportHttp http, RateLimit rate, ImportOptions options, ChangeSignal changes, TimeProvider time)
{
    /// <summary>Tries it for everything that is not repaired yet. Call it while holding the right to import.</summary>
    /// <returns>How many blobs are right again.</returns>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        List<string> wanted;
        List<string> sources;
        List<ResourceFile> files;
        await using (var db = await catalog.CreateDbContextAsync(cancel))
        {
            wanted = await db.DamagedBlobs.Where(b => b.RepairedAt == null).Select(b => b.Sha256).Distinct().ToListAsync(cancel);
            sources = [.. (await db.BootSources.AsNoTracking().Where(s => s.Enabled).OrderByDescending(s => s.Priority).ThenBy(s => s.Id)
                .Select(s => new { s.Url, s.Mirrors }).ToListAsync(cancel)).SelectMany(s => s.Mirrors.Prepend(s.Url))];
            files = await db.Files.AsNoTracking().Where(f => wanted.Contains(f.Sha256)).ToListAsync(cancel);
        }

        if (wanted.Count == 0)
            return 0;
        using var sender = await http.OpenAsync(cancel);
        using var pool = new TransferPool(sender, blobs, options.Transfers with { OnBytes = rate.PassAsync });
        var repaired = 0;
        foreach (var digest in wanted)
        {
            if (await IsRightAgainAsync(digest, files.FindAll(f => f.Sha256 == digest), sources, pool, cancel))
                repaired += await RecordAsync(digest, cancel);
        }

        if (repaired > 0)
            changes.Raise();
        return repaired;
    }

    private async Task<bool> IsRightAgainAsync(
        string sha256, List<ResourceFile> files, List<string> sources, TransferPool pool, CancellationToken cancel)
    {
        var digest = Digest.Parse(sha256);
        if (await blobs.SizeOrNullAsync(digest, cancel) is not null)
            return true;
        var paths = files.Select(f => f.ItemPath).OfType<string>().Distinct(StringComparer.Ordinal);
        var urls = sources.SelectMany(_ => paths, (source, path) => SignedDocumentFetcher.UrlOf(StreamLocation.Parse(source), StreamPath.ParseItem(path))).ToList();
        urls.InsertRange(0, await peers.UrlsOfAsync(digest, cancel));
        return urls.Count > 0
            && await pool.FetchAsync(new BlobRequest(digest, files[0].Size, urls, "repair"), cancel) is BlobOutcome.Stored;
    }

    private Task<int> RecordAsync(string sha256, CancellationToken cancel) => catalog.ChangeAsync(
        async (db, token) =>
        {
            var now = time.GetUtcNow();
            var damaged = await db.DamagedBlobs.Where(b => b.Sha256 == sha256 && b.RepairedAt == null).ToListAsync(token);
            foreach (var row in damaged)
                row.RepairedAt = now;
            var sets = await db.Sets.Include(s => s.Files).Where(s => s.Files.Any(f => f.Sha256 == sha256)).ToListAsync(token);
            foreach (var set in sets)
            {
                foreach (var file in set.Files.Where(f => f.Sha256 == sha256))
                    file.StoredAt ??= now;
                if (set.Files.TrueForAll(f => f.StoredAt is not null))
                    set.CompletedAt ??= now;
            }

            AuditTrail.Append(db, time, Actor.System, "blob.repaired", "blob/" + sha256, null, new JsonObject { ["versions"] = sets.Count });
            return damaged.Count == 0 ? 0 : 1;
        },
        cancel);
}
