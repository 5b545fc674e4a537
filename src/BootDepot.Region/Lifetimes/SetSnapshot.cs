using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Lifetimes;
using BootDepot.Catalog.Resources;

namespace BootDepot.Region.Lifetimes;

/// <summary>A version with its resource and files, as text: all that is needed to have it again where its blobs are.</summary>
internal sealed record SetSnapshot
{
    public required ResourceKind Kind { get; init; }

    public required string Name { get; init; }

    public required string Architecture { get; init; }

    public string? KernelFlavor { get; init; }

    public string? BootloaderType { get; init; }

    public bool Rolling { get; init; }

    public string BaseImage { get; init; } = "";

    public string? Title { get; init; }

    public string? Subarches { get; init; }

    public string? Platform { get; init; }

    public string? SupportedPlatforms { get; init; }

    public required string Version { get; init; }

    public required string Label { get; init; }

    public string? UpstreamLabel { get; init; }

    public bool Pinned { get; init; }

    public int? BootSourceId { get; init; }

    public string? ContentId { get; init; }

    public string? ProductName { get; init; }

    public string ProductTags { get; init; } = "{}";

    public string VersionTags { get; init; } = "{}";

    public string? SignedBy { get; init; }

    public required IReadOnlyList<FileSnapshot> Files { get; init; }

    /// <summary>Of a set whose resource and files are loaded.</summary>
    public static SetSnapshot Of(ResourceSet set)
    {
        var resource = set.Resource!;
        return new SetSnapshot
        {
            Kind = resource.Kind,
            Name = resource.Name,
            Architecture = resource.Architecture,
            KernelFlavor = resource.KernelFlavor,
            BootloaderType = resource.BootloaderType,
            Rolling = resource.Rolling,
            BaseImage = resource.BaseImage,
            Title = resource.Title,
            Subarches = resource.Subarches,
            Platform = resource.Platform,
            SupportedPlatforms = resource.SupportedPlatforms,
            Version = set.Version,
            Label = set.Label,
            UpstreamLabel = set.UpstreamLabel,
            Pinned = set.Pinned,
            BootSourceId = set.BootSourceId,
            ContentId = set.ContentId,
            ProductName = set.ProductName,
            ProductTags = set.ProductTags,
            VersionTags = set.VersionTags,
            SignedBy = set.SignedBy,
            Files =
            [
                .. set.Files.OrderBy(f => f.Filename, StringComparer.Ordinal).Select(f => new FileSnapshot(
                    f.Filename, f.FileType, f.Sha256, f.Size, f.ItemName, f.ItemPath, f.ItemTags)),
            ],
        };
    }

    /// <summary>As a JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SnapshotJson.Default.SetSnapshot);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static SetSnapshot Parse(string json) => JsonSerializer.Deserialize(json, SnapshotJson.Default.SetSnapshot)!;

    /// <summary>A resource as it was, without versions.</summary>
    public BootResource NewResource(DateTimeOffset now) => new()
    {
        Kind = Kind,
        Name = Name,
        Architecture = Architecture,
        KernelFlavor = KernelFlavor,
        BootloaderType = BootloaderType,
        Rolling = Rolling,
        BaseImage = BaseImage,
        Title = Title,
        Subarches = Subarches,
        Platform = Platform,
        SupportedPlatforms = SupportedPlatforms,
        Created = now,
        Updated = now,
    };

    /// <summary>The version as it was, served from now on.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="sourceId">Its source, if that is still there.</param>
    public ResourceSet NewSet(DateTimeOffset now, int? sourceId)
    {
        var set = new ResourceSet
        {
            Version = Version,
            Label = Label,
            UpstreamLabel = UpstreamLabel,
            Pinned = Pinned,
            BootSourceId = sourceId,
            ContentId = ContentId,
            ProductName = ProductName,
            ProductTags = ProductTags,
            VersionTags = VersionTags,
            SignedBy = SignedBy,
            Created = now,
            CompletedAt = now,
        };
        set.Files.AddRange(Files.Select(f => new ResourceFile
        {
            Filename = f.Filename,
            FileType = f.FileType,
            Sha256 = f.Sha256,
            Size = f.Size,
            ItemName = f.ItemName,
            ItemPath = f.ItemPath,
            ItemTags = f.ItemTags,
            StoredAt = now,
        }));
        return set;
    }

    /// <summary>The version with its resource as they were.</summary>
    public ResourceSet ToSet()
    {
        var set = NewSet(default, BootSourceId);
        set.Resource = NewResource(default);
        return set;
    }

    /// <summary>
    /// Takes a version out of the catalogue, in the transaction of the context. One whose files are all held can be put back
    /// until the grace period is over; others are just gone.
    /// </summary>
    /// <param name="context">The transaction.</param>
    /// <param name="set">The version, resource and files loaded.</param>
    /// <param name="actor">Who.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">The present time.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task MoveToDeletedAsync(
        CatalogContext context, ResourceSet set, Actor actor, string reason, DateTimeOffset now, CancellationToken cancel)
    {
        if (set.CompletedAt is not null || set.WithheldAt is not null)
        {
            var deleted = new DeletedSet
            {
                Kind = set.Resource!.Kind,
                Name = set.Resource.Name,
                Architecture = set.Resource.Architecture,
                Version = set.Version,
                Size = set.Files.Sum(f => f.Size),
                DeletedAt = now,
                DeletedBy = actor.Name,
                Reason = reason,
                Snapshot = Of(set).ToJson(),
            };
            deleted.Blobs.AddRange(set.Files.Select(f => f.Sha256).Distinct(StringComparer.Ordinal).Select(s => new DeletedBlob { Sha256 = s }));
            context.DeletedSets.Add(deleted);
        }
        else
        {
            // It may have been served until a scrub found one of its files damaged.
            await FormerBlobs.NoteAsync(context, set.Files, now, cancel);
        }

        context.Sets.Remove(set);
    }
}

/// <summary>A file of a <see cref="SetSnapshot"/>.</summary>
internal sealed record FileSnapshot(
    string Filename, string FileType, string Sha256, long Size, string? ItemName, string? ItemPath, string ItemTags);

/// <summary>How snapshots are written down.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SetSnapshot))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
