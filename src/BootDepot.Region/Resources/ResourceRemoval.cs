using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Resources;
using BootDepot.Region.Changes;
using BootDepot.Region.Lifetimes;
using BootDepot.Region.Uploads;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Resources;

/// <summary>Removes boot resources.</summary>
internal sealed class ResourceRemoval(
    CatalogDatabase catalog, UploadSessions sessions, ChangeSignal changes, System.TimeProvider time)
{
    /// <summary>
    /// Removes one with all its versions; uploads to it end. Versions that were complete can be put back until the grace period
    /// is over. False when there is none; a fault when something still needs it and nobody insists.
    /// </summary>
    public async Task<Outcome<bool>> RemoveAsync(int id, bool force, Actor actor, CancellationToken cancel)
    {
        var outcome = await catalog.ChangeAsync<Outcome<int[]?>>(
            async (db, token) =>
            {
                var resource = await db.Resources.Include(r => r.Sets).ThenInclude(s => s.Files).AsSplitQuery()
                    .FirstOrDefaultAsync(r => r.Id == id, token);
                if (resource is null)
                    return new Outcome<int[]?>.Done(null);
                if (!force && await DeletionBlockers.FindOrNullAsync(db, resource, token) is { } fault)
                    return fault;
                var open = resource.Kind == ResourceKind.Uploaded
                    ? resource.Sets.SelectMany(s => s.Files).Where(f => f.StoredAt == null).Select(f => f.Id).ToArray()
                    : [];
                var before = new JsonObject
                {
                    ["type"] = resource.Kind.ToString(),
                    ["name"] = resource.Name,
                    ["architecture"] = resource.Architecture,
                };
                foreach (var set in resource.Sets.ToArray())
                    await SetSnapshot.MoveToDeletedAsync(db, set, actor, "deleted", time.GetUtcNow(), token);
                db.Resources.Remove(resource);
                AuditTrail.Append(db, time, actor, "boot-resource.delete", $"boot-resource/{id}", before, null);
                return open;
            },
            cancel);
        if (outcome is Outcome<int[]?>.Refused refused)
            return refused.Fault;
        if (((Outcome<int[]?>.Done)outcome).Value is not { } uploads)
            return false;
        foreach (var file in uploads)
            await sessions.AbandonAsync(UploadSessions.PartialOf(file), cancel);
        changes.Raise();
        return true;
    }
}
