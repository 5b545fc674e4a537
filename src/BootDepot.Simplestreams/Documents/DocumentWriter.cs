using System;
using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Simplestreams.Documents;

/// <summary>
/// Writes documents in the publishers' style: names sorted, one blank of indent per level, ASCII only, one final
/// newline. The same document gives the same bytes.
/// </summary>
public static class DocumentWriter
{
    /// <summary>
    /// Longest line that is written, in bytes. GnuPG cuts clear-signed lines at about 19,990 bytes and misjudges longer ones,
    /// so no document that may be signed comes near.
    /// </summary>
    public const int MaxLineBytes = 8000;

    /// <summary>Writes an index.</summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.DocumentLineTooLong"/>.</exception>
    public static byte[] Write(StreamIndex index)
    {
        var text = new JsonLines();
        text.Map(
            index.Tags,
            Text("format", StreamIndex.FormatName),
            Text("updated", index.Updated),
            ("index", t => t.Map(index.Entries, Write)));
        return text.ToArray();
    }

    /// <summary>Writes a products document.</summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.DocumentLineTooLong"/>.</exception>
    public static byte[] Write(ProductDocument document)
    {
        var text = new JsonLines();
        text.Map(
            document.Tags,
            Text("content_id", document.ContentId),
            Text("datatype", document.Datatype),
            Text("format", ProductDocument.FormatName),
            Text("updated", document.Updated),
            ("_aliases", document.Aliases.Count == 0 ? null : t => t.Map(document.Aliases, WriteAliases)),
            ("products", t => t.Map(document.Products, Write)));
        return text.ToArray();
    }

    private static void Write(JsonLines text, IndexEntry entry) => text.Map(
        entry.Tags,
        Text("path", entry.PathText),
        Text("format", entry.Format),
        Text("datatype", entry.Datatype),
        Text("updated", entry.Updated),
        ("products", entry.Products is { } names ? t => t.List(names.Select(TagValue.Of).ToArray()) : null));

    private static void Write(JsonLines text, Product product) =>
        text.Map(product.Tags, ("versions", t => t.Map(product.Versions, Write)));

    private static void Write(JsonLines text, ProductVersion version) =>
        text.Map(version.Tags, ("items", t => t.Map(version.Items, (u, item) => u.Map(item.Tags))));

    private static void WriteAliases(JsonLines text, OrderedMap<OrderedMap<TagValue>> values) =>
        text.Map(values, (t, tags) => t.Map(tags));

    private static (string Name, Action<JsonLines>? Write) Text(string name, string? value) =>
        (name, value is null ? null : t => t.Scalar(value));

    /// <summary>Writes the tags and the given members, all sorted by name; a member without a writer is left out.</summary>
    private static void Map(this JsonLines text, OrderedMap<TagValue> tags, params ReadOnlySpan<(string Name, Action<JsonLines>? Write)> members)
    {
        var all = new List<KeyValuePair<string, Action<JsonLines>>>(tags.Count + members.Length);
        foreach (var (name, value) in tags)
            all.Add(new(name, t => t.Value(value)));
        foreach (var (name, write) in members)
        {
            if (write is not null)
                all.Add(new(name, write));
        }

        text.Map(all, (t, write) => write(t));
    }
}
