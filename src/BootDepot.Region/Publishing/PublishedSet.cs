using System.Collections.Generic;
using BootDepot.Catalog.Resources;

namespace BootDepot.Region.Publishing;

/// <summary>A complete set with what the published stream says of it.</summary>
internal sealed record PublishedSet
{
    public required ResourceKind Kind { get; init; }

    /// <summary><c>os/release</c> or a bare name.</summary>
    public required string Name { get; init; }

    /// <summary><c>arch/subarch</c>.</summary>
    public required string Architecture { get; init; }

    public string? KernelFlavor { get; init; }

    public string? BootloaderType { get; init; }

    public string? Title { get; init; }

    public string? Subarches { get; init; }

    public string BaseImage { get; init; } = "";

    public required string Version { get; init; }

    public required string Label { get; init; }

    /// <summary>The label that the stream gave, if the version was promoted to another.</summary>
    public string? UpstreamLabel { get; init; }

    public string? ProductName { get; init; }

    /// <summary>The product's own keys, JSON object.</summary>
    public string ProductTags { get; init; } = "{}";

    /// <summary>The version's own keys, JSON object.</summary>
    public string VersionTags { get; init; } = "{}";

    public required IReadOnlyList<PublishedFile> Files { get; init; }

    /// <summary>What the catalogue says of a complete set.</summary>
    public static PublishedSet Of(ResourceSet set) => new()
    {
        Kind = set.Resource!.Kind,
        Name = set.Resource.Name,
        Architecture = set.Resource.Architecture,
        KernelFlavor = set.Resource.KernelFlavor,
        BootloaderType = set.Resource.BootloaderType,
        Title = set.Resource.Title,
        Subarches = set.Resource.Subarches,
        BaseImage = set.Resource.BaseImage,
        Version = set.Version,
        Label = set.Label,
        UpstreamLabel = set.UpstreamLabel,
        ProductName = set.ProductName,
        ProductTags = set.ProductTags,
        VersionTags = set.VersionTags,
        Files = set.Files.ConvertAll(f => new PublishedFile
        {
            Filename = f.Filename,
            FileType = f.FileType,
            Sha256 = f.Sha256,
            Size = f.Size,
            ItemName = f.ItemName,
            ItemTags = f.ItemTags,
        }),
    };
}

/// <summary>A file of a <see cref="PublishedSet"/>.</summary>
internal sealed record PublishedFile
{
    public required string Filename { get; init; }

    public required string FileType { get; init; }

    public required string Sha256 { get; init; }

    public required long Size { get; init; }

    /// <summary>Name of the item upstream; null for uploads.</summary>
    public string? ItemName { get; init; }

    /// <summary>The item's own keys, JSON object.</summary>
    public string ItemTags { get; init; } = "{}";
}
