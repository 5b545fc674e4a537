using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Region.Changes;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads;

/// <summary>Makes an upload visible: one transaction marks the file stored and retires what it replaces.</summary>
internal sealed class UploadCompletion(CatalogDatabase catalog, ChangeSignal changes, TimeProvider time)
{
    /// <summary>The file's blob is stored. Nothing happens when the file is gone meanwhile.</summary>
    public async Task CompleteAsync(int fileId, CancellationToken cancel)
    {
        await catalog.ChangeAsync(
            async (db, token) =>
            {
                var file = await db.Files.Include(f => f.Set!.Resource!.Sets).FirstOrDefaultAsync(f => f.Id == fileId, token);
                if (file?.Set is not { Resource: { } resource } set)
                    return;
                file.StoredAt = set.CompletedAt = resource.Updated = time.GetUtcNow();
                RetireOlder(db, resource, set);
            },
            cancel);
        changes.Raise();
    }

    /// <summary>Removes the other versions of a resource, save pinned ones. Their bytes go when nothing else has them.</summary>
    public static void RetireOlder(CatalogContext db, BootResource resource, ResourceSet complete) =>
        db.Sets.RemoveRange(resource.Sets.Where(s => s != complete && !s.Pinned));
}
