using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;

namespace BootDepot.Client;

/// <summary>Traces and metrics of this library: the names to give to a collector.</summary>
public static class MaasDiagnostics
{
    /// <summary>Name of the <see cref="ActivitySource"/>: one activity per request, one around each upload.</summary>
    public const string ActivitySourceName = "BootDepot.Client";

    /// <summary>Name of the <see cref="Meter"/>: <c>bootdepot.client.request.duration</c> (s), <c>bootdepot.client.upload.bytes</c> (By).</summary>
    public const string MeterName = "BootDepot.Client";

    internal static readonly ActivitySource Source = new(ActivitySourceName);
    private static readonly Meter Meter = new(MeterName);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("bootdepot.client.request.duration", "s");
    private static readonly Counter<long> Uploaded = Meter.CreateCounter<long>("bootdepot.client.upload.bytes", "By");

    internal static Activity? Start(MaasCall call, Uri uri)
    {
        var activity = Source.StartActivity($"{call.Method} {uri.AbsolutePath}", ActivityKind.Client);
        activity?.SetTag("http.request.method", call.Method.Method);
        activity?.SetTag("server.address", uri.Host);
        activity?.SetTag("url.path", uri.AbsolutePath);
        activity?.SetTag("bootdepot.operation", call.Operation);
        return activity;
    }

    internal static void Finish(Activity? activity, MaasCall call, HttpStatusCode status, TimeSpan elapsed)
    {
        activity?.SetTag("http.response.status_code", (int)status);
        if ((int)status >= 400)
            activity?.SetStatus(ActivityStatusCode.Error);
        if (!Duration.Enabled)
            return;
        Duration.Record(elapsed.TotalSeconds,
            new KeyValuePair<string, object?>("http.request.method", call.Method.Method),
            new KeyValuePair<string, object?>("http.response.status_code", (int)status));
    }

    internal static void CountUploaded(long bytes) => Uploaded.Add(bytes);
}
