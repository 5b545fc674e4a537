using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Resources;
using BootDepot.Region.Lifetimes;
using BootDepot.Region.Resources;
using BootDepot.Images.Planning;
using BootDepot.Images.Products;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Imports.Running;

/// <summary>
/// The changes that an import makes to resources: sets are announced as queued, become visible when they are complete,
/// and go when something else took their place. Each change is one transaction that confirms the right to import.
/// </summary>
internal sealed class SetStore(CatalogDatabase catalog, TimeProvider time, LeaseGrant lease, StreamTags tags)
{
    private const int Batch = 100;

    /// <summary>Writes rows for the sets that are about to be fetched. None of them is visible yet.</summary>
    /// <returns>The set of each entry, in their order; those that replace a served set have none of their own.</returns>
    public async Task<IReadOnlyList<int>> AnnounceAsync(IReadOnlyList<PlannedSet> sets, CancellationToken cancel)
    {
        var ids = new List<int>(sets.Count);
        foreach (var batch in sets.Chunk(Batch))
        {
            ids.AddRange(await ChangeAsync(
                async (context, token) =>
                {
                    var rows = new List<ResourceSet>(batch.Length);
                    foreach (var planned in batch)
                        rows.Add(await AnnounceAsync(context, planned, token));
                    await context.SaveChangesAsync(token);
                    return rows.ConvertAll(r => r.Id);
                },
                cancel));
        }

        return ids;
    }

    /// <summary>
    /// Makes sets visible whose files are all held. A set that was deleted meanwhile stays deleted.
    /// </summary>
    public Task PublishAsync(IReadOnlyList<(int SetId, PlannedSet Planned)> complete, CancellationToken cancel) =>
        ChangeAsync(
            async (context, token) =>
            {
                var now = time.GetUtcNow();
                foreach (var (setId, planned) in complete)
                {
                    var set = await context.Sets.Include(s => s.Files).Include(s => s.Resource)
                        .SingleOrDefaultAsync(s => s.Id == setId, token);
                    if (set is null)
                        continue;
                    if (planned.ReplacesServed)
                        await ReplaceFilesAsync(context, set, planned, token);
                    foreach (var file in set.Files)
                        file.StoredAt ??= now;
                    // Other bytes under the name of a version that somebody rolled back behind are withheld, too.
                    if (set.WithheldAt is null)
                        set.CompletedAt = now;
                    set.Resource!.Updated = now;
                    Describe(set.Resource, planned.Image);
                    AuditTrail.Append(
                        context, time, Actor.System, "boot-resource.publish", $"boot-resource/{set.ResourceId}", null, PublishedFacts.Of(set.Resource, set));
                }

                return true;
            },
            cancel);

    /// <summary>Removes sets, and the resources that are left without any.</summary>
    public Task RetireAsync(IReadOnlyList<RetiredSet> retired, CancellationToken cancel) =>
        ChangeAsync(
            async (context, token) =>
            {
                foreach (var entry in retired)
                {
                    var set = await context.Sets.Include(s => s.Resource).Include(s => s.Files).SingleOrDefaultAsync(s => s.Id == entry.SetId, token);
                    if (set is null || set.Pinned)
                        continue;
                    var facts = Facts(set);
                    facts["reason"] = entry.Reason.ToString();
                    AuditTrail.Append(
                        context, time, Actor.System, "boot-resource.retire", $"boot-resource/{set.ResourceId}", facts, null);
                    await SetSnapshot.MoveToDeletedAsync(context, set, Actor.System, entry.Reason.ToString(), time.GetUtcNow(), token);
                    await context.SaveChangesAsync(token);
                    if (!await context.Sets.AnyAsync(s => s.ResourceId == set.ResourceId, token))
                        context.Resources.Remove(set.Resource!);
                }

                return true;
            },
            cancel);

    private static JsonObject Facts(ResourceSet set) => new()
    {
        ["name"] = set.Resource!.Name,
        ["architecture"] = set.Resource.Architecture,
        ["version"] = set.Version,
        ["label"] = set.Label,
    };

    private async Task<ResourceSet> AnnounceAsync(CatalogContext context, PlannedSet planned, CancellationToken cancel)
    {
        var image = planned.Image;
        var now = time.GetUtcNow();
        var name = image.Key.Name.ToString();
        var architecture = image.Key.Architecture.ToString();
        var resource = context.Resources.Local.FirstOrDefault(IsIt)
            ?? await context.Resources.Include(r => r.Sets).SingleOrDefaultAsync(
                r => r.Kind == ResourceKind.Synced && r.Name == name && r.Architecture == architecture, cancel);
        if (resource is null)
        {
            resource = new BootResource
            {
                Kind = ResourceKind.Synced,
                Name = name,
                Architecture = architecture,
                Created = now,
                Updated = now,
            };
            Describe(resource, image);
            context.Resources.Add(resource);
        }

        var version = image.Version.ToString();
        var set = resource.Sets.Find(s => s.Version == version);
        if (set is null)
        {
            set = new ResourceSet { Version = version, Label = image.Label, Created = now };
            resource.Sets.Add(set);
        }

        if (set is { CompletedAt: null, WithheldAt: null })
            await ReplaceFilesAsync(context, set, planned, cancel);
        return set;

        bool IsIt(BootResource r) => r.Kind == ResourceKind.Synced && r.Name == name && r.Architecture == architecture;
    }

    // Rows of files that are the same stay, so that what was stored of an unfinished set is still known.
    private async Task ReplaceFilesAsync(CatalogContext context, ResourceSet set, PlannedSet planned, CancellationToken cancel)
    {
        var image = planned.Image;
        if (set.Id != 0)
            await context.Entry(set).Collection(s => s.Files).LoadAsync(cancel);
        set.Label = image.Label;
        set.BootSourceId = planned.SourceId;
        set.ContentId = image.ContentId;
        set.ProductName = image.ProductName;
        set.SignedBy = tags.SignerOf(planned.SourceId, image);
        set.ProductTags = tags.OfProduct(planned.SourceId, image);
        set.VersionTags = tags.OfVersion(planned.SourceId, image);
        var stale = set.Files.Where(f => image.Files.All(o => o.Filename != f.Filename || o.Digest.Hex != f.Sha256)).ToList();
        foreach (var file in stale)
            set.Files.Remove(file);
        await FormerBlobs.NoteAsync(context, stale, time.GetUtcNow(), cancel);
        context.Files.RemoveRange(stale);
        if (stale.Count > 0)
            await context.SaveChangesAsync(cancel); // a new row may take the name of an old one
        foreach (var offered in image.Files)
        {
            var file = set.Files.Find(f => f.Filename == offered.Filename);
            if (file is null)
            {
                file = new ResourceFile
                {
                    Filename = offered.Filename,
                    FileType = offered.Type.Name,
                    Sha256 = offered.Digest.Hex,
                    Size = offered.Size,
                };
                set.Files.Add(file);
            }

            file.FileType = offered.Type.Name;
            file.ItemName = offered.ItemName;
            file.ItemPath = offered.Path;
            file.ItemTags = tags.OfItem(planned.SourceId, image, offered);
        }
    }

    private static void Describe(BootResource resource, OfferedImage image)
    {
        resource.KernelFlavor = image.KernelFlavor;
        resource.BootloaderType = image.BootloaderType;
        resource.Rolling = image.Rolling;
        resource.Title = image.Title;
        resource.Subarches = image.IsBootloader ? null : string.Join(',', image.Subarches);
        resource.Platform = image.Platform;
        resource.SupportedPlatforms = image.SupportedPlatforms;
    }

    private Task<T> ChangeAsync<T>(Func<CatalogContext, CancellationToken, Task<T>> change, CancellationToken cancel) =>
        catalog.ChangeAsync(
            async (context, token) =>
            {
                if (!await Leases.ConfirmAsync(context, lease, token))
                    throw new LeaseLostException();
                return await change(context, token);
            },
            cancel);
}

/// <summary>Another region runs the import now; this one must not change anything more.</summary>
internal sealed class LeaseLostException() : Exception("Another region has taken over the import.");
