using System;
using System.Collections.Generic;
using BootDepot.Catalog.Resources;

namespace BootDepot.Catalog.Lifetimes;

/// <summary>
/// A version that was deleted or retired, with all that is needed to put it back. While its row is there its blobs count as
/// referenced; the grace period is counted from <see cref="DeletedAt"/>.
/// </summary>
public sealed class DeletedSet
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>How the resource came.</summary>
    public ResourceKind Kind { get; set; }

    /// <summary><c>os/release</c> or a bare name.</summary>
    public required string Name { get; set; }

    /// <summary><c>arch/subarch</c>.</summary>
    public required string Architecture { get; set; }

    /// <summary>Version.</summary>
    public required string Version { get; set; }

    /// <summary>Sum of its files' sizes in bytes.</summary>
    public long Size { get; set; }

    /// <summary>When it went.</summary>
    public DateTimeOffset DeletedAt { get; set; }

    /// <summary>Who did it: a user name, or <c>system</c>.</summary>
    public required string DeletedBy { get; set; }

    /// <summary>Why: <c>deleted</c>, or the reason of a retirement such as <c>Superseded</c>.</summary>
    public required string Reason { get; set; }

    /// <summary>Resource, set and files as a JSON object.</summary>
    public required string Snapshot { get; set; }

    /// <summary>The blobs of its files.</summary>
    public List<DeletedBlob> Blobs { get; } = [];
}

/// <summary>A blob that a deleted version needs to come back.</summary>
public sealed class DeletedBlob
{
    /// <summary>The deleted version.</summary>
    public int DeletedSetId { get; set; }

    /// <summary>Digest, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; set; }
}
