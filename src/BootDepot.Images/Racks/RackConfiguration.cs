using System.Collections.Generic;
using BootDepot.Images.Booting;

namespace BootDepot.Images.Racks;

/// <summary>What a region tells a rack. A rack keeps the last one, so that it works on while the region is away.</summary>
public sealed record RackConfiguration
{
    /// <summary>What names the rack in the region's API.</summary>
    public required string SystemId { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Changes with everything that the region publishes.</summary>
    public string Stream { get => field ?? ""; init; } = "";

    /// <summary>Rises when somebody wants the rack to copy now.</summary>
    public long ImportRequests { get; init; }

    /// <summary>How to copy.</summary>
    public RackPolicy Policy { get => field ?? new(); init; } = new();

    /// <summary>What machines boot.</summary>
    public IReadOnlyList<BootAssignment> Assignments { get => field ?? []; init; } = [];
}
