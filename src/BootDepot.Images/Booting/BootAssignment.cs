namespace BootDepot.Images.Booting;

/// <summary>
/// What one machine, every machine of an architecture, or any machine boots. The most exact one that fits counts: machine,
/// then architecture, then default.
/// </summary>
public sealed record BootAssignment
{
    /// <summary>The machine; null unless it is for one machine.</summary>
    public MacAddress? Machine { get; init; }

    /// <summary>The architecture (<c>amd64</c>); null unless it is for all machines of one.</summary>
    public string? Arch { get; init; }

    /// <summary>What it does.</summary>
    public required BootMode Mode { get; init; }

    /// <summary>The image: needed for <see cref="BootMode.Ephemeral"/> and <see cref="BootMode.Install"/>, else null.</summary>
    public ImageName? Image { get; init; }

    /// <summary>Its kernel line, the sub-architecture of the resource (<c>ga-24.04</c>); null: what <c>generic</c> stands for.</summary>
    public string? Kernel { get; init; }

    /// <summary>A version to stay with; null: the newest that the rack holds whole.</summary>
    public SetVersion? Version { get; init; }

    /// <summary>Words for the kernel's command line, after those of BootDepot. Data: never evaluated by a boot script.</summary>
    public string KernelParameters { get => field ?? ""; init; } = "";

    /// <summary>Disk that <see cref="BootMode.Install"/> writes to (<c>/dev/vda</c>); null: the first one that is large enough.</summary>
    public string? Disk { get; init; }
}
