using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Rack.Hosting;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Transfers;
using BootDepot.Transfers.Documents;

namespace BootDepot.Rack.Replication;

/// <summary>
/// The region's stream: read from the region when it answers, kept on disk as it was signed, verified each time it is read
/// from either. A stream that is older than the one before is refused.
/// </summary>
internal sealed class StreamCopy(RackFolder folder, SignedDocumentFetcher fetcher, RegionKeys keys, TimeProvider time)
{
    /// <summary>What the region publishes its stream under, below <c>/MAAS/</c>.</summary>
    public const string Base = "images-stream/";

    private static readonly ImmutableArray<string> Indexes = ["streams/v1/index.sjson", "streams/v1/custom.sjson"];

    private Dictionary<string, byte[]> _kept = new(StringComparer.Ordinal);
    private DateTimeOffset? _updated;
    private bool _isServed;

    /// <summary>What was kept of an earlier run; null when nothing was, or it does not verify.</summary>
    public Offers? LoadOrNull()
    {
        if (ReadOrNull(folder.Stream) is not var (kept, documents, updated))
            return null;
        (_kept, _updated) = (kept, updated);
        return Offers.Of(documents, "");
    }

    /// <summary>The stream when the rack last held all that it wanted: what is served until the present one is held.</summary>
    public Offers? LoadServedOrNull() => ReadOrNull(folder.ServedStream) is var (_, documents, _) ? Offers.Of(documents, "") : null;

    /// <summary>Says that all of the present stream that the rack wants is held.</summary>
    public void MarkServed()
    {
        if (_isServed || _kept.Count == 0)
            return;
        RackFolder.Replace(folder.ServedStream, File.ReadAllBytes(folder.Stream));
        _isServed = true;
    }

    /// <summary>Reads from the region. The former stays when it cannot be had, or not be trusted.</summary>
    /// <param name="region">The region, <c>…/MAAS/</c>.</param>
    /// <param name="mark">What the region calls the state that is read.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<(Offers? Offers, Fault? Fault)> ReadAsync(Uri region, string mark, CancellationToken cancel)
    {
        var received = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            var location = StreamLocation.Parse(new Uri(region, Base).AbsoluteUri);
            await keys.RefreshAsync(location, cancel);
            foreach (var path in Indexes)
            {
                var isMain = path == Indexes[0];
                if (await FetchOrNullAsync(location, StreamPath.Parse(path), mayBeMissing: !isMain, received, cancel) is not { } text)
                    continue;
                foreach (var entry in DocumentReader.ReadIndex(text.Span).Entries.Values.Where(e => e.Format == ProductDocument.FormatName))
                    await FetchOrNullAsync(location, entry.GetPath(), mayBeMissing: false, received, cancel);
            }

            var (documents, updated) = Parse(received);
            if (updated < _updated)
            {
                return (null, new Fault(
                    "document-went-back",
                    $"The stream of {region} says it was updated {updated:u}, but one of {_updated:u} was read before. If the region was "
                    + $"restored from a back-up, stop the rack, delete {folder.Stream} and start it again."));
            }

            Keep(received);
            _updated = updated;
            return (Offers.Of(documents, mark), null);
        }
        catch (StreamException e)
        {
            return (null, new Fault(e.Code, e.Message));
        }
    }

    private async Task<ReadOnlyMemory<byte>?> FetchOrNullAsync(
        StreamLocation location, StreamPath path, bool mayBeMissing, Dictionary<string, byte[]> received, CancellationToken cancel)
    {
        var kept = _kept.GetValueOrDefault(path.Value);
        // A region's entity tag is the digest of the bytes, so it need not be kept.
        var known = kept is null ? null : new DocumentState($"\"{Convert.ToHexStringLower(SHA256.HashData(kept))}\"", null);
        switch (await fetcher.FetchAsync(location, path, known, keys.Now, null, cancel))
        {
            case SignedDocumentAnswer.NotModified:
                received[path.Value] = kept!;
                return Verify(kept!);
            case SignedDocumentAnswer.Fetched fetched:
                received[path.Value] = fetched.Received.ToArray();
                return fetched.Text;
            case SignedDocumentAnswer.Failed { Fault.Code: TransferErrors.NotFound } when mayBeMissing:
                return null;
            case SignedDocumentAnswer.Failed failed:
                throw new StreamException(failed.Fault.Code, failed.Fault.Message);
            default:
                throw new InvalidOperationException("A fetch ended in a way that is not known here.");
        }
    }

    private (List<ProductDocument> Documents, DateTimeOffset? Updated) Parse(Dictionary<string, byte[]> received)
    {
        var documents = new List<ProductDocument>();
        DateTimeOffset? updated = null;
        foreach (var path in Indexes.Where(received.ContainsKey))
        {
            var index = DocumentReader.ReadIndex(Verify(received[path]).Span);
            updated = index.UpdatedAt > updated || updated is null ? index.UpdatedAt : updated;
            foreach (var entry in index.Entries.Values.Where(e => e.Format == ProductDocument.FormatName))
            {
                if (received.TryGetValue(entry.GetPath().Value, out var document))
                    documents.Add(DocumentReader.ReadProducts(Verify(document).Span, expectedContentId: entry.ContentId));
            }
        }

        return (documents, updated);
    }

    private ReadOnlyMemory<byte> Verify(byte[] document) =>
        ClearSignedText.Verify(document, keys.Now, new VerificationPolicy(time.GetUtcNow())).Text;

    private void Keep(Dictionary<string, byte[]> received)
    {
        var isSame = received.Count == _kept.Count
            && received.All(d => _kept.TryGetValue(d.Key, out var old) && old.AsSpan().SequenceEqual(d.Value));
        if (isSame)
            return;
        var texts = received.ToDictionary(d => d.Key, d => Encoding.UTF8.GetString(d.Value), StringComparer.Ordinal);
        RackFolder.Replace(folder.Stream, JsonSerializer.SerializeToUtf8Bytes(texts, StreamCopyJson.Default.DictionaryStringString));
        _kept = received;
        _isServed = false;
    }

    private (Dictionary<string, byte[]> Kept, List<ProductDocument> Documents, DateTimeOffset? Updated)? ReadOrNull(string file)
    {
        if (!File.Exists(file))
            return null;
        try
        {
            var kept = JsonSerializer.Deserialize(File.ReadAllBytes(file), StreamCopyJson.Default.DictionaryStringString)!
                .ToDictionary(d => d.Key, d => Encoding.UTF8.GetBytes(d.Value), StringComparer.Ordinal);
            var (documents, updated) = Parse(kept);
            return (kept, documents, updated);
        }
        catch (Exception e) when (e is JsonException or StreamException)
        {
            File.Delete(file); // damaged, or signed by another key: the region is asked again
            return null;
        }
    }
}

/// <summary>How the documents are kept: text by path.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class StreamCopyJson : System.Text.Json.Serialization.JsonSerializerContext;
