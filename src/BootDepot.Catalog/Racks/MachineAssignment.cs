using System;

namespace BootDepot.Catalog.Racks;

/// <summary>What a machine, the machines of an architecture, or any machine boots from a rack.</summary>
public sealed class MachineAssignment
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>Whom it is for: a MAC address (lower case, colons), an architecture, or <c>default</c>; unique.</summary>
    public required string Target { get; set; }

    /// <summary><c>menu</c>, <c>ephemeral</c>, <c>install</c> or <c>local</c>.</summary>
    public required string Mode { get; set; }

    /// <summary>The image, <c>os/release</c>; null where the mode needs none.</summary>
    public string? Image { get; set; }

    /// <summary>Kernel line; null for the release's own.</summary>
    public string? Kernel { get; set; }

    /// <summary>Version to stay with; null for the newest.</summary>
    public string? Version { get; set; }

    /// <summary>Words for the kernel's command line.</summary>
    public string KernelParameters { get; set; } = "";

    /// <summary>Disk to write to; null for the first that is large enough.</summary>
    public string? Disk { get; set; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset Updated { get; set; }
}
