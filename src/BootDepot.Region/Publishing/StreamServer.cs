using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Blobs.S3;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Peers;
using BootDepot.Region.Publishing.Views;
using BootDepot.Serving;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Publishing;

/// <summary>
/// Serves the published stream, to anyone, as vendors serve theirs: documents below <c>streams/v1/</c>, item bytes below
/// <c>sha256/DIGEST/</c>. The same below <c>views/NAME/</c> for each view.
/// </summary>
internal sealed class StreamServer(
    StreamPublisher publisher, ViewAdministration views, PublicFiles open, IBlobStore blobs, OwnStore own, PeerPass peers, TimeProvider time)
{
    /// <summary>Base of the stream: the path that MAAS regions use.</summary>
    public const string Base = "/MAAS/images-stream/";

    // Long enough for a slow client to begin; a download that has begun is not cut off by it.
    private static readonly TimeSpan SignedFor = TimeSpan.FromHours(1);

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

        if (ViewPath.ParseOrNull(path) is { } view)
            await ServeViewAsync(http, view);
        else if (!await TrySendItemAsync(http, path, null))
            await SendDocumentAsync(http, await publisher.CurrentAsync(http.RequestAborted), Base, path);
    }

    // Where a token is wanted, it is wanted for all that is below the view's base.
    private async Task ServeViewAsync(HttpContext http, ViewPath path)
    {
        var cancel = http.RequestAborted;
        var token = path.Token ?? ViewPath.TokenOrNull(http.Request);
        var opened = token is null ? null : await views.OpenedByOrNullAsync(token, cancel);
        var name = path.Name ?? opened;
        if (name is null || await publisher.ViewOrNullAsync(name, cancel) is not { } view)
        {
            await NotHere.SendAsync(http, "There is no such view.");
            return;
        }

        if (view.IsPrivate)
        {
            http.Response.Headers.Vary = "Authorization";
            if (opened != name)
            {
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"view\"";
                await ApiAnswer.Text($"The view '{name}' is private: send one of its tokens as the password of the URL.", StatusCodes.Status401Unauthorized).SendAsync(http, cancel);
                return;
            }
        }

        if (!await TrySendItemAsync(http, path.Rest, view.IsPrivate ? view.Files : null))
            await SendDocumentAsync(http, view.Stream, $"{Base}{ViewPath.Prefix}{name}/", path.Rest);
    }

    private static async Task SendDocumentAsync(HttpContext http, PublishedStream stream, string root, string path)
    {
        if (stream.Documents.TryGetValue(path, out var document))
            await DocumentAnswer.SendAsync(http, document);
        else
            await NotHere.SendAsync(http, $"The stream has no '{path}'; its index is {root}streams/v1/index.json.");
    }

    // What is not public is sent to who has opened a view that shows it, and to other regions.
    private async Task<bool> TrySendItemAsync(HttpContext http, string path, IReadOnlySet<Digest>? opened) =>
        path.StartsWith("sha256/", StringComparison.Ordinal)
        && path.Split('/') is [_, var hex, var filename] && SafeName.IsSafe(filename) && Digest.TryParse(hex, out var digest)
        && (opened?.Contains(digest) == true || await open.HaveAsync(digest, http.RequestAborted) || await IsPeerAsync(http, digest))
        && (await TryRedirectAsync(http, digest) || await BlobAnswer.TrySendAsync(http, StoreFor(http), digest));

    // Another region asks for what this one has itself.
    private static bool IsForOwn(HttpContext http) => http.Request.QueryString.Value == "?" + PeerFetcher.OwnOnly;

    private IBlobStore StoreFor(HttpContext http) => IsForOwn(http) ? own.Blobs : blobs;

    private async Task<bool> IsPeerAsync(HttpContext http, Digest digest) =>
        IsForOwn(http) && ViewPath.TokenOrNull(http.Request) is { } password && await peers.IsAsync(password, digest, http.RequestAborted);

    /// <summary>Sends a download to the S3 server, where the region is configured to; nothing is sent otherwise.</summary>
    private async Task<bool> TryRedirectAsync(HttpContext http, Digest digest)
    {
        if (!HttpMethods.IsGet(http.Request.Method) || blobs is not S3BlobStore s3 || s3.SignedUrlOrNull(digest, time.GetUtcNow() + SignedFor) is not { } url
            || Conditions.ClientHasIt(http.Request, $"\"{digest.Hex}\"", DateTimeOffset.MaxValue)
            || await s3.SizeOrNullAsync(digest, http.RequestAborted) is null)
        {
            return false;
        }

        http.Response.StatusCode = StatusCodes.Status302Found;
        http.Response.Headers.Location = url.AbsoluteUri;
        http.Response.Headers.CacheControl = "no-store"; // the URL does not hold for ever
        http.Response.ContentLength = 0;
        return true;
    }
}
