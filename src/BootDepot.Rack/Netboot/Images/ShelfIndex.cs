using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Images.Products;

namespace BootDepot.Rack.Netboot.Images;

/// <summary>A file and the image that it belongs to.</summary>
internal sealed record ShelfFile(OfferedImage Image, OfferedFile File);

/// <summary>One list of held images, indexed.</summary>
internal sealed class ShelfIndex
{
    private readonly Dictionary<Digest, ShelfFile> _byDigest = [];
    private readonly Dictionary<string, ShelfFile> _byTreePath = new(StringComparer.Ordinal);

    public ShelfIndex(ImmutableArray<OfferedImage> images)
    {
        Images = images;
        // Newest first: of a path in several versions the newest counts.
        foreach (var image in images.OrderByDescending(i => i.Version))
        {
            foreach (var file in image.Files)
            {
                var held = new ShelfFile(image, file);
                _byDigest.TryAdd(file.Digest, held);
                if (!image.IsBootloader)
                    AddPaths(held);
            }
        }
    }

    /// <summary>The list.</summary>
    public ImmutableArray<OfferedImage> Images { get; }

    /// <summary>The file with these bytes, in any version.</summary>
    public ShelfFile? FileOrNull(Digest digest) => _byDigest.GetValueOrDefault(digest);

    /// <summary>The file at <c>os/arch/subarch/release/label/file</c> of the newest version that has it.</summary>
    public ShelfFile? FileOrNull(string treePath) => _byTreePath.GetValueOrDefault(treePath);

    /// <summary>What a menu for machines of an architecture lists: the newest version of each image and kernel, by name.</summary>
    public IReadOnlyList<OfferedImage> Newest(string arch) =>
        Images.Where(i => !i.IsBootloader && i.Key.Architecture.Arch == arch)
            .GroupBy(i => (i.Key, i.Label))
            .Select(g => g.MaxBy(i => i.Version)!)
            .OrderBy(i => i.Key.Name.ToString(), StringComparer.Ordinal)
            .ThenBy(i => i.Key.Architecture.Subarch, StringComparer.Ordinal)
            .ThenBy(i => i.Label, StringComparer.Ordinal)
            .ToList();

    /// <summary>The image that an assignment means, for machines of an architecture; null when it is not held.</summary>
    public OfferedImage? FindOrNull(BootAssignment assignment, string arch)
    {
        if (assignment.Image is not { } name)
            return null;
        var kernel = assignment.Kernel is null or KernelFlavors.Generic ? null : assignment.Kernel;
        return Images
            .Where(i => !i.IsBootloader && i.Key.Architecture.Arch == arch && IsCalled(i, name)
                && (kernel is null || i.Key.Architecture.Subarch == kernel)
                && (assignment.Version is not { } version || i.Version == version))
            .OrderByDescending(i => i.IsReleaseKernel)
            .ThenByDescending(i => i.Key.Architecture.Subarch == KernelFlavors.Generic)
            .ThenBy(i => i.Key.Architecture.Subarch, StringComparer.Ordinal)
            .ThenByDescending(i => i.Version)
            .FirstOrDefault();
    }

    private static bool IsCalled(OfferedImage image, ImageName name) =>
        (image.Key.Name.Os == name.Os && image.Key.Name.Release == name.Release) || image.Alias == name.ToString();

    private void AddPaths(ShelfFile held)
    {
        var (image, file) = held;
        var (name, architecture) = (image.Key.Name, image.Key.Architecture);
        // The kernel that the release shipped with is what machines without a preference get; MAAS's tree has it twice.
        string[] subarches = image.IsReleaseKernel && architecture.Subarch != KernelFlavors.Generic
            ? [architecture.Subarch, KernelFlavors.Generic]
            : [architecture.Subarch];
        foreach (var subarch in subarches)
        {
            var folder = $"{name.Os}/{architecture.Arch}/{subarch}/{name.Release}/{image.Label}";
            _byTreePath.TryAdd($"{folder}/{file.Filename}", held);
            // MAAS 1.x named files by their type.
            _byTreePath.TryAdd($"{folder}/{file.Type.Name}", held);
        }
    }
}
