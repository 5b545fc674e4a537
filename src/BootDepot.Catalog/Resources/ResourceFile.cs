using System;

namespace BootDepot.Catalog.Resources;

/// <summary>A file of a set. Its bytes are the blob of that digest.</summary>
public sealed class ResourceFile
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>The set.</summary>
    public int SetId { get; set; }

    /// <summary>The set.</summary>
    public ResourceSet? Set { get; set; }

    /// <summary>Base name of the stream path, or the name of the uploaded type. Unique in its set.</summary>
    public required string Filename { get; set; }

    /// <summary>Stored type name; see <see cref="Images.FileType"/>.</summary>
    public required string FileType { get; set; }

    /// <summary>Digest, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; set; }

    /// <summary>Size in bytes.</summary>
    public long Size { get; set; }

    /// <summary>When the blob was stored and verified; null until then.</summary>
    public DateTimeOffset? StoredAt { get; set; }

    /// <summary>Name of the stream item; null for uploads.</summary>
    public string? ItemName { get; set; }

    /// <summary>The item's path in the stream it came from; null for uploads.</summary>
    public string? ItemPath { get; set; }

    /// <summary>The item's own keys as a JSON object (<c>kpackage</c>, <c>src_version</c>, …).</summary>
    public string ItemTags { get; set; } = "{}";
}
