using System;
using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Images.Products;

/// <summary>
/// Maps a stream's products to boot resources, and of each the newest version that can be used to a set of files. What
/// is wrong with one product or version leaves the others alone.
/// </summary>
public static class ProductMapping
{
    private const FileRoles BootRoles = FileRoles.Kernel | FileRoles.Initrd | FileRoles.Root;

    /// <summary>Longest product name or content id that is taken, in UTF-16 code units.</summary>
    public const int MaxProductName = 1024;

    /// <summary>Maps the products of one source.</summary>
    public static MappedProducts Map(IEnumerable<OfferedProduct> products)
    {
        var images = new List<OfferedImage>();
        var problems = new List<Problem>();
        var sizes = new Dictionary<Digest, long>();
        var isWhole = true;
        foreach (var product in products)
        {
            var before = problems.Count;
            if (MapOrNull(product, sizes, problems) is { } image)
                images.Add(image);
            else
                isWhole &= !problems.Skip(before).Any(p => p.Level == ProblemLevel.Warning);
        }

        AddPathConflicts(images, problems);
        return new MappedProducts(images, problems, isWhole);
    }

    private static OfferedImage? MapOrNull(OfferedProduct product, Dictionary<Digest, long> sizes, List<Problem> problems)
    {
        if (product.Tags.GetValueOrDefault("datatype") == "release-notifications")
            return null; // a message to people, not an image
        if (ProductRules.LeftOutOrNull(product) is { } leftOut)
        {
            problems.Add(new Problem(ProblemLevel.Note, product.Name, leftOut));
            return null;
        }

        if (IdentityFaultOrNull(product, out var image) is { } fault)
        {
            problems.Add(new Problem(ProblemLevel.Warning, product.Name, fault));
            return null;
        }

        return NewestUsableOrNull(product, image!, sizes, problems);
    }

    private static Fault? IdentityFaultOrNull(OfferedProduct product, out OfferedImage? image)
    {
        image = null;
        if (product.Name.Length > MaxProductName || product.ContentId.Length > MaxProductName)
        {
            return new Fault(
                "product-name-too-long",
                $"Its name or content id has more than {MaxProductName} characters. The publisher has to shorten it.");
        }

        var tags = product.Tags;
        var type = tags.GetValueOrDefault("bootloader-type");
        string[] needed = type is null ? ["os", "release", "arch", "subarch", "label"] : ["os", "arch", "label"];
        var missing = needed.Where(k => string.IsNullOrEmpty(tags.GetValueOrDefault(k))).ToList();
        if (missing.Count > 0)
        {
            return new Fault(
                "product-key-missing",
                $"It has no {string.Join(", ", missing)}, so it cannot be told which image it is. "
                + "The publisher has to add it.");
        }

        image = type is null ? ImageOrNull(tags, product) : BootloaderOrNull(tags, product, type);
        return image is null
            ? new Fault(
                "product-name-unsafe",
                $"Its os '{tags["os"]}', release '{type ?? tags["release"]}', arch '{tags["arch"]}' or subarch cannot be "
                + "a path segment (no slash, blank or control character). The publisher has to correct it.")
            : null;
    }

    private static OfferedImage? ImageOrNull(IReadOnlyDictionary<string, string> tags, OfferedProduct product)
    {
        var (os, release, subarch) = (tags["os"], tags["release"], tags["subarch"]);
        var flavor = tags.GetValueOrDefault("kflavor");
        var isCore = os == "ubuntu-core" && tags.ContainsKey("gadget_snap");
        var imageRelease = isCore ? $"{release}-{tags["gadget_snap"]}" : release;
        var imageSubarch = isCore ? KernelFlavors.Generic : KernelFlavors.Apply(subarch, flavor);
        if (!ImageName.TryParse($"{os}/{imageRelease}", out var name)
            || !Architecture.TryParse($"{tags["arch"]}/{imageSubarch}", out var architecture)
            || !SafeName.IsSafe(tags["label"]))
        {
            return null;
        }

        var version = tags.GetValueOrDefault("version");
        return Empty(product, new ResourceKey(name, architecture), tags) with
        {
            Release = release,
            Subarch = subarch,
            KernelFlavor = isCore ? tags.GetValueOrDefault("kernel_snap") : flavor,
            Alias = version is null ? null : $"{os}/{version}",
            Title = TitleOrNull(tags),
            ReleaseTitle = tags.GetValueOrDefault("release_title", ""),
            Subarches = Split(tags.GetValueOrDefault("subarches", "")),
            Platform = tags.GetValueOrDefault("platform"),
            SupportedPlatforms = tags.GetValueOrDefault("supported_platforms"),
            Rolling = IsTrue(tags.GetValueOrDefault("rolling")),
            IsReleaseKernel = subarch == $"ga-{version}" || subarch == $"hwe-{release[0]}",
        };
    }

    private static OfferedImage? BootloaderOrNull(
        IReadOnlyDictionary<string, string> tags, OfferedProduct product, string type) =>
        ImageName.TryParse($"{tags["os"]}/{type}", out var name)
        && Architecture.TryParse($"{tags["arch"]}/{KernelFlavors.Generic}", out var architecture)
        && SafeName.IsSafe(tags["label"])
            ? Empty(product, new ResourceKey(name, architecture), tags) with
            {
                Release = type,
                Subarch = KernelFlavors.Generic,
                BootloaderType = type,
            }
            : null;

    private static OfferedImage Empty(OfferedProduct product, ResourceKey key, IReadOnlyDictionary<string, string> tags) =>
        new()
        {
            Key = key,
            ContentId = product.ContentId,
            ProductName = product.Name,
            Os = tags["os"],
            Release = "",
            Subarch = "",
            Label = tags["label"],
            Version = default,
            Files = [],
        };

    private static OfferedImage? NewestUsableOrNull(
        OfferedProduct product, OfferedImage image, Dictionary<Digest, long> sizes, List<Problem> problems)
    {
        var newestFirst = product.Versions.OrderByDescending(v => v.Name, StringComparer.Ordinal).ToList();
        var required = RequiredRoles(product, image);
        var refused = new List<string>();
        foreach (var version in newestFirst)
        {
            var mapping = VersionMapping.Of(product, version, sizes, problems);
            var fault = mapping.Fault ?? IncompleteOrNull(mapping.Roles, required);
            if (fault is null)
                return image with { Version = SetVersion.Parse(version.Name), Files = mapping.Files, RefusedVersions = refused };
            refused.Add(version.Name);
            problems.Add(new Problem(ProblemLevel.Warning, $"{product.Name} {version.Name}", fault));
        }

        if (newestFirst.Count == 0)
        {
            problems.Add(new Problem(ProblemLevel.Note, product.Name, new Fault(
                "product-without-versions", "It has no versions. Nothing to do.")));
        }

        return null;
    }

    /// <summary>
    /// A kernel without its root cannot boot, so a version that lost a part is no replacement of one that has it. Every
    /// Ubuntu image has all three; others are measured by what any of their versions has (a network installer is a
    /// kernel and an initrd and nothing else).
    /// </summary>
    private static FileRoles RequiredRoles(OfferedProduct product, OfferedImage image)
    {
        if (product.Versions.Count == 1 && image.Os != "ubuntu")
            return FileRoles.None;
        var seen = FileRoles.None;
        foreach (var type in product.Versions.SelectMany(v => v.Items).Select(i => i.Tags.GetValueOrDefault("ftype")))
        {
            seen |= type switch
            {
                "boot-kernel" => FileRoles.Kernel,
                "boot-initrd" => FileRoles.Initrd,
                "squashfs" or "root-image.gz" => FileRoles.Root,
                _ => FileRoles.None,
            };
        }

        return image.Os == "ubuntu" && (seen & (FileRoles.Kernel | FileRoles.Initrd)) != FileRoles.None ? BootRoles : seen;
    }

    private static Fault? IncompleteOrNull(FileRoles roles, FileRoles required)
    {
        var missing = required & ~roles;
        return missing == FileRoles.None
            ? null
            : new Fault(
                "version-incomplete",
                $"It has no {missing.ToString().ToLowerInvariant()} file, without which it cannot boot. An older version is "
                + "used if there is one; the publisher has to complete it.");
    }

    /// <summary>Content at a path never changes, so at most one of two digests at one path can be right.</summary>
    private static void AddPathConflicts(List<OfferedImage> images, List<Problem> problems)
    {
        var byPath = new Dictionary<string, Digest>(StringComparer.Ordinal);
        foreach (var image in images)
        {
            foreach (var file in image.Files)
            {
                if (byPath.TryAdd(file.Path, file.Digest) || byPath[file.Path] == file.Digest)
                    continue;
                problems.Add(new Problem(ProblemLevel.Warning, $"{image.ProductName} {image.Version} {file.ItemName}", new Fault(
                    "item-path-with-two-digests",
                    $"The path {file.Path} is named with two different SHA-256; only one can be right, so one of the images "
                    + "will fail. The publisher has to correct the stream.")));
            }
        }
    }

    private static string? TitleOrNull(IReadOnlyDictionary<string, string> tags)
    {
        if (!tags.TryGetValue("os_title", out var os) || !tags.TryGetValue("release_title", out var release))
            return null;
        return tags.TryGetValue("gadget_title", out var gadget) ? $"{os} {release} {gadget}" : $"{os} {release}";
    }

    private static string[] Split(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal)
            .ToArray();

    private static bool IsTrue(string? text) => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) || text == "1";
}
