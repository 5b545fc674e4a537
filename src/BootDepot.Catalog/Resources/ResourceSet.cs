using System;
using System.Collections.Generic;

namespace BootDepot.Catalog.Resources;

/// <summary>One version of a resource. It is served only when <see cref="CompletedAt"/> is set: all files are held.</summary>
public sealed class ResourceSet
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>The resource.</summary>
    public int ResourceId { get; set; }

    /// <summary>The resource.</summary>
    public BootResource? Resource { get; set; }

    /// <summary>Version name; ordered bytewise.</summary>
    public required string Version { get; set; }

    /// <summary><c>stable</c>, <c>candidate</c>, <c>uploaded</c>.</summary>
    public required string Label { get; set; }

    /// <summary>When the set appeared.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>When the last of its files was stored and the set became visible to racks and streams; null before.</summary>
    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>
    /// When somebody rolled back behind this version: all its files are held, but it is not served, so
    /// <see cref="CompletedAt"/> is null; null otherwise.
    /// </summary>
    public DateTimeOffset? WithheldAt { get; set; }

    /// <summary>The label that the stream gave, if somebody promoted the version to another; null otherwise.</summary>
    public string? UpstreamLabel { get; set; }

    /// <summary>Never retired while true.</summary>
    public bool Pinned { get; set; }

    /// <summary>The source it came from; null for uploads and after the source is gone.</summary>
    public int? BootSourceId { get; set; }

    /// <summary>Content id of the products document it came from; null for uploads.</summary>
    public string? ContentId { get; set; }

    /// <summary>Name of the stream product; null for uploads.</summary>
    public string? ProductName { get; set; }

    /// <summary>The product's own keys as a JSON object, so that what we do not know survives publication.</summary>
    public string ProductTags { get; set; } = "{}";

    /// <summary>The version's own keys as a JSON object.</summary>
    public string VersionTags { get; set; } = "{}";

    /// <summary>Fingerprint of the key that signed the document it came from.</summary>
    public string? SignedBy { get; set; }

    /// <summary>Its files.</summary>
    public List<ResourceFile> Files { get; } = [];
}
