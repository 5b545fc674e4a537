using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Resources;
using BootDepot.Region.Changes;
using BootDepot.Region.Uploads;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Resources;

/// <summary>Removes boot resources.</summary>
internal sealed class ResourceRemoval(CatalogDatabase catalog, UploadSessions sessions, ChangeSignal changes, TimeProvider time)
{
    /// <summary>
    /// Removes one with all its versions; uploads to it end. Its bytes go when nothing else has them. False when there is
    /// none.
    /// </summary>
    public async Task<bool> RemoveAsync(int id, Actor actor, CancellationToken cancel)
    {
        var uploads = await catalog.ChangeAsync(
            async (db, token) =>
            {
                if (await db.Resources.FirstOrDefaultAsync(r => r.Id == id, token) is not { } resource)
                    return null;
                var open = resource.Kind == ResourceKind.Uploaded
                    ? await db.Files.Where(f => f.Set!.ResourceId == id && f.StoredAt == null).Select(f => f.Id).ToArrayAsync(token)
                    : [];
                db.Resources.Remove(resource);
                var before = new JsonObject
                {
                    ["type"] = resource.Kind.ToString(),
                    ["name"] = resource.Name,
                    ["architecture"] = resource.Architecture,
                };
                AuditTrail.Append(db, time, actor, "boot-resource.delete", $"boot-resource/{id}", before, null);
                return open;
            },
            cancel);
        if (uploads is null)
            return false;
        foreach (var file in uploads)
            await sessions.AbandonAsync(UploadSessions.PartialOf(file), cancel);
        changes.Raise();
        return true;
    }
}
