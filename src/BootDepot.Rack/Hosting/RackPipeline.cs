using System;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Rack.Netboot;
using BootDepot.Rack.Replication;
using BootDepot.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Rack.Hosting;

/// <summary>What the rack answers over HTTP besides what machines ask for: other racks, and whoever watches it.</summary>
internal static class RackPipeline
{
    private const string PeerPath = "/" + Sources.PeerPath;

    public static void Use(IApplicationBuilder app, Served served)
    {
        app.Run(async http =>
        {
            var span = RequestTraces.StartOrNull(RackTraces.Source, http.Request);
            try
            {
                await DispatchAsync(served, http);
            }
            finally
            {
                RequestTraces.End(span, http.Response);
            }
        });
    }

    private static Task DispatchAsync(Served served, HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        RequestTraces.Name(RackTraces.Source, path.StartsWith(PeerPath, StringComparison.Ordinal) ? PeerPath : "/", path);
        var isReading = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        if (isReading && path == "/healthz")
            return HealthAsync(http);
        return isReading && path.StartsWith(PeerPath, StringComparison.Ordinal) && Digest.TryParse(path[PeerPath.Length..], out var digest)
            ? PeerAsync(served, http, digest)
            : MachineAsync(served, http);
    }

    private static Task MachineAsync(Served served, HttpContext http)
    {
        if (served.Netboot is { } netboot)
            return NetbootHttp.AnswerAsync(netboot, http);
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = "1";
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>For racks of the same site: only what is held, so that two racks never wait for each other.</summary>
    private static async Task PeerAsync(Served served, HttpContext http, Digest digest)
    {
        if (!served.Parts.Content.MayGive(digest) || !await BlobAnswer.TrySendAsync(http, served.Parts.Store, digest))
            await NotHere.SendAsync(http, $"The rack does not hold {digest}.");
    }

    private static async Task HealthAsync(HttpContext http)
    {
        var body = Encoding.ASCII.GetBytes("ok\n");
        http.Response.ContentType = "text/plain";
        http.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(http.Request.Method))
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
