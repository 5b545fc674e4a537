using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Ui;

/// <summary>
/// Serves the web UI: its page at <c>/MAAS/</c> and below <c>/MAAS/r/</c> (the same page; the path says which screen), its
/// files below <c>/MAAS/assets/</c>. Names of files change with their bytes, so browsers keep them for ever; the page itself is asked
/// for each time.
/// </summary>
internal static class UiServer
{
    /// <summary>
    /// The page may load its own files and ask its own server, and nothing else; no script or style in the page itself counts
    /// (W3C Content Security Policy, level 3).
    /// </summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private const string Base = "/MAAS/";

    private const string Missing =
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>BootDepot</title></head>
        <body><h1>BootDepot</h1>
        <p>This region was built without its web UI, because Node.js was not there when it was built.
        Everything else works: the API is at <a href="/MAAS/api/2.0/describe/">/MAAS/api/2.0/</a>.</p>
        <p>To have the UI, install Node.js 20 or newer, then run <code>eng/ui</code> and build again.</p>
        </body></html>
        """;

    /// <summary>Whether the path is the UI's.</summary>
    public static bool Serves(string path) =>
        path is "/" or "/MAAS" or Base or "/MAAS/r" or "/MAAS/favicon.svg"
        || path.StartsWith("/MAAS/r/", StringComparison.Ordinal) || path.StartsWith("/MAAS/assets/", StringComparison.Ordinal);

    /// <summary>Answers.</summary>
    public static Task ServeAsync(HttpContext http, string path)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            return SendAsync(http, ApiAnswer.BareText("", StatusCodes.Status405MethodNotAllowed) with { Headers = [new("Allow", "GET, HEAD")] });
        if (path is "/" or "/MAAS")
        {
            http.Response.Redirect(Base);
            return Task.CompletedTask;
        }

        AddHeaders(http.Response);
        if (!UiAssets.Exist)
            return SendAsync(http, ApiAnswer.Bytes(System.Text.Encoding.UTF8.GetBytes(Missing), "text/html; charset=utf-8"));
        if (path is "/MAAS/favicon.svg" || path.StartsWith("/MAAS/assets/", StringComparison.Ordinal))
        {
            var file = path[Base.Length..];
            if (!UiAssets.Has(file) || file.EndsWith(".br", StringComparison.Ordinal) || file.EndsWith(".gz", StringComparison.Ordinal))
                return SendAsync(http, ApiAnswer.Text("Not Found", StatusCodes.Status404NotFound));
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return SendFileAsync(http, file);
        }

        http.Response.Headers.CacheControl = "no-cache";
        return SendFileAsync(http, "index.html");
    }

    private static void AddHeaders(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers.Vary = "Accept-Encoding";
    }

    private static async Task SendFileAsync(HttpContext http, string file)
    {
        var response = http.Response;
        var (packed, encoding) = Packed(http.Request, file);
        await using var bytes = UiAssets.OpenOrNull(packed)!;
        response.ContentType = TypeOf(file);
        response.ContentLength = bytes.Length;
        if (encoding is not null)
            response.Headers.ContentEncoding = encoding;
        if (!HttpMethods.IsHead(http.Request.Method))
            await bytes.CopyToAsync(response.Body, http.RequestAborted);
    }

    private static (string File, string? Encoding) Packed(HttpRequest request, string file)
    {
        var accepted = request.Headers.AcceptEncoding.ToString().Split(',').Select(e => e.Split(';')[0].Trim()).ToArray();
        if (accepted.Contains("br", StringComparer.OrdinalIgnoreCase) && UiAssets.Has(file + ".br"))
            return (file + ".br", "br");
        if (accepted.Contains("gzip", StringComparer.OrdinalIgnoreCase) && UiAssets.Has(file + ".gz"))
            return (file + ".gz", "gzip");
        return (file, null);
    }

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        ".json" => "application/json",
        _ => "application/octet-stream",
    };

    private static Task SendAsync(HttpContext http, ApiAnswer answer) => answer.SendAsync(http, http.RequestAborted);
}
