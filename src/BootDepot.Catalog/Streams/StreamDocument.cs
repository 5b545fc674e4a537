using System;

namespace BootDepot.Catalog.Streams;

/// <summary>When a document of the published stream last changed, so that the same content is published with the same date.</summary>
public sealed class StreamDocument
{
    /// <summary>Its content id, or the name of the index. Primary key.</summary>
    public required string Name { get; set; }

    /// <summary>SHA-256 of its content without dates, hexadecimal.</summary>
    public required string Sha256 { get; set; }

    /// <summary>Its <c>updated</c>, in whole seconds; only ever rises.</summary>
    public DateTimeOffset Updated { get; set; }
}
