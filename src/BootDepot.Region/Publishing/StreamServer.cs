using System;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;
using BootDepot.Serving;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Publishing;

/// <summary>
/// Serves the published stream, to anyone, as vendors serve theirs: documents below <c>streams/v1/</c>, item bytes below
/// <c>sha256/DIGEST/</c>.
/// </summary>
internal sealed class StreamServer(StreamPublisher publisher, IBlobStore blobs)
{
    /// <summary>Base of the stream: the path that MAAS regions use.</summary>
    public const string Base = "/MAAS/images-stream/";

    /// <summary>Answers a request for that path below <see cref="Base"/>.</summary>
    public async Task ServeAsync(HttpContext http, string path)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = "GET, HEAD";
            http.Response.ContentLength = 0;
            return;
        }

        if (path.StartsWith("sha256/", StringComparison.Ordinal)
            && path.Split('/') is [_, var hex, var filename] && SafeName.IsSafe(filename) && Digest.TryParse(hex, out var digest)
            && await BlobAnswer.TrySendAsync(http, blobs, digest))
        {
            return;
        }

        var stream = await publisher.CurrentAsync(http.RequestAborted);
        if (stream.Documents.TryGetValue(path, out var document))
            await DocumentAnswer.SendAsync(http, document);
        else
            await NotHere.SendAsync(http, $"The stream has no '{path}'; its index is {Base}streams/v1/index.json.");
    }
}
