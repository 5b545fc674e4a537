using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using BootDepot.Images;
using BootDepot.Images.Products;

namespace BootDepot.Rack.Tree;

/// <summary>
/// Which file stands where in the tree; a pure function of the images. Of a resource that is held in several versions the
/// newest one is shown; the layout has no level for versions.
/// </summary>
/// <param name="Files">Digest by path; folders with slashes.</param>
/// <param name="Images">The images that the tree shows, by folder.</param>
internal sealed record TreePlan(ImmutableSortedDictionary<string, Digest> Files, ImmutableSortedDictionary<string, OfferedImage> Images)
{
    private const string Loaders = "bootloader";

    public static TreePlan Of(IEnumerable<OfferedImage> images, TreeLayout layout)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, Digest>(StringComparer.Ordinal);
        var shown = ImmutableSortedDictionary.CreateBuilder<string, OfferedImage>(StringComparer.Ordinal);
        var newestFirst = images.OrderByDescending(i => i.Version.ToString(), StringComparer.Ordinal);
        foreach (var image in newestFirst)
        {
            foreach (var folder in FoldersOf(image, layout))
            {
                // The kernel that a release shipped with is what generic means, unless there is a resource of that name.
                if (!shown.TryAdd(folder, image))
                    continue;
                foreach (var file in image.Files.Where(f => !f.Type.IsCompanion))
                    files[$"{folder}/{file.Filename}"] = file.Digest;
            }
        }

        return new TreePlan(files.ToImmutable(), shown.ToImmutable());
    }

    private static IEnumerable<string> FoldersOf(OfferedImage image, TreeLayout layout)
    {
        var (arch, subarch) = (image.Key.Architecture.Arch, image.Key.Architecture.Subarch);
        if (image.BootloaderType is { } type)
        {
            yield return $"{Loaders}/{type}/{arch}";
            yield break;
        }

        var os = layout == TreeLayout.WithOs ? image.Key.Name.Os + "/" : "";
        yield return $"{os}{arch}/{subarch}/{image.Key.Name.Release}/{image.Label}";
        if (image.IsReleaseKernel && image.KernelFlavor is null or KernelFlavors.Generic && subarch != KernelFlavors.Generic)
            yield return $"{os}{arch}/{KernelFlavors.Generic}/{image.Key.Name.Release}/{image.Label}";
    }
}
