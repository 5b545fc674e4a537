using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Images;
using BootDepot.Images.Products;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Region.Publishing;

/// <summary>The keys of a published product: upstream's own, with those that identify the image set by us.</summary>
internal static class ProductTags
{
    /// <summary>
    /// A tag whose text is longer stays unpublished: the documents are signed as text, and GnuPG cuts long lines.
    /// </summary>
    private const int MaxTextLength = 6000;

    // A strict reader passes these to a constructor twice and dies.
    private static readonly string[] Forbidden = ["name", "product_name", "version_name", "versions", "items", "content_id", "item_name"];

    /// <summary>The product's tags.</summary>
    public static OrderedMap<TagValue> Of(PublishedSet set)
    {
        var tags = Own(set.ProductTags);
        var name = ImageName.Parse(set.Name);
        var architecture = Architecture.Parse(set.Architecture);
        tags["arch"] = architecture.Arch;
        tags["label"] = set.Label;
        tags["os"] = name.Os;
        if (set.BootloaderType is { } type)
        {
            tags["bootloader-type"] = type;
            tags.TryAdd("arches", architecture.Arch);
            return Sorted(tags);
        }

        var subarch = tags.TryGetValue("subarch", out var own) && own.TextOrNull is { Length: > 0 } text
            ? text
            : KernelFlavors.Strip(architecture.Subarch, set.KernelFlavor);
        tags["subarch"] = subarch;
        tags["subarches"] = set.Subarches is { Length: > 0 } served ? served : subarch;
        // Without it a strict importer names the resource amd64/ga-24.04-None.
        tags["kflavor"] = set.KernelFlavor ?? KernelFlavors.Generic;
        // Ubuntu Core's release has the gadget appended in the resource's name; its own key is the right one.
        if (!tags.TryGetValue("release", out var release) || release.TextOrNull is not { Length: > 0 })
            tags["release"] = name.Release;
        // Strict readers want a string; a number breaks them.
        tags["version"] = tags.TryGetValue("version", out var version) ? version.ScalarOrNull ?? name.Release : name.Release;
        if (!tags.TryGetValue("release_title", out var title) || title.TextOrNull is not { Length: > 0 })
            tags["release_title"] = set.Title is { Length: > 0 } ? set.Title : set.Name;
        if (set.BaseImage.Length > 0)
            tags["base_image"] = set.BaseImage;
        return Sorted(tags);
    }

    /// <summary>Tags kept from upstream, as JSON, without those that may not be published.</summary>
    public static Dictionary<string, TagValue> Own(string json) =>
        TagMap.Parse(json)
            .Where(t => !Forbidden.Contains(t.Key) && t.Value.ScalarOrNull is not { Length: > MaxTextLength })
            .ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal);

    /// <summary>The product's name: upstream's, else one in upstream's grammar under our own domain.</summary>
    public static string NameOf(PublishedSet set, Shelf shelf)
    {
        if (set.ProductName is { Length: > 0 } upstream && set.Kind != Catalog.Resources.ResourceKind.Uploaded)
            return Promoted(upstream, set);
        var name = ImageName.Parse(set.Name);
        var architecture = Architecture.Parse(set.Architecture);
        return shelf == Shelf.Custom
            ? $"org.bootdepot.custom:1:{name.Os}:{name.Release}:{architecture.Arch}:{architecture.Subarch}"
            : $"org.bootdepot.{set.Label}:v3:boot:{name.Os}-{name.Release}:{architecture.Arch}:{architecture.Subarch}";
    }

    // Upstream's names begin with domain and label: com.ubuntu.maas.candidate:v3:boot:…
    private static string Promoted(string product, PublishedSet set)
    {
        if (set.UpstreamLabel is not { } label)
            return product;
        var domain = product.Split(':')[0];
        return domain.EndsWith("." + label, StringComparison.Ordinal)
            ? domain[..^label.Length] + set.Label + product[domain.Length..]
            : product;
    }

    public static OrderedMap<TagValue> Sorted(Dictionary<string, TagValue> tags) =>
        new(tags.OrderBy(t => t.Key, StringComparer.Ordinal));
}
