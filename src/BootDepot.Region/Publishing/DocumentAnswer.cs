using System.Threading.Tasks;
using BootDepot.Serving;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Publishing;

/// <summary>Sends a document, or 304 when the client has it.</summary>
internal static class DocumentAnswer
{
    public static async Task SendAsync(HttpContext http, PublishedDocument document)
    {
        var response = http.Response;
        response.Headers.ETag = document.ETag;
        response.Headers.LastModified = document.Modified.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        response.Headers.CacheControl = document.Immutable ? Caching.Forever : Caching.AskEachTime;
        if (Conditions.ClientHasIt(http.Request, document.ETag, document.Modified))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = document.ContentType;
        response.ContentLength = document.Bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await response.Body.WriteAsync(document.Bytes, http.RequestAborted);
    }
}
