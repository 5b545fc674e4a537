using System;
using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Simplestreams.Documents;

/// <summary>A <c>products:1.0</c> document: products, their versions, and the items of each version.</summary>
public sealed record ProductDocument
{
    /// <summary>The one format of a products document.</summary>
    public const string FormatName = "products:1.0";

    /// <summary>The stream-wide identity of the document.</summary>
    public required string ContentId { get; init; }

    /// <summary>As in <c>image-ids</c>; null when absent. Carries no behaviour.</summary>
    public string? Datatype { get; init; }

    /// <summary>When it was generated, as written (RFC 2822); null when absent.</summary>
    public string? Updated { get; init; }

    /// <summary><see cref="Updated"/> as a time; null when absent or unreadable.</summary>
    public DateTimeOffset? UpdatedAt => StreamTime.ParseOrNull(Updated);

    /// <summary>Every other key of the document; inherited by all items.</summary>
    public OrderedMap<TagValue> Tags { get; init; } = OrderedMap<TagValue>.Empty;

    /// <summary>The <c>_aliases</c> table: tag name, its value, the tags that stand for it.</summary>
    public OrderedMap<OrderedMap<OrderedMap<TagValue>>> Aliases { get; init; } = OrderedMap<OrderedMap<OrderedMap<TagValue>>>.Empty;

    /// <summary>By name, in the document's order.</summary>
    public required OrderedMap<Product> Products { get; init; }

    /// <summary>All items with the tags they inherit, in the document's order.</summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.DocumentUnknownAlias"/> when reached.</exception>
    public IEnumerable<FlatItem> Flatten() => Products.Values.SelectMany(Flatten);

    /// <summary>The items of one of this document's products, with the tags they inherit.</summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.DocumentUnknownAlias"/> when reached.</exception>
    public IEnumerable<FlatItem> Flatten(Product product)
    {
        var documentTags = AliasTable.Apply(Aliases, Tags);
        var productTags = AliasTable.Apply(Aliases, product.Tags);
        foreach (var version in product.Versions.Values)
        {
            var versionTags = AliasTable.Apply(Aliases, version.Tags);
            foreach (var item in version.Items.Values)
            {
                yield return new FlatItem(this, product, version, item, documentTags, productTags, versionTags, AliasTable.Apply(Aliases, item.Tags));
            }
        }
    }
}

/// <summary>A product: what a publisher offers, over time.</summary>
public sealed record Product
{
    /// <summary>Unique in its document.</summary>
    public required string Name { get; init; }

    /// <summary>Tags, without <c>versions</c>; inherited by its items.</summary>
    public OrderedMap<TagValue> Tags { get; init; } = OrderedMap<TagValue>.Empty;

    /// <summary>By name, in the document's order. The newest is the one that sorts last bytewise.</summary>
    public OrderedMap<ProductVersion> Versions { get; init; } = OrderedMap<ProductVersion>.Empty;
}

/// <summary>A version of a product.</summary>
public sealed record ProductVersion
{
    /// <summary>Unique in its product; ordered bytewise, never a date.</summary>
    public required string Name { get; init; }

    /// <summary>Tags, without <c>items</c>; inherited by its items.</summary>
    public OrderedMap<TagValue> Tags { get; init; } = OrderedMap<TagValue>.Empty;

    /// <summary>By name, in the document's order.</summary>
    public OrderedMap<ProductItem> Items { get; init; } = OrderedMap<ProductItem>.Empty;
}

/// <summary>An item of a version: usually a file.</summary>
/// <param name="Name">Unique in its version.</param>
/// <param name="Tags">The item's own tags; read them through <see cref="FlatItem"/>, which adds the inherited ones.</param>
public sealed record ProductItem(string Name, OrderedMap<TagValue> Tags);
