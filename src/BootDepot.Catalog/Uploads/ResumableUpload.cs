using System;

namespace BootDepot.Catalog.Uploads;

/// <summary>
/// An upload by the tus protocol that is no resource yet. Its bytes are a partial named after <see cref="Id"/>; it becomes a
/// file of a resource when all of them are there.
/// </summary>
public sealed class ResumableUpload
{
    /// <summary>Primary key: 32 hexadecimal digits that nobody can guess.</summary>
    public required string Id { get; set; }

    /// <summary>Name of the user who began it.</summary>
    public required string Owner { get; set; }

    /// <summary>Bytes in all.</summary>
    public long Size { get; set; }

    /// <summary>The <c>Upload-Metadata</c> header as it came; the fields of the upload are in it.</summary>
    public required string Metadata { get; set; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>Digest of the bytes, from the moment that all of them are there; null before.</summary>
    public string? Sha256 { get; set; }

    /// <summary>The resource that it became; null before.</summary>
    public int? ResourceId { get; set; }

    /// <summary>Why the bytes were refused; null when they were not.</summary>
    public string? FaultCode { get; set; }

    /// <summary>The same in words.</summary>
    public string? FaultMessage { get; set; }

    /// <summary>What the refused bytes are, for a person; null when they were not refused.</summary>
    public string? Found { get; set; }

    /// <summary>Upload name of the type that the refused bytes are; null when they are none, or were not refused.</summary>
    public string? RightType { get; set; }
}
