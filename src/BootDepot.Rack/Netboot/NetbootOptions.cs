using System;

namespace BootDepot.Rack.Netboot;

/// <summary>How machines are booted.</summary>
public sealed record NetbootOptions
{
    /// <summary>
    /// The address by which machines reach this rack's HTTP port (<c>http://10.0.0.2:5248/</c>). A setting, because it cannot be
    /// concluded from a request: UEFI firmware and GRUB leave the port out of the Host header.
    /// </summary>
    public required Uri Advertise { get; init; }

    /// <summary>Folder of this rack's own, for unpacked boot loaders and for what installations it saw; made when absent.</summary>
    public required string DataFolder { get; init; }

    /// <summary>
    /// Folder with boot loaders, for those that the region does not offer: flat, or <c>TYPE/ARCH/</c> below it as in
    /// MAAS's tree; null for none.
    /// </summary>
    public string? LoaderFolder { get; init; }

    /// <summary>Folder of the installer (<c>boot-kernel</c> and <c>boot-initrd</c> below <c>ARCH/</c>); null: nothing can be installed.</summary>
    public string? InstallerFolder { get; init; }

    /// <summary>How long the menu waits for a person before it boots the next device.</summary>
    public TimeSpan MenuTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Words for every kernel's command line (<c>console=ttyS0</c>), before those of an assignment.</summary>
    public string KernelParameters { get; init; } = "";
}
