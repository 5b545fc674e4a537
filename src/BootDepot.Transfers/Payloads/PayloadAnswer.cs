using System;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using BootDepot.Transfers.Http;

namespace BootDepot.Transfers.Payloads;

/// <summary>What a server's answer to a request for a blob, from some byte on, means (RFC 9110, sections 14 and 15.3.7).</summary>
internal static class PayloadAnswer
{
    /// <summary>Asks for bytes from an offset on, of the same representation as before where that is known.</summary>
    public static void Ask(HttpRequestHeaders headers, long offset, RangeConditionHeaderValue? sameAs)
    {
        // A blob's digest is that of the stored bytes: a server that packs or unpacks on the way would spoil it.
        headers.AcceptEncoding.ParseAdd("identity");
        if (offset == 0)
            return;
        headers.Range = new RangeHeaderValue(offset, null);
        headers.IfRange = sameAs;
    }

    /// <summary>What to name the representation by in a later If-Range; null when the server gives nothing strong (section 13.1.5).</summary>
    public static RangeConditionHeaderValue? ValidatorOrNull(HttpResponseMessage response)
    {
        if (response.Headers.ETag is { } tag)
            return tag.IsWeak ? null : new RangeConditionHeaderValue(tag);
        // A date is strong only when it is clearly older than the answer (section 8.8.2.2).
        return response.Content.Headers.LastModified is { } modified && response.Headers.Date - modified >= TimeSpan.FromMinutes(1)
            ? new RangeConditionHeaderValue(modified)
            : null;
    }

    /// <summary>
    /// Where the body begins in the blob: at 0, or at the offset that was asked for. A failure when it is neither, or when the
    /// server says that it has another size.
    /// </summary>
    public static (long Start, Failure? Failure) Judge(
        HttpResponseMessage response,
        Uri url,
        long offset,
        long size,
        FailureReader failures)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                return response.Content.Headers.ContentLength is { } length && length != size
                    ? (0, OtherSize(url, size, length))
                    : (0, null);
            case HttpStatusCode.PartialContent when offset > 0:
                var range = response.Content.Headers.ContentRange;
                if (range?.Length is { } total && total != size)
                    return (0, OtherSize(url, size, total));
                return range is { Unit: "bytes", From: { } from } && from == offset && range.To is null or >= 0 && EndsRight(response, range, size)
                    ? (offset, null)
                    : (0, WrongRange(url, offset, range));
            case HttpStatusCode.RequestedRangeNotSatisfiable when offset > 0:
                if (response.Content.Headers.ContentRange?.Length is { } has && has != size)
                    return (0, OtherSize(url, size, has));
                return (0, WrongRange(url, offset, response.Content.Headers.ContentRange));
            default:
                return (0, failures.FromStatus(response, url));
        }
    }

    /// <summary>A server may send less than was asked for; then the next request asks for the rest. It may not send other bytes.</summary>
    private static bool EndsRight(HttpResponseMessage response, ContentRangeHeaderValue range, long size) =>
        range.To is not { } to
        || (to < size && (response.Content.Headers.ContentLength is not { } length || length == to - range.From + 1));

    private static Failure OtherSize(Uri url, long size, long actual) => Failure.Of(
        TransferErrors.SizeMismatch,
        Remedy.OtherServer, // what was received from others is not in question
        $"{UrlSecrets.Show(url)} has {actual} bytes on the server, and {size} in the stream's description.");

    private static Failure WrongRange(Uri url, long offset, ContentRangeHeaderValue? range) => Failure.Of(
        TransferErrors.AnswerMalformed,
        Remedy.WrongBytes,
        $"{UrlSecrets.Show(url)} was asked for the bytes from {offset} on and answered with '{range?.ToString() ?? "no range"}'.");
}
