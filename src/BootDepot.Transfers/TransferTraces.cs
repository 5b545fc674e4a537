using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Http;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Transfers;

/// <summary>
/// Spans and numbers of what this installation fetches. Names are documented in docs/monitoring.md. Without a listener nothing is made, and
/// servers see no trace header.
/// </summary>
public static class TransferTraces
{
    /// <summary>Name of the source of spans and of the meter.</summary>
    public const string Name = "BootDepot.Transfers";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("bootdepot.transfer.received", "By", "Bytes of image files received.");
    private static readonly Counter<long> Ended = Meter.CreateCounter<long>("bootdepot.transfer.ended", "{transfer}", "Transfers of image files that ended, by outcome.");

    /// <summary>
    /// Begins the span of a request that leaves, and tells the server of it (W3C Trace Context). Passwords, queries and headers stay out.
    /// </summary>
    internal static Activity? StartOrNull(HttpRequestMessage request)
    {
        var url = request.RequestUri!;
        if (Source.StartActivity(request.Method.Method, ActivityKind.Client) is not { } span)
            return null;
        span.SetTag("http.request.method", request.Method.Method);
        span.SetTag("server.address", url.Host);
        span.SetTag("server.port", url.Port);
        span.SetTag("url.full", UrlSecrets.Show(url));
        if (span.Recorded)
            request.Headers.TryAddWithoutValidation("traceparent", span.Id);
        return span;
    }

    /// <summary>Notes the answer.</summary>
    internal static void Answered(Activity? span, HttpResponseMessage response)
    {
        span?.SetTag("http.response.status_code", (int)response.StatusCode);
        if ((int)response.StatusCode >= 400)
            span?.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Begins the span of a file that is fetched, whatever it takes.</summary>
    internal static Activity? StartOrNull(BlobRequest request)
    {
        var span = Source.StartActivity("transfer");
        span?.SetTag("bootdepot.sha256", request.Digest.Hex);
        span?.SetTag("bootdepot.size", request.Size);
        span?.SetTag("bootdepot.group", request.Group);
        return span;
    }

    /// <summary>Notes how it ended.</summary>
    internal static void End(Activity? span, BlobOutcome outcome)
    {
        var code = outcome is BlobOutcome.Failed failed ? failed.Fault.Code : null;
        Ended.Add(1, new KeyValuePair<string, object?>("outcome", code ?? "stored"));
        if (code is not null)
            span?.SetTag("error.type", code).SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Counts bytes that came.</summary>
    internal static void Count(int bytes) => Bytes.Add(bytes);
}
