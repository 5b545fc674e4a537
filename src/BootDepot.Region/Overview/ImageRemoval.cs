using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Region.Lifetimes;
using BootDepot.Region.Resources;
using BootDepot.Region.Sources;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Overview;

/// <summary>What became, or would become, of one image that was to be removed.</summary>
/// <param name="Key">The image.</param>
/// <param name="Fault">Why it stays; null when it goes.</param>
internal sealed record ImageRemoved(string Key, Fault? Fault);

/// <summary>
/// Removes images for good: the versions, and what selects them, so that the next import does not bring them back.
/// </summary>
internal sealed class ImageRemoval(CatalogDatabase catalog, ImageOverview overview, ResourceRemoval removal, SourceWatch watch, TimeProvider time)
{
    /// <summary>Most images of one request.</summary>
    public const int Most = 1000;

    /// <summary>Removes them, or only says what would happen.</summary>
    /// <returns>Each image's fate in the order given, and the bytes that nothing else needs.</returns>
    public async Task<(IReadOnlyList<ImageRemoved> Images, long Bytes)> RunAsync(
        IReadOnlyList<string> keys, bool isTrial, Actor actor, CancellationToken cancel)
    {
        var rows = (await overview.ReadAsync(cancel)).ToDictionary(r => r.Key, StringComparer.Ordinal);
        var found = keys.Where(rows.ContainsKey).Select(k => rows[k]).ToList();
        var bytes = await BytesOfAsync([.. found.SelectMany(r => r.Resources)], cancel);
        var fates = new List<ImageRemoved>();
        foreach (var key in keys)
        {
            var fault = rows.TryGetValue(key, out var row)
                ? await RemoveAsync(row, found, isTrial, actor, cancel)
                : new Fault("image-unknown", "There is no such image any more.");
            fates.Add(new ImageRemoved(key, fault));
        }

        return (fates, bytes);
    }

    private async Task<Fault?> RemoveAsync(ImageRow row, List<ImageRow> all, bool isTrial, Actor actor, CancellationToken cancel)
    {
        if (row.IsBootloader && row.SelectedBy.Count > 0)
            return new Fault("image-boot-loader", "Boot loaders come with every source that offers them; without them machines do not start.");
        var isSelected = row.Kind == ResourceKind.Synced && !row.IsBootloader;
        if (isSelected && await DeselectAsync(row, all, isTrial: true, actor, cancel) is { } wouldReturn)
            return wouldReturn;
        foreach (var id in row.Resources)
        {
            if (await (isTrial ? BlockerOrNullAsync(id, cancel) : RemoveOrFaultAsync(id, actor, cancel)) is { } blocked)
                return blocked;
        }

        // Last, so that what is still needed keeps its selection.
        return isSelected && !isTrial ? await DeselectAsync(row, all, isTrial, actor, cancel) : null;
    }

    private async Task<Fault?> RemoveOrFaultAsync(int id, Actor actor, CancellationToken cancel) =>
        await removal.RemoveAsync(id, force: false, actor, cancel) is Outcome<bool>.Refused refused ? refused.Fault : null;

    private async Task<Fault?> BlockerOrNullAsync(int id, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.Resources.AsNoTracking().Include(r => r.Sets).ThenInclude(s => s.Files).AsSplitQuery().FirstOrDefaultAsync(r => r.Id == id, cancel) is { } resource
            ? await DeletionBlockers.FindOrNullAsync(db, resource, cancel)
            : null;
    }

    private async Task<Fault?> DeselectAsync(ImageRow row, List<ImageRow> all, bool isTrial, Actor actor, CancellationToken cancel)
    {
        var name = ImageName.Parse(row.Name);
        var changed = false;
        var fault = await catalog.ChangeAsync(
            async (db, token) =>
            {
                var sources = await db.BootSources.Include(s => s.Selections).Where(s => row.SelectedBy.Contains(s.Id)).ToListAsync(token);
                foreach (var source in sources)
                {
                    if (Deselection.FaultOrNull(source, name, row.Arch, all) is { } refusal)
                    {
                        db.ChangeTracker.Clear();
                        return refusal;
                    }

                    if (!isTrial)
                        changed |= Deselection.Apply(db, source, name, row.Arch, actor, time);
                }

                return null;
            },
            cancel);
        if (changed)
            watch.Signal();
        return fault;
    }

    // Files that other images need as well free nothing.
    private async Task<long> BytesOfAsync(HashSet<int> resources, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var files = await db.Files.AsNoTracking().Where(f => f.StoredAt != null)
            .Select(f => new { f.Sha256, f.Size, f.Set!.ResourceId }).ToListAsync(cancel);
        var needed = files.Where(f => !resources.Contains(f.ResourceId)).Select(f => f.Sha256).ToHashSet(StringComparer.Ordinal);
        return files.Where(f => resources.Contains(f.ResourceId) && !needed.Contains(f.Sha256)).DistinctBy(f => f.Sha256, StringComparer.Ordinal).Sum(f => f.Size);
    }
}
