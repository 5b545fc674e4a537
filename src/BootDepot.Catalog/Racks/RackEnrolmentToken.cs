using System;

namespace BootDepot.Catalog.Racks;

/// <summary>Lets one rack enrol, once, until it expires.</summary>
public sealed class RackEnrolmentToken
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>SHA-256 of its secret; unique.</summary>
    public required byte[] SecretHash { get; set; }

    /// <summary>The name that the rack gets; empty: its host's.</summary>
    public string Name { get; set; } = "";

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>From when on it is refused.</summary>
    public DateTimeOffset Expires { get; set; }
}
