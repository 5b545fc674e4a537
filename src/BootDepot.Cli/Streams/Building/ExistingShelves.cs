using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BootDepot.Region.Publishing;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Cli.Streams.Building;

/// <summary>The products that a stream folder has from earlier builds, and how new ones join them.</summary>
internal static class ExistingShelves
{
    /// <summary>Reads the product documents of a folder; empty for a new one.</summary>
    public static (IReadOnlyDictionary<Shelf, OrderedMap<Product>> Shelves, DateTimeOffset? Updated) Read(StreamFolder folder)
    {
        var shelves = new Dictionary<Shelf, OrderedMap<Product>>();
        DateTimeOffset? updated = null;
        foreach (var shelf in Shelf.All)
        {
            var file = folder.PathOf($"streams/v1/{shelf.FileName}.json");
            if (!File.Exists(file))
                continue;
            using var stream = File.OpenRead(file);
            var bytes = new byte[int.CreateChecked(stream.Length)];
            stream.ReadExactly(bytes);
            var document = DocumentReader.ReadProducts(bytes, expectedContentId: shelf.ContentId);
            shelves[shelf] = document.Products;
            updated = document.UpdatedAt > updated || updated is null ? document.UpdatedAt : updated;
        }

        return (shelves, updated);
    }

    /// <summary>Both together: a new version joins or replaces the old ones of its product, and new product tags win.</summary>
    public static IReadOnlyDictionary<Shelf, OrderedMap<Product>> Merge(
        IReadOnlyDictionary<Shelf, OrderedMap<Product>> present, IReadOnlyDictionary<Shelf, OrderedMap<Product>> fresh) =>
        present.Keys.Union(fresh.Keys).ToDictionary(s => s, s => Merge(
            present.GetValueOrDefault(s, OrderedMap<Product>.Empty), fresh.GetValueOrDefault(s, OrderedMap<Product>.Empty)));

    /// <summary>Whether they would be published as the same text.</summary>
    public static bool Same(
        IReadOnlyDictionary<Shelf, OrderedMap<Product>> left, IReadOnlyDictionary<Shelf, OrderedMap<Product>> right) =>
        left.Count == right.Count && left.All(l => right.TryGetValue(l.Key, out var r) && Text(l.Key, l.Value).SequenceEqual(Text(l.Key, r)));

    private static byte[] Text(Shelf shelf, OrderedMap<Product> products) =>
        DocumentWriter.Write(new ProductDocument { ContentId = shelf.ContentId, Products = products });

    private static OrderedMap<Product> Merge(OrderedMap<Product> present, OrderedMap<Product> fresh) =>
        new(present.Keys.Union(fresh.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => KeyValuePair.Create(
            name,
            !fresh.TryGetValue(name, out var added) ? present[name]
            : !present.TryGetValue(name, out var old) ? added
            : added with { Versions = Merge(old.Versions, added.Versions) })));

    private static OrderedMap<ProductVersion> Merge(OrderedMap<ProductVersion> present, OrderedMap<ProductVersion> fresh) =>
        new(present.Keys.Union(fresh.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => KeyValuePair.Create(
            name, fresh.TryGetValue(name, out var added) ? added : present[name])));
}
