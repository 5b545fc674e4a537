using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Serving;

/// <summary>
/// The span of a request that is answered: goes on the caller's trace when the caller sends one (W3C Trace Context,
/// https://www.w3.org/TR/trace-context/). Tag names are OpenTelemetry's (HTTP semantic conventions 1.23). Queries and headers are in no
/// span: some clients sign in them.
/// </summary>
public static class RequestTraces
{
    /// <summary>Begins one; null when nobody listens, and then it costs nothing.</summary>
    public static Activity? StartOrNull(ActivitySource source, HttpRequest request)
    {
        if (!source.HasListeners())
            return null;
        _ = ActivityContext.TryParse(request.Headers.TraceParent.ToString(), request.Headers.TraceState.ToString(), isRemote: true, out var caller);
        // The framework has an activity of its own, which nobody exports: a span below it would have a parent that is nowhere.
        Activity.Current = null;
        var span = source.StartActivity(request.Method, ActivityKind.Server, caller);
        span?.SetTag("http.request.method", request.Method);
        return span;
    }

    /// <summary>Names the span of the present request by the part of the server that answers it.</summary>
    /// <param name="source">Where the span began.</param>
    /// <param name="route">That part: never with anything in it that differs from request to request.</param>
    /// <param name="path">The path, if nothing in it is secret; null to leave it out.</param>
    public static void Name(ActivitySource source, string route, string? path)
    {
        if (Activity.Current is not { } span || span.Source != source)
            return;
        span.DisplayName = $"{span.OperationName} {route}";
        span.SetTag("http.route", route);
        if (path is not null)
            span.SetTag("url.path", path);
    }

    /// <summary>Ends it with the answer's status.</summary>
    public static void End(Activity? span, HttpResponse response)
    {
        if (span is null)
            return;
        span.SetTag("http.response.status_code", response.StatusCode);
        if (response.StatusCode >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
        span.Dispose();
    }
}
