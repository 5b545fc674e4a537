using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Lifetimes;
using BootDepot.Images;
using BootDepot.Region.Imports;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Lifetimes;

/// <summary>What a collection did, or would do.</summary>
/// <param name="Blobs">Blobs removed.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Partials">Unfinished transfers removed that nothing waits for.</param>
/// <param name="Versions">Deleted versions that can no longer be put back.</param>
/// <param name="WaitingBlobs">Blobs that nothing refers to and that wait for the end of their grace period.</param>
/// <param name="WaitingBytes">Their bytes.</param>
internal sealed record CollectionReport(int Blobs, long Bytes, int Partials, int Versions, int WaitingBlobs, long WaitingBytes);

/// <summary>
/// Removes blobs that no file refers to, once they have been so for the grace period: who read the former index must be
/// able to finish. Since when is in the catalogue, so a restart changes nothing.
/// </summary>
internal sealed class BlobCollection(CatalogDatabase catalog, IBlobStore blobs, ImportOptions options, TimeProvider time)
{
    private const int Batch = 500;

    private DateTimeOffset? _lastRun;

    /// <summary>Whether it is time again.</summary>
    public bool IsDue => _lastRun is not { } last || time.GetUtcNow() - last >= options.CollectionInterval;

    /// <summary>Looks through the store, and removes what may go. Call it while holding the right to import.</summary>
    /// <param name="dryRun">Only says what would be done.</param>
    /// <param name="cancel">Stops; what was done stays done.</param>
    public async Task<CollectionReport> RunAsync(bool dryRun, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (!dryRun)
            _lastRun = now;
        var versions = await ExpireAsync(now, dryRun, cancel);
        var report = new CollectionReport(0, 0, 0, versions, 0, 0);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var batch in ChunksAsync(cancel))
        {
            var unreferenced = await UnreferencedAsync(batch, now, cancel);
            seen.UnionWith(unreferenced.Select(b => b.Digest.Hex));
            var since = await SinceAsync(batch, unreferenced, now, dryRun, cancel);
            foreach (var blob in unreferenced)
            {
                var isDue = now - since[blob.Digest.Hex] >= options.Grace;
                if (isDue && (dryRun || await RemoveAsync(blob.Digest, cancel)))
                    report = report with { Blobs = report.Blobs + 1, Bytes = report.Bytes + blob.Size };
                else if (!isDue)
                    report = report with { WaitingBlobs = report.WaitingBlobs + 1, WaitingBytes = report.WaitingBytes + blob.Size };
            }
        }

        if (!dryRun)
            await ForgetOthersAsync(seen, cancel);
        return report with { Partials = await DiscardPartialsAsync(now, dryRun, cancel) };
    }

    // Deleted versions whose time is over: their blobs have been unreferenced since the deletion.
    private async Task<int> ExpireAsync(DateTimeOffset now, bool dryRun, CancellationToken cancel)
    {
        var before = now - options.Grace;
        if (dryRun)
        {
            await using var db = await catalog.CreateDbContextAsync(cancel);
            return await db.DeletedSets.CountAsync(s => s.DeletedAt <= before, cancel);
        }

        return await catalog.ChangeAsync(
            async (db, token) =>
            {
                var over = await db.DeletedSets.Include(s => s.Blobs).Where(s => s.DeletedAt <= before).ToListAsync(token);
                var known = new Dictionary<string, UnreferencedBlob>(StringComparer.Ordinal);
                foreach (var set in over)
                {
                    foreach (var blob in set.Blobs)
                    {
                        if (!known.TryGetValue(blob.Sha256, out var row))
                        {
                            row = await db.UnreferencedBlobs.FindAsync([blob.Sha256], token);
                            if (row is null)
                                db.UnreferencedBlobs.Add(row = new UnreferencedBlob { Sha256 = blob.Sha256, Since = set.DeletedAt });
                            known.Add(blob.Sha256, row);
                        }

                        row.Since = row.Since > set.DeletedAt ? row.Since : set.DeletedAt;
                    }
                }

                db.DeletedSets.RemoveRange(over);
                return over.Count;
            },
            cancel);
    }

    private async Task<Dictionary<string, DateTimeOffset>> SinceAsync(
        List<BlobInfo> batch, List<BlobInfo> unreferenced, DateTimeOffset now, bool dryRun, CancellationToken cancel)
    {
        var digests = batch.ConvertAll(b => b.Digest.Hex);
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var known = await db.UnreferencedBlobs.AsNoTracking().Where(b => digests.Contains(b.Sha256))
            .ToDictionaryAsync(b => b.Sha256, b => b.Since, StringComparer.Ordinal, cancel);
        var fresh = unreferenced.FindAll(b => !known.ContainsKey(b.Digest.Hex));
        if (fresh.Count > 0 && !dryRun)
        {
            await catalog.ChangeAsync(
                (context, _) =>
                {
                    context.UnreferencedBlobs.AddRange(fresh.Select(
                        b => new UnreferencedBlob { Sha256 = b.Digest.Hex, Size = b.Size, Since = now }));
                    return Task.CompletedTask;
                },
                cancel);
        }

        foreach (var blob in fresh)
        {
            // Only a dry run sees rows here: ExpireAsync would have turned them into what was read above.
            var expired = await db.DeletedBlobs.Where(b => b.Sha256 == blob.Digest.Hex)
                .Join(db.DeletedSets, b => b.DeletedSetId, s => s.Id, (_, s) => (DateTimeOffset?)s.DeletedAt).MaxAsync(cancel);
            known.Add(blob.Digest.Hex, expired ?? now);
        }

        return known;
    }

    // Rows of blobs that are referred to again, or are gone; from here. Another region with files of its own may wait for its grace to end.
    private Task ForgetOthersAsync(HashSet<string> unreferenced, CancellationToken cancel) => catalog.ChangeAsync(
        async (db, token) =>
        {
            var rows = await db.UnreferencedBlobs.ToListAsync(token);
            var over = rows.FindAll(r => !unreferenced.Contains(r.Sha256));
            // What only a deletion keeps has been so since then; other files may have ended later.
            var deleted = await db.DeletedBlobs.Where(b => !db.Files.Any(f => f.Sha256 == b.Sha256)).Select(b => b.Sha256).Distinct().ToListAsync(token);
            over.RemoveAll(r => deleted.Contains(r.Sha256));
            if (catalog.IsShared && !blobs.IsShared)
            {
                var digests = over.ConvertAll(r => r.Sha256);
                var referenced = (await db.Files.Where(f => digests.Contains(f.Sha256)).Select(f => f.Sha256).ToListAsync(token)).ToHashSet(StringComparer.Ordinal);
                over.RemoveAll(r => !referenced.Contains(r.Sha256));
            }

            db.UnreferencedBlobs.RemoveRange(over);
        },
        cancel);

    // In a write transaction, so that nobody can begin to refer to the blob between the look and the deletion.
    private Task<bool> RemoveAsync(Digest digest, CancellationToken cancel) =>
        catalog.ChangeAsync(
            async (context, token) =>
            {
                if (await context.Files.AnyAsync(f => f.Sha256 == digest.Hex, token)
                    || await context.DeletedBlobs.AnyAsync(b => b.Sha256 == digest.Hex, token))
                    return false;
                await context.UnreferencedBlobs.Where(b => b.Sha256 == digest.Hex).ExecuteDeleteAsync(token);
                return await blobs.DeleteAsync(digest, token);
            },
            cancel);

    private async Task<List<BlobInfo>> UnreferencedAsync(List<BlobInfo> batch, DateTimeOffset now, CancellationToken cancel)
    {
        var digests = batch.ConvertAll(b => b.Digest.Hex);
        var before = now - options.Grace;
        await using var context = await catalog.CreateDbContextAsync(cancel);
        var referenced = (await context.Files.Where(f => digests.Contains(f.Sha256)).Select(f => f.Sha256).Distinct()
            .ToListAsync(cancel)).ToHashSet(StringComparer.Ordinal);
        referenced.UnionWith(await context.DeletedBlobs
            .Where(b => digests.Contains(b.Sha256) && context.DeletedSets.Any(s => s.Id == b.DeletedSetId && s.DeletedAt > before))
            .Select(b => b.Sha256).Distinct().ToListAsync(cancel));
        return batch.FindAll(b => !referenced.Contains(b.Digest.Hex));
    }

    // Unfinished transfers that no set waits for; those of uploads have names of their own and are not ours.
    private async Task<int> DiscardPartialsAsync(DateTimeOffset now, bool dryRun, CancellationToken cancel)
    {
        var old = new List<(PartialName Name, BlobInfo Blob)>();
        await foreach (var partial in blobs.ListPartialsAsync(cancel))
        {
            if (now - partial.WrittenAt >= options.PartialGrace && Digest.TryParse(partial.Name.ToString(), out var digest))
                old.Add((partial.Name, new BlobInfo(digest, partial.Received, partial.WrittenAt)));
        }

        var unreferenced = (await UnreferencedAsync(old.ConvertAll(o => o.Blob), now, cancel)).Select(b => b.Digest).ToHashSet();
        var count = 0;
        foreach (var (name, _) in old.Where(o => unreferenced.Contains(o.Blob.Digest)))
        {
            try
            {
                if (!dryRun)
                    await blobs.DiscardPartialAsync(name, cancel);
                count++;
            }
            catch (PartialBusyException)
            {
                // Someone writes it at this moment, so it is not left over.
            }
        }

        return count;
    }

    private async IAsyncEnumerable<List<BlobInfo>> ChunksAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var chunk = new List<BlobInfo>(Batch);
        await foreach (var blob in blobs.ListAsync(cancel))
        {
            chunk.Add(blob);
            if (chunk.Count < Batch)
                continue;
            yield return chunk;
            chunk = new List<BlobInfo>(Batch);
        }

        if (chunk.Count > 0)
            yield return chunk;
    }
}
