using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using BootDepot.Images;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Region.Publishing;

/// <summary>Makes the products of the published stream from what is held. A pure function: the same sets give the same products.</summary>
internal static class StreamComposer
{
    /// <summary>
    /// Products by shelf (shelves that never had any are left out), and the manifests that were written for sets which came without.
    /// </summary>
    public sealed record Composition(
        IReadOnlyDictionary<Shelf, OrderedMap<Product>> Shelves,
        IReadOnlyDictionary<string, byte[]> Manifests);

    /// <summary>Composes.</summary>
    /// <param name="sets">What is served.</param>
    /// <param name="former">What was, a moment ago: who was told of it may still ask for its manifest.</param>
    /// <param name="known">Documents that were published before: an index that somebody just read may name them.</param>
    public static Composition Compose(IEnumerable<PublishedSet> sets, IEnumerable<PublishedSet>? former = null, IEnumerable<Shelf>? known = null)
    {
        var manifests = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var shelves = new Dictionary<Shelf, Dictionary<string, List<(PublishedSet Set, ProductVersion Version)>>>();
        foreach (var set in sets)
        {
            var items = ItemsOf(set);
            var shelf = Shelf.For(set, items);
            // Every reader of the main index fetches or at least demands a manifest; bootloader products never have one.
            if (NeedsManifest(shelf, items))
                items["manifest"] = WriteManifest(set, manifests);
            var version = new ProductVersion
            {
                Name = set.Version,
                Tags = ProductTags.Sorted(ProductTags.Own(set.VersionTags)),
                Items = new OrderedMap<ProductItem>(
                    items.OrderBy(i => i.Key, StringComparer.Ordinal)
                        .Select(i => KeyValuePair.Create(i.Key, new ProductItem(i.Key, i.Value)))),
            };
            Place(shelves, shelf, set, version);
        }

        foreach (var set in former ?? [])
        {
            var items = ItemsOf(set);
            if (NeedsManifest(Shelf.For(set, items), items))
                WriteManifest(set, manifests);
        }

        foreach (var shelf in known ?? [])
            shelves.TryAdd(shelf, []);
        return new Composition(
            shelves.ToDictionary(s => s.Key, s => ProductsOf(s.Value)),
            manifests);
    }

    /// <summary>Path of an item: named by content, so that it can never get other bytes.</summary>
    public static string PathOf(string sha256, string filename) => $"sha256/{sha256}/{filename}";

    private static bool NeedsManifest(Shelf shelf, Dictionary<string, OrderedMap<TagValue>> items) =>
        shelf.Index == StreamIndexName.Main && shelf != Shelf.Bootloaders && !items.ContainsKey("manifest");

    private static void Place(
        Dictionary<Shelf, Dictionary<string, List<(PublishedSet Set, ProductVersion Version)>>> shelves,
        Shelf shelf,
        PublishedSet set,
        ProductVersion version)
    {
        if (!shelves.TryGetValue(shelf, out var products))
            shelves.Add(shelf, products = new(StringComparer.Ordinal));
        var name = ProductTags.NameOf(set, shelf);
        if (!products.TryGetValue(name, out var versions))
            products.Add(name, versions = []);
        versions.Add((set, version));
    }

    private static OrderedMap<Product> ProductsOf(Dictionary<string, List<(PublishedSet Set, ProductVersion Version)>> products) =>
        new(products.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p =>
        {
            var versions = p.Value
                .DistinctBy(v => v.Version.Name, StringComparer.Ordinal)
                .OrderBy(v => v.Version.Name, StringComparer.Ordinal)
                .ToList();
            return KeyValuePair.Create(p.Key, new Product
            {
                Name = p.Key,
                Tags = ProductTags.Of(versions[^1].Set), // the newest version speaks for the product
                Versions = new OrderedMap<ProductVersion>(versions.Select(v => KeyValuePair.Create(v.Version.Name, v.Version))),
            });
        }));

    private static Dictionary<string, OrderedMap<TagValue>> ItemsOf(PublishedSet set)
    {
        var items = new Dictionary<string, OrderedMap<TagValue>>(StringComparer.Ordinal);
        foreach (var file in set.Files.OrderBy(f => f.Filename, StringComparer.Ordinal))
        {
            var tags = ProductTags.Own(file.ItemTags);
            foreach (var stale in (ReadOnlySpan<string>)["md5", "sha512"])
                tags.Remove(stale); // only what was verified here is vouched for
            tags["ftype"] = file.FileType;
            tags["path"] = PathOf(file.Sha256, file.Filename);
            tags["sha256"] = file.Sha256;
            tags["size"] = file.Size;
            items[KeyOf(file, set)] = ProductTags.Sorted(tags);
        }

        return items;
    }

    /// <summary>
    /// The item's key: upstream's; but a tarball is always <c>root-tgz</c>, where the oldest streams keyed it <c>root-image.gz</c>.
    /// </summary>
    private static string KeyOf(PublishedFile file, PublishedSet set) =>
        set.BootloaderType is null && file.FileType is "root-tgz" ? file.FileType
        : file.ItemName is { Length: > 0 } name ? name
        : set.BootloaderType is null && FileType.FindOrNull(file.FileType) is not null ? file.FileType
        : file.Filename;

    private static OrderedMap<TagValue> WriteManifest(PublishedSet set, Dictionary<string, byte[]> manifests)
    {
        var text = new StringBuilder($"{set.Name} {set.Architecture} {set.Version}\n");
        foreach (var file in set.Files.OrderBy(f => f.Filename, StringComparer.Ordinal))
            text.Append(file.Sha256).Append("  ").Append(file.Filename).Append('\n');
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var path = PathOf(digest, "manifest");
        manifests[path] = bytes;
        return ProductTags.Sorted(new Dictionary<string, TagValue>(StringComparer.Ordinal)
        {
            ["ftype"] = "manifest",
            ["path"] = path,
            ["sha256"] = digest,
            ["size"] = bytes.Length,
        });
    }
}
