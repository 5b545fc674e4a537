using System.Diagnostics;
using BootDepot.Region.Observing;
using BootDepot.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Region.Hosting;

/// <summary>What happens to each request, whichever part of the region it is for: counted, protected, answered also when it fails.</summary>
internal static class RegionPipeline
{
    /// <summary>Builds the pipeline.</summary>
    public static void UseRegion(this IApplicationBuilder app)
    {
        var places = app.ApplicationServices.GetRequiredService<RegionPlaces>();
        var failures = app.ApplicationServices.GetRequiredService<FailureAnswers>();
        var metrics = app.ApplicationServices.GetRequiredService<RegionMetrics>();
        app.Run(async http =>
        {
            var began = Stopwatch.GetTimestamp();
            var span = RequestTraces.StartOrNull(RegionTraces.Source, http.Request);
            try
            {
                await failures.ServeAsync(http, places.ServeAsync);
            }
            finally
            {
                RequestTraces.End(span, http.Response);
                metrics.Count(http.Request.Path.Value ?? "/", http.Response.StatusCode, Stopwatch.GetElapsedTime(began));
            }
        });
    }
}
