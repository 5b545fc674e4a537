using System.Diagnostics;

namespace BootDepot.Rack.Hosting;

/// <summary>Spans of a rack. Names are documented in docs/monitoring.md.</summary>
public static class RackTraces
{
    /// <summary>Name of the source.</summary>
    public const string Name = "BootDepot.Rack";

    internal static ActivitySource Source { get; } = new(Name);
}
