using System.Collections.Generic;

namespace BootDepot.Images.Products;

/// <summary>A product mapped to a boot resource, with the newest version of it that can be used.</summary>
public sealed record OfferedImage
{
    /// <summary>The resource that it becomes.</summary>
    public required ResourceKey Key { get; init; }

    /// <summary>Content id of its document.</summary>
    public required string ContentId { get; init; }

    /// <summary>Name of its product.</summary>
    public required string ProductName { get; init; }

    /// <summary>Operating system; of a boot loader its own name (<c>grub-efi-signed</c>).</summary>
    public required string Os { get; init; }

    /// <summary>Release as selections name it; of a boot loader its type (<c>uefi</c>).</summary>
    public required string Release { get; init; }

    /// <summary>The product's raw sub-architecture, without flavour: what selections are compared with.</summary>
    public required string Subarch { get; init; }

    /// <summary>Label: <c>stable</c>, <c>candidate</c>.</summary>
    public required string Label { get; init; }

    /// <summary>Kernel flavour; null for boot loaders and for products that have none.</summary>
    public string? KernelFlavor { get; init; }

    /// <summary>Boot-loader type; null for images.</summary>
    public string? BootloaderType { get; init; }

    /// <summary>The same image under its number: <c>ubuntu/24.04</c>; null when the product has no <c>version</c>.</summary>
    public string? Alias { get; init; }

    /// <summary>Full title; null unless the product has both <c>os_title</c> and <c>release_title</c>.</summary>
    public string? Title { get; init; }

    /// <summary>Title of the release (<c>24.04 LTS</c>); empty when the product has none.</summary>
    public string ReleaseTitle { get; init; } = "";

    /// <summary>Machine sub-architectures that it serves, as the product lists them.</summary>
    public IReadOnlyList<string> Subarches { get; init; } = [];

    /// <summary>Platform of a vendor kernel.</summary>
    public string? Platform { get; init; }

    /// <summary>Platforms served, comma-separated.</summary>
    public string? SupportedPlatforms { get; init; }

    /// <summary>Whether the kernel line rolls.</summary>
    public bool Rolling { get; init; }

    /// <summary>
    /// Whether this is the product that <c>generic</c> stands for: the kernel the release shipped with
    /// (<c>ga-24.04</c>, formerly <c>hwe-</c> and the release's first letter).
    /// </summary>
    public bool IsReleaseKernel { get; init; }

    /// <summary>Newest usable version.</summary>
    public required SetVersion Version { get; init; }

    /// <summary>Versions that are listed and newer, but cannot be used.</summary>
    public IReadOnlyList<string> RefusedVersions { get; init; } = [];

    /// <summary>Files of <see cref="Version"/>; file names are unique.</summary>
    public required IReadOnlyList<OfferedFile> Files { get; init; }

    /// <summary>Whether this is a boot loader, which no selection has to ask for.</summary>
    public bool IsBootloader => BootloaderType is not null;
}

/// <summary>A file of an offered version.</summary>
/// <param name="Filename">Base name of <paramref name="Path"/>.</param>
/// <param name="Type">Its meaning (<c>ftype</c>).</param>
/// <param name="Digest">SHA-256.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Path">Path below the source's base.</param>
/// <param name="ItemName">Name of the item.</param>
public sealed record OfferedFile(string Filename, FileType Type, Digest Digest, long Size, string Path, string ItemName);

/// <summary>What a stream comes to.</summary>
/// <param name="Images">In the order of the products.</param>
/// <param name="Problems">What was left out, and why.</param>
/// <param name="IsWhole">
/// No product was refused altogether. If one was, its image is not missing upstream, it is only not to be had.
/// </param>
public sealed record MappedProducts(
    IReadOnlyList<OfferedImage> Images, IReadOnlyList<Problem> Problems, bool IsWhole);
