using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Resources;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads;

/// <summary>Gives up an upload that is not complete: its version goes, and its resource too if that has no other.</summary>
internal sealed class UploadAbandonment(CatalogDatabase catalog, UploadSessions sessions, TimeProvider time)
{
    /// <summary>Gives one up; false when there is no such incomplete upload.</summary>
    /// <param name="resourceId">The resource that the file must belong to; null for any.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancel">Stops the work.</param>
    public async Task<bool> AbandonAsync(int? resourceId, int fileId, Actor actor, CancellationToken cancel)
    {
        var found = await catalog.ChangeAsync(
            async (db, token) =>
            {
                var file = await db.Files.Include(f => f.Set!.Resource!.Sets).AsSplitQuery()
                    .FirstOrDefaultAsync(f => f.Id == fileId && f.StoredAt == null, token);
                if (file?.Set is not { Resource: { Kind: ResourceKind.Uploaded } resource } set
                    || (resourceId is not null && resource.Id != resourceId))
                    return false;
                db.Sets.Remove(set);
                if (resource.Sets.All(s => s == set))
                    db.Resources.Remove(resource);
                AuditTrail.Append(
                    db, time, actor, "boot-resource.upload-abandon", $"boot-resource/{resource.Id}",
                    new JsonObject { ["name"] = resource.Name, ["architecture"] = resource.Architecture, ["version"] = set.Version },
                    null);
                return true;
            },
            cancel);
        if (found)
            await sessions.AbandonAsync(UploadSessions.PartialOf(fileId), cancel);
        return found;
    }
}
