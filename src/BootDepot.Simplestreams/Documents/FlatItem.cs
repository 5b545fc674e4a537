using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace BootDepot.Simplestreams.Documents;

/// <summary>
/// An item with all tags that hold for it: those of the document, its product, its version and its own, the innermost
/// winning; then <c>content_id</c>, <c>product_name</c>, <c>version_name</c> and <c>item_name</c>, which override any tag of
/// that name. Only strings and numbers are seen; a list or an object hides nothing.
/// </summary>
public sealed class FlatItem
{
    private readonly OrderedMap<TagValue>[] _levels;

    internal FlatItem(ProductDocument document, Product product, ProductVersion version, ProductItem item, params OrderedMap<TagValue>[] outermostFirst)
    {
        Document = document;
        Product = product;
        Version = version;
        Item = item;
        _levels = outermostFirst;
    }

    /// <summary>The document it is in.</summary>
    public ProductDocument Document { get; }

    /// <summary>The product it is in.</summary>
    public Product Product { get; }

    /// <summary>The version it is in.</summary>
    public ProductVersion Version { get; }

    /// <summary>The item with its own tags only.</summary>
    public ProductItem Item { get; }

    /// <summary>The value of a tag, numbers as written; null when no level has it.</summary>
    [IndexerName("Tag")]
    public string? this[string tag] => tag switch
    {
        "content_id" => Document.ContentId,
        "product_name" => Product.Name,
        "version_name" => Version.Name,
        "item_name" => Item.Name,
        _ => InheritedOrNull(tag),
    };

    /// <summary>All tags of the flat view.</summary>
    public IReadOnlyDictionary<string, string> ToDictionary()
    {
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        AddIfPresent("datatype", Document.Datatype);
        AddIfPresent("format", ProductDocument.FormatName);
        AddIfPresent("updated", Document.Updated);
        foreach (var level in _levels)
        {
            foreach (var (name, value) in level)
                AddIfPresent(name, value.ScalarOrNull);
        }

        foreach (var name in (ReadOnlySpan<string>)["content_id", "product_name", "version_name", "item_name"])
            flat[name] = this[name]!;
        return flat;

        void AddIfPresent(string name, string? value)
        {
            if (value is not null)
                flat[name] = value;
        }
    }

    /// <summary>Where its bytes are; null when it is a pure fact without bytes.</summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.PathUnsafe"/>.</exception>
    public StreamPath? GetPathOrNull() => this["path"] is { } path ? StreamPath.ParseItem(path) : null;

    /// <summary>Its size in bytes, from a number or a decimal string; null when absent.</summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.ItemMalformed"/>: negative, fractional or beyond 2^63-1.</exception>
    public long? GetSizeOrNull()
    {
        if (this["size"] is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : throw Malformed("size", text, "a whole number of bytes");
    }

    /// <summary>Its SHA-256, 64 lower-case hexadecimal digits whatever the case in the document; null when absent.</summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.ItemMalformed"/>: not 64 hexadecimal digits.</exception>
    public string? GetSha256OrNull()
    {
        if (this["sha256"] is not { } text)
            return null;
        if (text.Length != 64)
            throw Malformed("sha256", text, "64 hexadecimal digits");
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
                throw Malformed("sha256", text, "64 hexadecimal digits");
        }

        return text.ToLowerInvariant();
    }

    private string? InheritedOrNull(string tag)
    {
        for (var i = _levels.Length - 1; i >= 0; i--)
        {
            if (_levels[i].TryGetValue(tag, out var value) && value.ScalarOrNull is { } scalar)
                return scalar;
        }

        return tag switch
        {
            "datatype" => Document.Datatype,
            "format" => ProductDocument.FormatName,
            "updated" => Document.Updated,
            _ => null,
        };
    }

    private StreamException Malformed(string tag, string value, string wanted) =>
        new(StreamErrors.ItemMalformed,
            $"The item '{Excerpt.Of(Item.Name)}' of version '{Excerpt.Of(Version.Name)}' of '{Excerpt.Of(Product.Name)}' has the {tag} '{Excerpt.Of(value)}'; {wanted} is needed.");
}
