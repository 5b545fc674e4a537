using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Imports.Running;

/// <summary>
/// Removes blobs that no file refers to, once they have been so for the grace period: who read the former index must be
/// able to finish. Only what this process has seen unreferenced all the time counts, so a restart begins the period anew.
/// </summary>
internal sealed class BlobCollection(CatalogDatabase catalog, IBlobStore blobs, ImportOptions options, TimeProvider time)
{
    private const int Batch = 500;

    private readonly Dictionary<Digest, DateTimeOffset> _unreferencedSince = [];
    private DateTimeOffset? _lastRun;

    /// <summary>Whether it is time again.</summary>
    public bool IsDue => _lastRun is not { } last || time.GetUtcNow() - last >= options.CollectionInterval;

    /// <summary>Looks through the store, and removes what may go. Call it while holding the right to import.</summary>
    /// <returns>How many blobs were removed.</returns>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        _lastRun = time.GetUtcNow();
        var removed = 0;
        var seen = new HashSet<Digest>();
        await foreach (var batch in ChunksAsync(cancel))
        {
            var unreferenced = await UnreferencedAsync(batch.ConvertAll(b => b.Digest), cancel);
            seen.UnionWith(unreferenced);
            var due = unreferenced.Where(d => _lastRun - Since(d) >= options.Grace).ToList();
            foreach (var digest in due)
                removed += await RemoveAsync(digest, cancel) ? 1 : 0;
        }

        foreach (var digest in _unreferencedSince.Keys.Where(d => !seen.Contains(d)).ToList())
            _unreferencedSince.Remove(digest);
        await DiscardPartialsAsync(cancel);
        return removed;
    }

    private DateTimeOffset Since(Digest digest)
    {
        if (!_unreferencedSince.TryGetValue(digest, out var since))
            _unreferencedSince.Add(digest, since = _lastRun!.Value);
        return since;
    }

    // In a write transaction, so that nobody can begin to refer to the blob between the look and the deletion.
    private Task<bool> RemoveAsync(Digest digest, CancellationToken cancel) =>
        catalog.ChangeAsync(
            async (context, token) =>
                !await context.Files.AnyAsync(f => f.Sha256 == digest.Hex, token) && await blobs.DeleteAsync(digest, token),
            cancel);

    private async Task<List<Digest>> UnreferencedAsync(List<Digest> digests, CancellationToken cancel)
    {
        var texts = digests.ConvertAll(d => d.Hex);
        await using var context = await catalog.CreateDbContextAsync(cancel);
        var referenced = (await context.Files.Where(f => texts.Contains(f.Sha256)).Select(f => f.Sha256).Distinct()
            .ToListAsync(cancel)).ToHashSet(StringComparer.Ordinal);
        return digests.FindAll(d => !referenced.Contains(d.Hex));
    }

    // Unfinished transfers that no set waits for; those of uploads have names of their own and are not ours.
    private async Task DiscardPartialsAsync(CancellationToken cancel)
    {
        var old = new List<(PartialName Name, Digest Digest)>();
        await foreach (var partial in blobs.ListPartialsAsync(cancel))
        {
            if (_lastRun - partial.WrittenAt >= options.PartialGrace && Digest.TryParse(partial.Name.ToString(), out var digest))
                old.Add((partial.Name, digest));
        }

        var unreferenced = (await UnreferencedAsync(old.ConvertAll(o => o.Digest), cancel)).ToHashSet();
        foreach (var (name, _) in old.Where(o => unreferenced.Contains(o.Digest)))
        {
            try
            {
                await blobs.DiscardPartialAsync(name, cancel);
            }
            catch (PartialBusyException)
            {
                // Someone writes it at this moment, so it is not left over.
            }
        }
    }

    private async IAsyncEnumerable<List<BlobInfo>> ChunksAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
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
