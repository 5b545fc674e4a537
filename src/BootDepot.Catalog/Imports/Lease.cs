using System;

namespace BootDepot.Catalog.Imports;

/// <summary>The right of one process to do something alone (run the import), until it expires or is released.</summary>
public sealed class Lease
{
    /// <summary>What it is about, for example <c>import</c>. Primary key.</summary>
    public required string Name { get; set; }

    /// <summary>Which process holds it.</summary>
    public required string Holder { get; set; }

    /// <summary>
    /// Rises with each grant and each release and never falls, so that a holder who slept through his own end can be told from
    /// the one who came after him.
    /// </summary>
    public long Generation { get; set; }

    /// <summary>When it lapses unless renewed; a released lease has lapsed.</summary>
    public DateTimeOffset ExpiresAt { get; set; }
}
