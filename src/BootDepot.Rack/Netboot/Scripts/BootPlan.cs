using System.Collections.Generic;
using BootDepot.Images;
using BootDepot.Images.Booting;

namespace BootDepot.Rack.Netboot.Scripts;

/// <summary>What a machine is told to do, before it is put into the words of its boot loader.</summary>
/// <param name="Title">For people: printable ASCII without anything that a boot loader could evaluate.</param>
internal abstract record BootPlan(string Title);

/// <summary>Load a kernel and go.</summary>
internal sealed record LinuxPlan(string Title) : BootPlan(Title)
{
    /// <summary>Path of the kernel on this rack.</summary>
    public required string Kernel { get; init; }

    /// <summary>Path of its initrd; null for none.</summary>
    public string? Initrd { get; init; }

    /// <summary>Its command line, without BOOTIF, which the boot loader adds.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>Why it is loaded.</summary>
    public required BootMode Mode { get; init; }

    /// <summary>The image, for the boot log.</summary>
    public required string Image { get; init; }

    /// <summary>What has to be served before the machine runs.</summary>
    public required IReadOnlyList<Digest> Needs { get; init; }
}

/// <summary>Boot the next device, usually the disk.</summary>
internal sealed record LocalPlan() : BootPlan("Boot the next device (the disk)");

/// <summary>Show a list; after a while boot the next device.</summary>
internal sealed record MenuPlan(IReadOnlyList<BootPlan> Entries) : BootPlan("BootDepot");

/// <summary>It cannot be done now: say why, wait, begin anew.</summary>
internal sealed record FailedPlan(Fault Fault) : BootPlan("This machine cannot be booted now");
