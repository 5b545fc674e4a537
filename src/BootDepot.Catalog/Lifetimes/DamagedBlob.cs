using System;

namespace BootDepot.Catalog.Lifetimes;

/// <summary>A blob whose bytes were found to be other than its name says, and what became of it.</summary>
public sealed class DamagedBlob
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>Digest that its bytes should have.</summary>
    public required string Sha256 { get; set; }

    /// <summary>Digest that they had; empty when the blob was missing or could not be read.</summary>
    public string ActualSha256 { get; set; } = "";

    /// <summary>What was found: <c>damaged</c>, <c>missing</c> or <c>unreadable</c>.</summary>
    public required string Problem { get; set; }

    /// <summary>Images that had it, for people.</summary>
    public string UsedBy { get; set; } = "";

    /// <summary>When it was found.</summary>
    public DateTimeOffset FoundAt { get; set; }

    /// <summary>When the right bytes were stored again; null until then.</summary>
    public DateTimeOffset? RepairedAt { get; set; }
}
