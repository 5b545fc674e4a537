using System;
using System.Collections.Generic;

namespace BootDepot.Catalog.Resources;

/// <summary>How a resource came: from a stream or by upload. The numbers are those of MAAS.</summary>
public enum ResourceKind
{
    /// <summary>Mirrored from a boot source.</summary>
    Synced = 0,

    /// <summary>Uploaded.</summary>
    Uploaded = 2,
}

/// <summary>Something that can be deployed: <c>os/release</c> for <c>arch/subarch</c>.</summary>
public sealed class BootResource
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>How it came. With <see cref="Name"/> and <see cref="Architecture"/> it identifies the resource.</summary>
    public ResourceKind Kind { get; set; }

    /// <summary><c>os/release</c>, or a bare name for uploads.</summary>
    public required string Name { get; set; }

    /// <summary><c>arch/subarch</c>, the kernel flavour included where it is not generic.</summary>
    public required string Architecture { get; set; }

    /// <summary>Kernel flavour of a multi-file image.</summary>
    public string? KernelFlavor { get; set; }

    /// <summary>Boot-loader type (<c>uefi</c>, <c>pxe</c>); null for images.</summary>
    public string? BootloaderType { get; set; }

    /// <summary>Whether the kernel line rolls (hwe).</summary>
    public bool Rolling { get; set; }

    /// <summary><c>os/series</c> that a custom image is made from; empty otherwise.</summary>
    public string BaseImage { get; set; } = "";

    /// <summary>Title for people; null when the stream has none.</summary>
    public string? Title { get; set; }

    /// <summary>Machine sub-architectures served, comma-separated without blanks; null for boot loaders.</summary>
    public string? Subarches { get; set; }

    /// <summary>Platform of a vendor kernel.</summary>
    public string? Platform { get; set; }

    /// <summary>Platforms served, comma-separated.</summary>
    public string? SupportedPlatforms { get; set; }

    /// <summary>When a machine last got it.</summary>
    public DateTimeOffset? LastDeployed { get; set; }

    /// <summary>When it first appeared.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset Updated { get; set; }

    /// <summary>Its versions.</summary>
    public List<ResourceSet> Sets { get; } = [];
}
