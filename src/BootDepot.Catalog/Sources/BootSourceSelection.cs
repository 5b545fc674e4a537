using System;
using System.Collections.Generic;

namespace BootDepot.Catalog.Sources;

/// <summary>A filter on a source; <c>*</c> in any field takes everything.</summary>
public sealed class BootSourceSelection
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>The source it filters.</summary>
    public int BootSourceId { get; set; }

    /// <summary>Operating system, for example <c>ubuntu</c>; may be empty (any).</summary>
    public required string Os { get; set; }

    /// <summary>Release, for example <c>noble</c>; may be empty.</summary>
    public required string Release { get; set; }

    /// <summary>Processor architectures.</summary>
    public List<string> Arches { get; set; } = [];

    /// <summary>Sub-architectures (kernel lines, boards).</summary>
    public List<string> Subarches { get; set; } = [];

    /// <summary>Labels (<c>stable</c>, <c>candidate</c>).</summary>
    public List<string> Labels { get; set; } = [];

    /// <summary>Complete versions kept of each image that it takes, the newest included; null when nothing is said here.</summary>
    public int? KeepVersions { get; set; }

    /// <summary>
    /// Days that a version is kept after its successor was complete; null when nothing is said here. If both are null, the
    /// settings <c>boot_images_keep_versions</c> and <c>boot_images_keep_days</c> count.
    /// </summary>
    public int? KeepDays { get; set; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset Updated { get; set; }
}
