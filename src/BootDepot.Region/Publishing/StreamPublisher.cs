using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Region.Changes;
using BootDepot.Region.Lifetimes;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Publishing;

/// <summary>
/// Holds the published stream and makes it anew when somebody asks after a change. Readers see one state or the next, never
/// a mix: a state is signed completely before one assignment puts it in place.
/// </summary>
internal sealed class StreamPublisher(
    CatalogDatabase catalog, StreamLedger ledger, StreamSigner signer, ChangeSignal changes) : IDisposable
{
    private readonly SemaphoreSlim _making = new(1, 1);
    private volatile PublishedStream? _current;

    /// <summary>The state that tells of every change made before this call.</summary>
    public async Task<PublishedStream> CurrentAsync(CancellationToken cancel)
    {
        if (UpToDateOrNull() is { } current)
            return current;
        await _making.WaitAsync(cancel);
        try
        {
            if (UpToDateOrNull() is { } made)
                return made;
            // Read before the catalogue is: a change during the reading makes this state out of date, not wrong.
            var version = changes.Version;
            var (sets, former, known) = await ReadAsync(cancel);
            var composition = StreamComposer.Compose(sets, former, known);
            var dates = await ledger.DateAsync(StreamSigner.Undated(composition), cancel);
            var published = new PublishedStream(version, signer.Sign(composition, dates));
            _current = published;
            return published;
        }
        finally
        {
            _making.Release();
        }
    }

    public void Dispose() => _making.Dispose();

    private PublishedStream? UpToDateOrNull() => _current is { } current && current.ChangeVersion == changes.Version ? current : null;

    private Task<(List<PublishedSet> Sets, List<PublishedSet> Former, IReadOnlyList<Shelf> Known)> ReadAsync(CancellationToken cancel) => catalog.SnapshotAsync(
        async (db, token) =>
        {
            var sets = new List<PublishedSet>();
            await foreach (var set in PublishedSets.ReadAsync(db, token))
                sets.Add(PublishedSet.Of(set));
            return (sets, await FormerAsync(db, token), await StreamLedger.ShelvesAsync(db, token));
        },
        cancel);

    // Withheld, or deleted and not expired: read from the catalogue, so that a region that was killed knows them, too.
    private static async Task<List<PublishedSet>> FormerAsync(CatalogContext db, CancellationToken cancel)
    {
        var withheld = await db.Sets.AsNoTracking().Include(s => s.Resource).Include(s => s.Files).Where(s => s.WithheldAt != null).ToListAsync(cancel);
        var deleted = await db.DeletedSets.AsNoTracking().Where(s => s.Kind == ResourceKind.Synced).Select(s => s.Snapshot).ToListAsync(cancel);
        return [.. withheld.Concat(deleted.Select(d => SetSnapshot.Parse(d).ToSet())).Select(PublishedSet.Of)];
    }
}
