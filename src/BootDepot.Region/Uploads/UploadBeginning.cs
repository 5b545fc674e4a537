using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Settings;
using BootDepot.Catalog.Uploads;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Changes;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads;

/// <summary>What became of a wish to upload.</summary>
internal abstract record UploadBegun
{
    private UploadBegun()
    {
    }

    /// <summary>The bytes may come; or are here already, when the file is stored.</summary>
    /// <param name="ResourceId">The resource.</param>
    /// <param name="Version">The new set in it.</param>
    public sealed record Ready(int ResourceId, string Version) : UploadBegun;

    /// <summary>The form does not fit.</summary>
    public sealed record Invalid(FieldErrors Errors) : UploadBegun;

    /// <summary>Bytes of that digest are held, and there are not that many.</summary>
    public sealed record OtherSize : UploadBegun;

    /// <summary>The bytes are held, and they are not what they are declared to be.</summary>
    public sealed record Refused(UploadRefusal Why) : UploadBegun;
}

/// <summary>
/// Begins uploads: finds or makes the resource, and gives it a new version with one file. Earlier complete versions stay
/// until the new one is complete; earlier incomplete ones are abandoned.
/// </summary>
internal sealed class UploadBeginning(
    CatalogDatabase catalog, IBlobStore blobs, SettingsStore settings, UploadSessions sessions, UploadInspection inspection,
    UploadCompletion completion, ChangeSignal changes, TimeProvider time)
{
    /// <summary>Label of every uploaded version.</summary>
    public const string Label = "uploaded";

    /// <summary>Checks what needs the catalogue, for those who want to know before the bytes come.</summary>
    public async Task CheckAsync(string? name, string? architecture, FieldErrors errors, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        await CheckAsync(db, name, architecture, errors, cancel);
    }

    /// <summary>Checks that there is room for an upload all of whose bytes come at once, before they do.</summary>
    public async Task CheckRoomAsync(long size, string? name, string? architecture, FieldErrors errors, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        await UploadStaging.CheckAsync(db, await settings.GetAsync(cancel), size, name, architecture, errors, cancel);
    }

    /// <summary>Why an upload with such first bytes would be refused in the end, if they tell that for certain; else null.</summary>
    public async Task<UploadRefusal?> RefuseEarlyOrNullAsync(
        UploadDraft draft, ReadOnlyMemory<byte> start, long? size, CancellationToken cancel) =>
        (await inspection.RefuseEarlyOrNullAsync(start, size, DeclaredBy(draft, await settings.GetAsync(cancel)), cancel))?.Why;

    /// <summary>Begins one.</summary>
    /// <param name="draft">What was sent; null when its single fields are wrong already.</param>
    /// <param name="name">The name as sent; checked even then. Null: not sent.</param>
    /// <param name="architecture">The same.</param>
    /// <param name="errors">What is known to be wrong already.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancel">Stops the work.</param>
    public async Task<UploadBegun> BeginAsync(
        UploadDraft? draft, string? name, string? architecture, FieldErrors errors, Actor actor, CancellationToken cancel)
    {
        var held = draft is null ? null : await blobs.SizeOrNullAsync(draft.Digest, cancel);
        var defaults = await settings.GetAsync(cancel);
        var inspected = held is not null && held == draft!.Size ? await InspectAsync(draft, defaults, cancel) : null;
        if (inspected is Inspected.Refused refused && errors.IsEmpty)
            return new UploadBegun.Refused(refused.Why);
        var abandoned = Array.Empty<int>();
        var begun = await catalog.ChangeAsync<UploadBegun>(
            async (db, token) =>
            {
                await CheckAsync(db, name, architecture, errors, token);
                if (held is null && draft is not null)
                    await UploadStaging.CheckAsync(db, defaults, draft.Size, draft.Name, draft.Architecture, errors, token);
                if (!errors.IsEmpty || draft is null)
                    return new UploadBegun.Invalid(errors);
                if (held is { } size && size != draft.Size)
                    return new UploadBegun.OtherSize();
                // Collected meanwhile: then the bytes have to come again.
                if (inspected is not null && await blobs.SizeOrNullAsync(draft.Digest, token) is null)
                    inspected = null;
                var resource = await FindOrAddAsync(db, draft, defaults, token);
                abandoned = Abandon(db, resource);
                var (set, file) = AddSet(db, resource, draft);
                await db.SaveChangesAsync(token);
                if (inspected is not null)
                    await completion.RecordAsync(db, resource, set, file, inspected, token);
                AuditTrail.Append(
                    db, time, actor, "boot-resource.upload", $"boot-resource/{resource.Id}", null,
                    new JsonObject
                    {
                        ["name"] = resource.Name,
                        ["architecture"] = resource.Architecture,
                        ["version"] = set.Version,
                        ["sha256"] = draft.Digest.Hex,
                        ["size"] = draft.Size,
                    });
                return new UploadBegun.Ready(resource.Id, set.Version);
            },
            cancel);
        foreach (var file in abandoned)
            await sessions.AbandonAsync(UploadSessions.PartialOf(file), cancel);
        if (begun is UploadBegun.Ready)
        {
            changes.Raise();
            if (inspected is not null)
                completion.Tell(inspected);
        }

        return begun;
    }

    private static async Task CheckAsync(
        CatalogContext db, string? name, string? architecture, FieldErrors errors, CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(name))
            await UploadRules.CheckNameAsync(db, name, errors, cancel);
        if (!string.IsNullOrEmpty(architecture))
            await UploadRules.CheckArchitectureAsync(db, architecture, errors, cancel);
    }

    private Task<Inspected> InspectAsync(UploadDraft draft, RegionSettings defaults, CancellationToken cancel) =>
        inspection.InspectAsync(draft.Digest, DeclaredBy(draft, defaults), cancel);

    private static Declared DeclaredBy(UploadDraft draft, RegionSettings defaults)
    {
        var isCustom = ImageName.TryParse(draft.Name, out var name) && name.Os == ImageName.CustomOs;
        var baseImage = isCustom ? draft.Wishes.BaseImage ?? DefaultBase(defaults) : "";
        return new Declared(draft.Type, draft.Architecture, baseImage, draft.Wishes.Force, draft.Wishes.ConvertTo);
    }

    private static string DefaultBase(RegionSettings defaults) =>
        $"{defaults.CommissioningOsystem}/{defaults.CommissioningDistroSeries}";

    private async Task<BootResource> FindOrAddAsync(
        CatalogContext db, UploadDraft draft, RegionSettings defaults, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var resource = await db.Resources.Include(r => r.Sets).ThenInclude(s => s.Files).AsSplitQuery().FirstOrDefaultAsync(
            r => r.Kind == ResourceKind.Uploaded && r.Name == draft.Name && r.Architecture == draft.Architecture, cancel);
        if (resource is null)
        {
            resource = new BootResource
            {
                Kind = ResourceKind.Uploaded,
                Name = draft.Name,
                Architecture = draft.Architecture,
                Created = now,
            };
            db.Resources.Add(resource);
        }

        resource.Title = draft.Wishes.Title;
        resource.Subarches = Architecture.Parse(draft.Architecture).Subarch;
        resource.Updated = now;
        // A base image that is recorded is never changed; images of other systems have none.
        if (ImageName.Parse(draft.Name).Os == ImageName.CustomOs && resource.BaseImage.Length == 0)
            resource.BaseImage = draft.Wishes.BaseImage ?? DefaultBase(defaults);

        if (draft.Wishes.KeepOld)
        {
            foreach (var set in resource.Sets.Where(s => s.CompletedAt is not null))
                set.Pinned = true;
        }

        return resource;
    }

    // Sets that never got all their bytes. Returns their files.
    private static int[] Abandon(CatalogContext db, BootResource resource)
    {
        var incomplete = resource.Sets.Where(s => s is { CompletedAt: null, WithheldAt: null }).ToList();
        db.Sets.RemoveRange(incomplete);
        return [.. incomplete.SelectMany(s => s.Files).Select(f => f.Id)];
    }

    private (ResourceSet Set, ResourceFile File) AddSet(CatalogContext db, BootResource resource, UploadDraft draft)
    {
        var set = new ResourceSet
        {
            Resource = resource,
            Version = UploadVersions.Next(time.GetUtcNow(), resource.Sets.Select(s => s.Version)),
            Label = Label,
            Created = time.GetUtcNow(),
        };
        var file = new ResourceFile
        {
            Filename = draft.Type.DefaultFilename,
            FileType = draft.Type.Name,
            Sha256 = draft.Digest.Hex,
            Size = draft.Size,
        };
        set.Files.Add(file);
        resource.Sets.Add(set);
        db.UploadFacts.Add(new UploadFacts
        {
            File = file,
            Force = draft.Wishes.Force,
            ConvertTo = draft.Wishes.ConvertTo?.UploadName,
        });
        return (set, file);
    }
}
