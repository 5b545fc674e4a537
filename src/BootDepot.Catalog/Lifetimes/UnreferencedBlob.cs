using System;

namespace BootDepot.Catalog.Lifetimes;

/// <summary>A blob that nothing refers to, and since when: so that the grace period outlives a restart.</summary>
public sealed class UnreferencedBlob
{
    /// <summary>Digest, 64 lower-case hexadecimal digits. Primary key.</summary>
    public required string Sha256 { get; set; }

    /// <summary>Bytes.</summary>
    public long Size { get; set; }

    /// <summary>When it was first seen so, or when the last version that had it was deleted.</summary>
    public DateTimeOffset Since { get; set; }
}
