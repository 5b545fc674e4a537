using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using BootDepot.Catalog.Imports;
using BootDepot.Region.Imports.Progress;

namespace BootDepot.Region.Observing;

/// <summary>Spans and numbers of a region for who listens; without a listener nothing is made. Names are documented in docs/monitoring.md.</summary>
public static class RegionTraces
{
    /// <summary>Name of the source of spans and of the meter.</summary>
    public const string Name = "BootDepot.Region";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Imports = Meter.CreateCounter<long>("bootdepot.import.ended", "{import}", "Imports that ended, by how.");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("bootdepot.http.refused", "{request}", "Requests refused because their caller made too many.");

    internal static ActivitySource Source { get; } = new(Name);

    /// <summary>Begins the span of an import: below that of the request that asked for it, if one did.</summary>
    internal static Activity? StartImportOrNull(int run)
    {
        var span = Source.StartActivity("import");
        span?.SetTag("bootdepot.import", run);
        return span;
    }

    /// <summary>Counts a request of a caller who makes too many.</summary>
    internal static void CountRefused() => Refused.Add(1);

    /// <summary>Notes how an import ended.</summary>
    internal static void End(Activity? span, ImportState state, ImportProgress progress)
    {
        Imports.Add(1, new KeyValuePair<string, object?>("state", state.ToString()));
        span?.SetTag("bootdepot.import.state", state.ToString());
        span?.SetTag("bootdepot.import.fetched", progress.FetchedBytes);
        span?.SetTag("bootdepot.import.problems", progress.Problems.Count);
        if (state != ImportState.Done)
            span?.SetStatus(ActivityStatusCode.Error);
    }
}
