using System;
using System.Globalization;
using System.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BootDepot.Serving;

/// <summary>Conditional requests (RFC 9110, section 13).</summary>
internal static class Conditions
{
    /// <summary>Whether the answer is 304: If-None-Match decides when it is there, else If-Modified-Since.</summary>
    public static bool ClientHasIt(HttpRequest request, string etag, DateTimeOffset modified)
    {
        if (request.Headers.IfNoneMatch.Count > 0)
        {
            // Weak comparison (RFC 9110, section 13.1.2): a proxy that recompressed may have weakened our tag.
            return EntityTagHeaderValue.TryParseList([.. request.Headers.IfNoneMatch.OfType<string>()], out var tags)
                && tags.Any(t => t.Tag == "*" || t.Tag == etag);
        }

        return DateTimeOffset.TryParseExact(
                request.Headers.IfModifiedSince, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
            && modified <= since;
    }

    /// <summary>Whether a Range header may be honoured: there is no If-Range, or it names exactly these bytes (section 13.1.5).</summary>
    public static bool RangeHolds(HttpRequest request, string etag) =>
        request.Headers.IfRange.Count == 0 || request.Headers.IfRange == etag;
}
