using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Region.Publishing;

/// <summary>Writes and signs the documents of a composition: each as <c>.json</c>, <c>.json.gpg</c> and <c>.sjson</c>.</summary>
internal sealed class StreamSigner(StreamKeyRing keys)
{
    private const string Folder = "streams/v1/";
    private const string Datatype = "image-ids";

    /// <summary>The documents without dates, by name: what the ledger compares to tell whether they changed.</summary>
    public static IReadOnlyDictionary<string, byte[]> Undated(StreamComposer.Composition composition)
    {
        var contents = composition.Shelves.ToDictionary(
            s => s.Key.ContentId,
            s => DocumentWriter.Write(DocumentOf(s.Key, s.Value, updated: null)),
            StringComparer.Ordinal);
        foreach (var index in IndexesOf(composition))
        {
            // An index changes whenever one of its documents does.
            var parts = contents.Where(c => Shelf.All.Any(s => s.Index == index && s.ContentId == c.Key))
                .OrderBy(c => c.Key, StringComparer.Ordinal)
                .Select(c => c.Key + Convert.ToHexStringLower(SHA256.HashData(c.Value)));
            contents[NameOf(index)] = Encoding.UTF8.GetBytes(string.Join('\n', parts));
        }

        return contents;
    }

    /// <summary>Everything that the stream serves besides blobs, by path.</summary>
    public IReadOnlyDictionary<string, PublishedDocument> Sign(
        StreamComposer.Composition composition, IReadOnlyDictionary<string, DateTimeOffset> dates)
    {
        var set = keys.Now;
        var (key, keyring) = set;
        var documents = new Dictionary<string, PublishedDocument>(StringComparer.Ordinal);
        foreach (var (shelf, products) in composition.Shelves)
        {
            var date = dates[shelf.ContentId];
            var bytes = DocumentWriter.Write(DocumentOf(shelf, products, StreamTime.Format(date)));
            Add(key, documents, Folder + shelf.FileName, bytes, bytes, date);
        }

        foreach (var index in IndexesOf(composition))
        {
            var date = dates[NameOf(index)];
            var shelves = composition.Shelves.Where(s => s.Key.Index == index && s.Value.Count > 0).OrderBy(s => s.Key.ContentId, StringComparer.Ordinal).ToList();
            var plain = DocumentWriter.Write(IndexOf(shelves, dates, date, ".json"));
            var inline = DocumentWriter.Write(IndexOf(shelves, dates, date, ".sjson"));
            Add(key, documents, Folder + NameOf(index), plain, inline, date);
        }

        foreach (var (path, bytes) in composition.Manifests)
            documents[path] = Document(bytes, "text/plain; charset=utf-8", DateTimeOffset.UnixEpoch, immutable: true);
        foreach (var (path, bytes) in set.Signed)
            documents[path] = Document(bytes, "text/plain; charset=utf-8", key.CreatedAt);
        documents[Folder + "keyring.gpg"] = Document(keyring, "application/pgp-keys", key.CreatedAt);
        return documents;
    }

    /// <summary>The main index is always there, so that a reader of an empty region sees an empty stream and not a missing one.</summary>
    private static IEnumerable<StreamIndexName> IndexesOf(StreamComposer.Composition composition) =>
        composition.Shelves.Keys.Select(s => s.Index).Append(StreamIndexName.Main).Distinct().Order();

    private static string NameOf(StreamIndexName index) => index switch
    {
        StreamIndexName.Main => "index",
        StreamIndexName.Custom => "custom",
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    private static ProductDocument DocumentOf(Shelf shelf, OrderedMap<Product> products, string? updated) => new()
    {
        ContentId = shelf.ContentId,
        Datatype = Datatype,
        Updated = updated,
        Products = products,
    };

    private static StreamIndex IndexOf(
        List<KeyValuePair<Shelf, OrderedMap<Product>>> shelves,
        IReadOnlyDictionary<string, DateTimeOffset> dates,
        DateTimeOffset date,
        string ending) => new()
        {
            Updated = StreamTime.Format(date),
            Entries = new OrderedMap<IndexEntry>(shelves.Select(s => KeyValuePair.Create(s.Key.ContentId, new IndexEntry
            {
                ContentId = s.Key.ContentId,
                PathText = Folder + s.Key.FileName + ending,
                Format = ProductDocument.FormatName,
                Datatype = Datatype,
                Updated = StreamTime.Format(dates[s.Key.ContentId]),
                Products = [.. s.Value.Keys.Order(StringComparer.Ordinal)],
            }))),
        };

    private static void Add(SigningKey key, Dictionary<string, PublishedDocument> documents, string path, byte[] plain, byte[] inline, DateTimeOffset date)
    {
        // A signature that is older than its key is refused; after a key's succession old documents are signed anew.
        var signedAt = date > key.CreatedAt ? date : key.CreatedAt;
        documents[path + ".json"] = Document(plain, "application/json", date);
        documents[path + ".json.gpg"] = Document(key.SignDetached(plain, signedAt), "application/pgp-signature", date);
        documents[path + ".sjson"] = Document(key.ClearSign(inline, signedAt), "text/plain; charset=utf-8", date);
    }

    private static PublishedDocument Document(byte[] bytes, string type, DateTimeOffset modified, bool immutable = false) =>
        new(bytes, type, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"", modified, immutable);
}
