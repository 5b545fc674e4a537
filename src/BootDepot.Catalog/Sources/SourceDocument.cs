using System;

namespace BootDepot.Catalog.Sources;

/// <summary>A stream document as last verified: what a conditional request compares with.</summary>
public sealed class SourceDocument
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>The source it came from.</summary>
    public int BootSourceId { get; set; }

    /// <summary>Its path below the source's base, for example <c>streams/v1/index.sjson</c>.</summary>
    public required string Path { get; set; }

    /// <summary>Entity tag of the answer, if it had one.</summary>
    public string? ETag { get; set; }

    /// <summary>Last-Modified of the answer, as received, if it had one.</summary>
    public string? LastModified { get; set; }

    /// <summary>SHA-256 of <see cref="Content"/>, hexadecimal.</summary>
    public required string Sha256 { get; set; }

    /// <summary>The verified text: exactly the bytes that the signature covers.</summary>
    public required byte[] Content { get; set; }

    /// <summary>Fingerprint of the key that signed it; null when the source is unsigned.</summary>
    public string? SignedBy { get; set; }

    /// <summary>The document's own <c>updated</c>; never goes back, so that an old signed document is not replayed.</summary>
    public DateTimeOffset? StreamUpdated { get; set; }

    /// <summary>When these bytes came.</summary>
    public DateTimeOffset FetchedAt { get; set; }
}
