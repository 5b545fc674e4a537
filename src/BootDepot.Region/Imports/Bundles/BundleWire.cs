using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Simplestreams;
using BootDepot.Transfers.Bundles;

namespace BootDepot.Region.Imports.Bundles;

/// <summary>
/// Stands in place of the network while a bundle is imported: the documents that it carries are found under the URLs of their source,
/// and nothing else is there. So documents are read, and judged, by the rules of every other import.
/// </summary>
internal sealed class BundleWire : HttpMessageHandler
{
    private readonly Dictionary<Uri, byte[]> _documents = [];

    private BundleWire()
    {
    }

    /// <summary>Reads the documents of a bundle; each is what the manifest says.</summary>
    /// <exception cref="BundleException">One was damaged.</exception>
    public static async Task<BundleWire> OfAsync(Bundle bundle, StreamLocation location, CancellationToken cancel)
    {
        var wire = new BundleWire();
        foreach (var document in bundle.StreamDocuments)
            wire._documents[location.UrlOf(StreamPath.Parse(document.Path))] = await bundle.ReadDocumentAsync(document, cancel);
        return wire;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(_documents.TryGetValue(request.RequestUri!, out var bytes)
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes), RequestMessage = request }
            : new HttpResponseMessage(HttpStatusCode.NotFound) { RequestMessage = request });
}
