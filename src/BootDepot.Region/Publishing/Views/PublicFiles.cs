using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Images;
using BootDepot.Region.Changes;
using BootDepot.Region.Lifetimes;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Publishing.Views;

/// <summary>
/// Which bytes anybody may have by their SHA-256. All that is held, as long as no view is exclusive. Otherwise what some version that no
/// exclusive view takes refers to, and nothing else: not what an upload has only begun to be, nor what a deleted image has left behind.
/// Read again after a change, so that a request for what stands asks no database.
/// </summary>
internal sealed class PublicFiles(CatalogDatabase catalog, ChangeSignal changes) : IDisposable
{
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile State? _state;

    /// <summary>Whether anybody may have it, by every change made before this call.</summary>
    public ValueTask<bool> HaveAsync(Digest digest, CancellationToken cancel) =>
        UpToDateOrNull() is { } state ? new ValueTask<bool>(state.Has(digest)) : ReadAndLookAsync(digest, cancel);

    /// <inheritdoc />
    public void Dispose() => _reading.Dispose();

    private async ValueTask<bool> ReadAndLookAsync(Digest digest, CancellationToken cancel)
    {
        await _reading.WaitAsync(cancel);
        try
        {
            if (UpToDateOrNull() is not { } state)
            {
                // Before the catalogue is read: a change meanwhile makes this state out of date, not wrong.
                var version = changes.Version;
                _state = state = new State(version, await ReadOrNullAsync(cancel));
            }

            return state.Has(digest);
        }
        finally
        {
            _reading.Release();
        }
    }

    private State? UpToDateOrNull() => _state is { } state && state.Version == changes.Version ? state : null;

    private async Task<HashSet<Digest>?> ReadOrNullAsync(CancellationToken cancel)
    {
        await using (var db = await catalog.CreateDbContextAsync(cancel))
        {
            if (!await db.StreamViews.AnyAsync(v => v.IsExclusive && v.IsPrivate, cancel))
                return null;
        }

        return await catalog.SnapshotAsync(ReadOrNullAsync, cancel);
    }

    private static async Task<HashSet<Digest>?> ReadOrNullAsync(CatalogContext db, CancellationToken cancel)
    {
        var exclusive = await ExclusiveRules.ReadAsync(db, cancel);
        if (exclusive.Rules.Count == 0)
            return null;
        var found = new HashSet<Digest>();
        var kept = new HashSet<int>();
        var sets = db.Sets.AsNoTracking()
            .Select(s => new { s.Id, s.Label, s.Resource!.Kind, s.Resource.Name, s.Resource.Architecture, s.Resource.BootloaderType })
            .AsAsyncEnumerable();
        await foreach (var set in sets.WithCancellation(cancel))
        {
            if (exclusive.Keep(set.Kind, set.Name, set.Architecture, set.BootloaderType, set.Label))
                kept.Add(set.Id);
        }

        await foreach (var file in db.Files.AsNoTracking().Select(f => new { f.SetId, f.Sha256 }).AsAsyncEnumerable().WithCancellation(cancel))
        {
            if (!kept.Contains(file.SetId) && Digest.TryParse(file.Sha256, out var digest))
                found.Add(digest);
        }

        // What can still be put back may also still be fetched by who was told of it.
        foreach (var snapshot in await db.DeletedSets.AsNoTracking().Select(d => d.Snapshot).ToListAsync(cancel))
        {
            var set = PublishedSet.Of(SetSnapshot.Parse(snapshot).ToSet());
            if (exclusive.Keep(set))
                continue;
            foreach (var file in set.Files)
            {
                if (Digest.TryParse(file.Sha256, out var digest))
                    found.Add(digest);
            }
        }

        return found;
    }

    /// <param name="Version">The change that it was read after.</param>
    /// <param name="Digests">What anybody may have; null for everything.</param>
    private sealed record State(long Version, HashSet<Digest>? Digests)
    {
        public bool Has(Digest digest) => Digests is null || Digests.Contains(digest);
    }
}
