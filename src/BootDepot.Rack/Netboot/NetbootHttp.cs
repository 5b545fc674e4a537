using System;
using System.Net;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Rack.Netboot.Install;
using BootDepot.Rack.Netboot.Routing;
using BootDepot.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BootDepot.Rack.Netboot;

/// <summary>
/// The route chain over HTTP, as firmware needs it: GET and HEAD of everything, Content-Length always and chunks never (shim and GRUB
/// know none), no redirects, no compression, and a body with every 404, since shim waits for ever for one that is empty.
/// </summary>
public static class NetbootHttp
{
    /// <summary>Answers every request for which nothing else was mapped.</summary>
    public static IApplicationBuilder UseNetboot(this IApplicationBuilder app, NetbootServices netboot) => app.Use(
        (http, next) => http.GetEndpoint() is null ? AnswerAsync(netboot, http) : next(http));

    /// <summary>Answers one request.</summary>
    public static async Task AnswerAsync(NetbootServices netboot, HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = RequestPath.OfTargetOrNull(target);
        if (path is not null && path.StartsWith(InstallReports.Folder + "/", StringComparison.Ordinal))
            await InstallEndpoint.AnswerAsync(netboot, http, path[(InstallReports.Folder.Length + 1)..]);
        else if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            await RefuseAsync(http, StatusCodes.Status405MethodNotAllowed, "Files here can be read with GET and HEAD.");
        else if (path is null)
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "That path cannot be a file here.");
        else
            await SendAsync(netboot, http, path);
    }

    /// <summary>Refuses a request, in words.</summary>
    internal static Task RefuseAsync(HttpContext http, int status, string reason)
    {
        if (status == StatusCodes.Status405MethodNotAllowed)
            http.Response.Headers.Allow = "GET, HEAD";
        return TextAsync(http, status, reason + "\n");
    }

    /// <summary>Sends a text, its length first.</summary>
    internal static async Task TextAsync(HttpContext http, int status, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        http.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    private static async Task SendAsync(NetbootServices netboot, HttpContext http, string path)
    {
        var at = netboot.Clock.GetUtcNow();
        var request = new NetbootRequest(path, http.Connection.RemoteIpAddress ?? IPAddress.None, NetbootProtocol.Http);
        // Emulated and real firmware stops reading for long whenever it thinks; only a client that is gone is cut off.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = new MinDataRate(bytesPerSecond: 1, gracePeriod: TimeSpan.FromMinutes(5));
        var routed = await netboot.Routes.ResolveAsync(request, http.RequestAborted);
        var outcome = "failed";
        try
        {
            outcome = routed.Answer switch
            {
                TextAnswer text => await SendTextAsync(http, text),
                FileAnswer file => await SendFileAsync(http, file, path),
                MissingAnswer missing => await SendMissingAsync(http, path, missing.Reason),
                _ => throw new InvalidOperationException($"There is no answer {routed.Answer}."),
            };
            if (http.RequestAborted.IsCancellationRequested)
                outcome = "aborted";
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            outcome = "aborted";
        }
        finally
        {
            if (!HttpMethods.IsHead(http.Request.Method))
                Log(netboot, http, request, routed, at, outcome);
        }
    }

    private static void Log(
        NetbootServices netboot, HttpContext http, NetbootRequest request, Routed routed, DateTimeOffset at, string outcome)
    {
        var bytes = outcome == "served" ? http.Response.ContentLength ?? 0 : 0;
        var isWhole = outcome == "served" && http.Response.StatusCode == StatusCodes.Status200OK;
        netboot.Log(request, routed, at, bytes, isWhole, outcome);
    }

    private static async Task<string> SendTextAsync(HttpContext http, TextAnswer text)
    {
        await TextAsync(http, StatusCodes.Status200OK, text.Text);
        return "served";
    }

    /// <summary>
    /// GRUB 2.06 takes an answer with 404 for the file, and forgets its first header line, which here is Content-Length; so it would read until it
    /// times out. What GRUB may do without (lists of modules, the script of one machine) is empty instead of missing, which is the same to it.
    /// </summary>
    private static async Task<string> SendMissingAsync(HttpContext http, string path, string reason)
    {
        if (path.StartsWith("grub/", StringComparison.Ordinal) || path.Contains("/grub/", StringComparison.Ordinal))
            await TextAsync(http, StatusCodes.Status200OK, "");
        else
            await NotHere.SendAsync(http, reason);
        return "missing";
    }

    private static async Task<string> SendFileAsync(HttpContext http, FileAnswer answer, string path)
    {
        var file = answer.File;
        // Without the digest in its path, a file is another one after the next update.
        if (!path.Contains(file.Digest.Hex, StringComparison.Ordinal))
        {
            http.Response.OnStarting(() =>
            {
                http.Response.Headers.CacheControl = Caching.AskEachTime;
                return Task.CompletedTask;
            });
        }

        if (await BlobAnswer.TrySendAsync(http, file.Digest, file.Size, file.OpenOrNullAsync))
            return "served";
        return await SendMissingAsync(http, path, "The rack no longer holds this file.");
    }
}
