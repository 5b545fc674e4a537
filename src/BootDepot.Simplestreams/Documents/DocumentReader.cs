using System;
using System.Buffers;
using System.Linq;
using System.Text.Json;
using System.Text.Unicode;

namespace BootDepot.Simplestreams.Documents;

/// <summary>
/// Reads the documents of a stream from bytes whose signature was verified before (or is deliberately not asked for).
/// Unknown keys are kept; names that occur twice, other encodings than UTF-8, and anything beyond the limits are refused.
/// </summary>
public static class DocumentReader
{
    /// <summary>Reads an <c>index:1.0</c> document.</summary>
    /// <exception cref="StreamException">One of the <c>document-</c> codes.</exception>
    public static StreamIndex ReadIndex(ReadOnlySpan<byte> utf8, StreamLimits? limits = null) =>
        Read(utf8, limits, static (ref json, tree) => ReadIndex(ref json, tree));

    /// <summary>Reads a <c>products:1.0</c> document.</summary>
    /// <param name="utf8">The text; a byte order mark before it is ignored.</param>
    /// <param name="limits">What is too much; <see cref="StreamLimits.Default"/> when null.</param>
    /// <param name="expectedContentId">The content id under which an index named it: another one is refused, since a signed
    /// document in the place of another is an attack. Null when no index was read.</param>
    /// <exception cref="StreamException">One of the <c>document-</c> codes.</exception>
    public static ProductDocument ReadProducts(ReadOnlySpan<byte> utf8, StreamLimits? limits = null, string? expectedContentId = null)
    {
        var document = Read(utf8, limits, static (ref json, tree) => new ProductsReader(tree).Read(ref json));
        if (expectedContentId is not null && document.ContentId != expectedContentId)
        {
            throw new StreamException(
                StreamErrors.DocumentWrongContentId,
                $"The document is '{Excerpt.Of(document.ContentId)}', but '{Excerpt.Of(expectedContentId)}' was asked for. Someone put one signed document in the place of another.");
        }

        return document;
    }

    /// <summary>Reads a JSON object of tags, as <see cref="TagMap.ToJson"/> writes it.</summary>
    internal static OrderedMap<TagValue> ReadTags(ReadOnlySpan<byte> utf8) =>
        Read(utf8, null, static (ref json, tree) => tree.ReadTags(ref json, "the object of tags", static (ref _, _) => -1));

    private static T Read<T>(ReadOnlySpan<byte> utf8, StreamLimits? limits, DocumentBody<T> body)
    {
        limits ??= StreamLimits.Default;
        if (utf8.Length > limits.DocumentBytes)
        {
            throw new StreamException(
                StreamErrors.DocumentTooLarge,
                $"The document has {utf8.Length} bytes; at most {limits.DocumentBytes} are read.");
        }

        utf8 = utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        if (!Utf8.IsValid(utf8))
            throw JsonTreeReader.Malformed("it is not in UTF-8");
        // One more level than allowed, so that it is this library that refuses the depth, with its own code.
        var json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = limits.Depth + 1 });
        try
        {
            json.Read();
            var document = body(ref json, new JsonTreeReader(limits));
            json.Read();
            return document;
        }
        catch (JsonException e)
        {
            throw JsonTreeReader.Malformed($"it is not JSON, at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
        }
    }

    private static StreamIndex ReadIndex(ref Utf8JsonReader json, JsonTreeReader tree)
    {
        string? format = null, updated = null;
        OrderedMap<IndexEntry>? entries = null;
        var tags = tree.ReadTags(ref json, "the index", (ref j, name) =>
        {
            switch (name)
            {
                case "format":
                    format = tree.ReadTextOrNull(ref j, name);
                    return 0;
                case "updated":
                    updated = tree.ReadTextOrNull(ref j, name);
                    return 1;
                case "index":
                    entries = tree.ReadMap(ref j, "'index'", tree.Limits.IndexEntries, (ref e, id) => ReadEntry(ref e, tree, id));
                    return 2;
                default:
                    return -1;
            }
        });
        CheckFormat(format, StreamIndex.FormatName);
        return new StreamIndex
        {
            Updated = updated,
            Entries = entries ?? throw JsonTreeReader.Malformed("the index has no 'index'"),
            Tags = tags,
        };
    }

    private static IndexEntry ReadEntry(ref Utf8JsonReader json, JsonTreeReader tree, string contentId)
    {
        var texts = new string?[4];
        string[]? products = null;
        var tags = tree.ReadTags(ref json, "an entry of the index", (ref j, name) =>
        {
            if (name == "products")
            {
                products = ReadNames(ref j, tree);
                return 4;
            }

            var slot = name switch { "path" => 0, "format" => 1, "datatype" => 2, "updated" => 3, _ => -1 };
            if (slot >= 0)
                texts[slot] = tree.ReadTextOrNull(ref j, name);
            return slot;
        });
        return new IndexEntry
        {
            ContentId = contentId,
            PathText = texts[0],
            Format = texts[1],
            Datatype = texts[2],
            Updated = texts[3],
            Products = products,
            Tags = tags,
        };
    }

    private static string[]? ReadNames(ref Utf8JsonReader json, JsonTreeReader tree)
    {
        var value = tree.ReadValue(ref json);
        if (value.Kind == TagKind.Null)
            return null;
        return value.ListOrNull?.Select(v => v.TextOrNull ?? throw Wrong()).ToArray() ?? throw Wrong();

        static StreamException Wrong() => JsonTreeReader.Malformed("'products' of an entry of the index must be a list of strings");
    }

    internal static void CheckFormat(string? format, string wanted)
    {
        if (format == wanted)
            return;
        throw new StreamException(
            StreamErrors.DocumentWrongFormat,
            format is null
                ? $"The document has no 'format'; '{wanted}' is needed."
                : $"The document has the format '{Excerpt.Of(format)}'; '{wanted}' is needed.");
    }

    private delegate T DocumentBody<out T>(ref Utf8JsonReader json, JsonTreeReader tree);
}
