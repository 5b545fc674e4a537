using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using BootDepot.Images.Products;
using BootDepot.Simplestreams.Documents;
using BootDepot.Transfers.Documents;

namespace BootDepot.Region.Imports.Sources;

/// <summary>
/// Verified documents as parsed, by the SHA-256 of their text: a run that finds nothing changed parses nothing.
/// </summary>
internal sealed class DocumentMemory
{
    private readonly ConcurrentDictionary<string, StreamIndex> _indexes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ParsedProducts> _products = new(StringComparer.Ordinal);

    public StreamIndex? IndexOrNull(string sha256) => _indexes.GetValueOrDefault(sha256);

    public ParsedProducts? ProductsOrNull(string sha256) => _products.GetValueOrDefault(sha256);

    /// <summary>Parses an index, and remembers it.</summary>
    public StreamIndex AddIndex(string sha256, ReadOnlySpan<byte> text) =>
        _indexes[sha256] = DocumentReader.ReadIndex(text);

    /// <summary>Parses and maps a products document, and remembers it.</summary>
    public ParsedProducts AddProducts(string sha256, ReadOnlySpan<byte> text, string contentId)
    {
        var document = DocumentReader.ReadProducts(text, expectedContentId: contentId);
        return _products[sha256] = new ParsedProducts(document, ProductMapping.Map(ProductFacts.Of(document)));
    }

    /// <summary>Forgets all but the given ones.</summary>
    public void KeepOnly(IReadOnlySet<string> shas)
    {
        foreach (var sha in _indexes.Keys)
        {
            if (!shas.Contains(sha))
                _indexes.TryRemove(sha, out _);
        }

        foreach (var sha in _products.Keys)
        {
            if (!shas.Contains(sha))
                _products.TryRemove(sha, out _);
        }
    }
}

/// <summary>A products document and what it maps to.</summary>
internal sealed record ParsedProducts(ProductDocument Document, MappedProducts Mapped);
