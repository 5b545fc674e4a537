using System;

namespace BootDepot.Catalog.Lifetimes;

/// <summary>One pass over all stored bytes. A pass that was cut off is gone on with behind <see cref="Position"/>.</summary>
public sealed class ScrubRun
{
    /// <summary>Primary key, rising.</summary>
    public int Id { get; set; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When it ended; null while it runs or waits to be gone on with.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Digest of the last blob looked at; blobs are taken in the order of their digests. Empty at first.</summary>
    public string Position { get; set; } = "";

    /// <summary>Blobs read.</summary>
    public int Blobs { get; set; }

    /// <summary>Bytes read.</summary>
    public long Bytes { get; set; }

    /// <summary>Blobs that were wrong, missing or could not be read.</summary>
    public int Damaged { get; set; }
}
