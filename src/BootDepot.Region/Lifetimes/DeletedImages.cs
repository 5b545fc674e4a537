using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Lifetimes;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Region.Changes;
using BootDepot.Region.Imports;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Lifetimes;

/// <summary>Versions that were deleted or retired and can still be put back.</summary>
internal sealed class DeletedImages(
    CatalogDatabase catalog, IBlobStore blobs, ImportOptions options, ChangeSignal changes, TimeProvider time)
{
    /// <summary>All of them, the last deleted first.</summary>
    public async Task<IReadOnlyList<DeletedSet>> ListAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.DeletedSets.AsNoTracking().OrderByDescending(s => s.Id).ToListAsync(cancel);
    }

    /// <summary>Until when a version can be put back.</summary>
    public DateTimeOffset UntilOf(DeletedSet deleted) => deleted.DeletedAt + options.Grace;

    /// <summary>
    /// Puts a version back, served at once. One that was imported is pinned, since the next import would take it away again.
    /// </summary>
    public async Task<Outcome<VersionFacts>> RestoreAsync(int id, Actor actor, CancellationToken cancel)
    {
        var outcome = await catalog.ChangeAsync((db, token) => RestoreAsync(db, id, actor, token), cancel);
        if (outcome is Outcome<VersionFacts>.Done)
            changes.Raise();
        return outcome;
    }

    private async Task<Outcome<VersionFacts>> RestoreAsync(CatalogContext db, int id, Actor actor, CancellationToken cancel)
    {
        if (await db.DeletedSets.SingleOrDefaultAsync(s => s.Id == id, cancel) is not { } deleted)
        {
            return new Fault(
                "deleted-image-unknown",
                $"There is no deleted version {id}, or its time to be put back is over. What there is: bootdepot undelete");
        }

        var snapshot = SetSnapshot.Parse(deleted.Snapshot);
        foreach (var file in snapshot.Files)
        {
            if (await blobs.SizeOrNullAsync(Digest.Parse(file.Sha256), cancel) != file.Size)
            {
                return new Fault(
                    "deleted-image-incomplete",
                    $"{deleted.Name} {deleted.Architecture} {deleted.Version} cannot be put back: the bytes of {file.Filename} ({file.Sha256}) are not held any more.");
            }
        }

        var now = time.GetUtcNow();
        var resource = await db.Resources.Include(r => r.Sets).ThenInclude(s => s.Files).SingleOrDefaultAsync(
            r => r.Kind == deleted.Kind && r.Name == deleted.Name && r.Architecture == deleted.Architecture, cancel);
        if (resource?.Sets.Exists(s => s.Version == deleted.Version) == true)
        {
            return new Fault(
                "deleted-image-replaced",
                $"{deleted.Name} {deleted.Architecture} has a version {deleted.Version} again; delete that one first.");
        }

        if (resource is null)
            db.Resources.Add(resource = snapshot.NewResource(now));
        var source = await db.BootSources.AnyAsync(s => s.Id == snapshot.BootSourceId, cancel) ? snapshot.BootSourceId : null;
        var set = snapshot.NewSet(now, source);
        set.Pinned |= deleted.Kind == ResourceKind.Synced;
        set.Resource = resource;
        resource.Sets.Add(set);
        resource.Updated = now;
        db.DeletedSets.Remove(deleted);
        await db.SaveChangesAsync(cancel);
        AuditTrail.Append(db, time, actor, "boot-resource.restore", $"boot-resource/{resource.Id}", null, new JsonObject
        {
            ["name"] = deleted.Name,
            ["architecture"] = deleted.Architecture,
            ["version"] = deleted.Version,
            ["pinned"] = set.Pinned,
        });
        return VersionFacts.Of(resource, set);
    }
}
