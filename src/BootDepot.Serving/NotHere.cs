using System.Text;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Serving;

/// <summary>A 404 with a reason, and with a body and a length, since some firmware hangs without.</summary>
internal static class NotHere
{
    public static async Task SendAsync(HttpContext http, string reason)
    {
        var body = Encoding.UTF8.GetBytes(reason + "\n");
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.ContentLength = body.Length;
        http.Response.Headers.CacheControl = Caching.AskEachTime;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
