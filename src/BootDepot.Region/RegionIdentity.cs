using System;

namespace BootDepot.Region;

/// <summary>What tells this installation from others. Known once the catalogue is open.</summary>
internal sealed class RegionIdentity
{
    private string? _uuid;

    /// <summary>Made at the first start, the same for all regions of one catalogue.</summary>
    public string Uuid
    {
        get => _uuid ?? throw new InvalidOperationException("The region has not started.");
        set => _uuid = value;
    }
}
