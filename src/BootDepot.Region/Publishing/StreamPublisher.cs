using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Streams;
using BootDepot.Images;
using BootDepot.Images.Selections;
using BootDepot.Region.Changes;
using BootDepot.Region.Lifetimes;
using BootDepot.Region.Publishing.Views;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Publishing;

/// <summary>
/// Holds the published stream and its views and makes it anew when somebody asks after a change. Readers see one state or the next, never
/// a mix: a state is signed completely before one assignment puts it in place.
/// </summary>
internal sealed class StreamPublisher(
    CatalogDatabase catalog, StreamLedger ledger, StreamSigner signer, ChangeSignal changes) : IDisposable
{
    private readonly SemaphoreSlim _making = new(1, 1);
    private readonly ConcurrentDictionary<string, PublishedView> _views = new(StringComparer.Ordinal);
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
            var (sets, former, known, exclusive) = await ReadAsync("", cancel);
            var composition = StreamComposer.Compose(sets.Where(s => !exclusive.Keep(s)), former.Where(s => !exclusive.Keep(s)), known);
            var dates = await ledger.DateAsync(StreamSigner.Undated(composition), "", cancel);
            var published = new PublishedStream(version, signer.Sign(composition, dates));
            _current = published;
            return published;
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>The state of a view that tells of every change made before this call; null when there is no such view.</summary>
    public async Task<PublishedView?> ViewOrNullAsync(string name, CancellationToken cancel)
    {
        if (ViewUpToDateOrNull(name) is { } current)
            return current;
        if (await FindViewOrNullAsync(name, cancel) is null)
        {
            _views.TryRemove(name, out _);
            return null;
        }

        await _making.WaitAsync(cancel);
        try
        {
            if (ViewUpToDateOrNull(name) is { } made)
                return made;
            var version = changes.Version;
            if (await FindViewOrNullAsync(name, cancel) is not { } view)
                return null;
            var rules = ExclusiveRules.RulesOf(view.Images).ToList();
            var stream = ViewPath.Prefix + name + "/";
            var (held, before, known, exclusive) = await ReadAsync(stream, cancel);
            bool IsShown(PublishedSet set) => IsIn(rules, set) && (view.IsPrivate || !exclusive.Keep(set));
            var (sets, former) = (held.Where(IsShown).ToList(), before.Where(IsShown).ToList());
            var composition = StreamComposer.Compose(sets, former, known);
            var dates = await ledger.DateAsync(StreamSigner.Undated(composition), stream, cancel);
            return _views[name] = new PublishedView(view.IsPrivate, new PublishedStream(version, signer.Sign(composition, dates)), FilesOf(sets.Concat(former)));
        }
        finally
        {
            _making.Release();
        }
    }

    public void Dispose() => _making.Dispose();

    private PublishedStream? UpToDateOrNull() => _current is { } current && current.ChangeVersion == changes.Version ? current : null;

    private PublishedView? ViewUpToDateOrNull(string name) =>
        _views.TryGetValue(name, out var view) && view.Stream.ChangeVersion == changes.Version ? view : null;

    private async Task<StreamView?> FindViewOrNullAsync(string name, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.StreamViews.AsNoTracking().FirstOrDefaultAsync(v => v.Name == name, cancel);
    }

    // Boot loaders are in every view: without them nothing of it boots.
    private static bool IsIn(List<ViewRule> rules, PublishedSet set) =>
        set.BootloaderType is not null
        || ExclusiveRules.Take(rules, set.Kind, set.Name, set.Architecture, set.Label);

    private static HashSet<Digest> FilesOf(IEnumerable<PublishedSet> sets) =>
        [.. sets.SelectMany(s => s.Files).Where(f => Digest.TryParse(f.Sha256, out _)).Select(f => Digest.Parse(f.Sha256))];

    private Task<(List<PublishedSet> Sets, List<PublishedSet> Former, IReadOnlyList<Shelf> Known, ExclusiveRules Exclusive)> ReadAsync(
        string stream, CancellationToken cancel) => catalog.SnapshotAsync(
        async (db, token) =>
        {
            var sets = new List<PublishedSet>();
            await foreach (var set in PublishedSets.ReadAsync(db, token))
                sets.Add(PublishedSet.Of(set));
            return (sets, await FormerAsync(db, token), await StreamLedger.ShelvesAsync(db, stream, token), await ExclusiveRules.ReadAsync(db, token));
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
