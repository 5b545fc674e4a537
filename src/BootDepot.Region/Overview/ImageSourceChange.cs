using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Images;
using BootDepot.Images.Selections;
using BootDepot.Region.Sources;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Overview;

/// <summary>
/// Takes an image from another source: selected there and no longer where it would win, by one change. What is held stays, and the next
/// import replaces it when the other source's version is complete.
/// </summary>
internal sealed class ImageSourceChange(CatalogDatabase catalog, ImageOverview overview, SourceWatch watch, TimeProvider time)
{
    /// <summary>
    /// Makes the change; null when it is made. Refusals: <c>image-unknown</c>, <c>image-not-offered</c>, <c>image-selected-by-all</c>,
    /// <c>image-selected-by-wildcard</c>, <c>image-selected-last</c>.
    /// </summary>
    public async Task<Fault?> RunAsync(string key, int target, Actor actor, CancellationToken cancel)
    {
        var row = (await overview.ReadAsync(cancel)).FirstOrDefault(r => r.Key == key);
        if (row is null)
            return new Fault("image-unknown", "There is no such image any more.");
        if (row.IsBootloader || !row.OfferedBy.Contains(target))
            return new Fault("image-not-offered", $"The source {target} does not offer {row.Name} for {row.Arch}. Choose one that does.");
        var fault = await catalog.ChangeAsync((db, token) => ChangeAsync(db, row, target, actor, token), cancel);
        if (fault is null)
            watch.Signal();
        return fault;
    }

    private async Task<Fault?> ChangeAsync(CatalogContext db, ImageRow row, int target, Actor actor, CancellationToken cancel)
    {
        var name = ImageName.Parse(row.Name);
        var sources = await db.BootSources.Include(s => s.Selections).Where(s => s.Id == target || row.SelectedBy.Contains(s.Id)).ToListAsync(cancel);
        if (sources.Find(s => s.Id == target) is not { } chosen)
            return new Fault("image-not-offered", $"The source {target} is gone. Choose another.");
        foreach (var other in sources.Where(s => s != chosen))
        {
            if (Deselection.FaultOrNull(other, name, row.Arch, []) is not { } fault)
            {
                Deselection.Apply(db, other, name, row.Arch, actor, time);
            }
            else if (other.Priority > chosen.Priority || (other.Priority == chosen.Priority && other.Id < chosen.Id))
            {
                // It would win all the same.
                db.ChangeTracker.Clear();
                return fault;
            }
        }

        // Without selections it brings everything; one selection would narrow that down to this image.
        if (chosen.Selections.Count > 0 && !row.SelectedBy.Contains(target))
        {
            ImageSelecting.Apply(
                db, chosen, new SelectionRule(name.Os, name.Release, [row.Arch], [SelectionRule.Any], [SelectionRule.Any]), actor, time);
        }

        return null;
    }
}
