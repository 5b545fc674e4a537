namespace BootDepot.Images.Booting;

/// <summary>What a machine does when it boots from the network.</summary>
public enum BootMode
{
    /// <summary>Shows what the rack holds and lets a person choose.</summary>
    Menu,

    /// <summary>Kernel and initrd of an image, its squashfs as root over HTTP; nothing is written to a disk.</summary>
    Ephemeral,

    /// <summary>Writes an image to a disk, then boots from that disk.</summary>
    Install,

    /// <summary>Boots the next device, usually the disk.</summary>
    Local,
}
