namespace BootDepot.Catalog.Sources;

/// <summary>One image that a source offers. A source's offers are replaced as a whole after each successful read.</summary>
public sealed class Offer
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>The source.</summary>
    public int BootSourceId { get; set; }

    /// <summary>Operating system; of a boot loader, its own name (<c>grub-efi-signed</c>).</summary>
    public required string Os { get; set; }

    /// <summary>Release; of a boot loader, its type (<c>uefi</c>).</summary>
    public required string Release { get; set; }

    /// <summary>Processor architecture.</summary>
    public required string Arch { get; set; }

    /// <summary>Sub-architecture of the product, or one that its kernel serves.</summary>
    public required string Subarch { get; set; }

    /// <summary>Kernel flavour; empty when the product has none.</summary>
    public string KernelFlavor { get; set; } = "";

    /// <summary>Label.</summary>
    public required string Label { get; set; }

    /// <summary>Whether this row is a boot loader.</summary>
    public bool IsBootloader { get; set; }

    /// <summary>Title for people, for example <c>24.04 LTS</c>; empty when the stream has none.</summary>
    public string Title { get; set; } = "";

    /// <summary>Newest usable version offered.</summary>
    public required string Version { get; set; }

    /// <summary>Bytes of that version, each distinct file once.</summary>
    public long Size { get; set; }
}
