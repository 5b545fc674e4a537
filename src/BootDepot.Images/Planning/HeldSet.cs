using System.Collections.Generic;

namespace BootDepot.Images.Planning;

/// <summary>A set as the catalogue has it.</summary>
public sealed record HeldSet
{
    /// <summary>Its key in the catalogue.</summary>
    public required int Id { get; init; }

    /// <summary>Its resource.</summary>
    public required ResourceKey Key { get; init; }

    /// <summary>Uploaded by someone, so no business of an import.</summary>
    public bool IsUploaded { get; init; }

    /// <summary>Whether it is a boot loader.</summary>
    public bool IsBootloader { get; init; }

    /// <summary>Version.</summary>
    public required SetVersion Version { get; init; }

    /// <summary>Label.</summary>
    public required string Label { get; init; }

    /// <summary>Kernel flavour of the resource.</summary>
    public string? KernelFlavor { get; init; }

    /// <summary>Machine sub-architectures that the resource serves.</summary>
    public IReadOnlyList<string> Subarches { get; init; } = [];

    /// <summary>Whether all files are held.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Complete, but not served: somebody rolled back behind it.</summary>
    public bool IsWithheld { get; init; }

    /// <summary>When it was complete; null when it is not, or when that is not known.</summary>
    public System.DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Never retired.</summary>
    public bool IsPinned { get; init; }

    /// <summary>The source that it came from; null when that is gone.</summary>
    public int? SourceId { get; init; }

    /// <summary>Its files.</summary>
    public required IReadOnlyList<HeldFile> Files { get; init; }
}

/// <summary>A file of a held set.</summary>
/// <param name="Filename">Unique in its set.</param>
/// <param name="Digest">SHA-256.</param>
/// <param name="Size">Bytes.</param>
public readonly record struct HeldFile(string Filename, Digest Digest, long Size);
