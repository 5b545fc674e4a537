using System.Collections.Generic;

namespace BootDepot.Cli.Streams.Building;

/// <summary>What <c>bootdepot stream build</c> makes a stream of: the YAML file, as written.</summary>
public sealed class StreamDescription
{
    /// <summary>Label of every product that has none of its own.</summary>
    public string Label { get; set; } = "stable";

    /// <summary>Operating-system images.</summary>
    public List<ImageDescription> Images { get; set; } = [];

    /// <summary>Boot loaders.</summary>
    public List<BootloaderDescription> Bootloaders { get; set; } = [];
}

/// <summary>One version of one image.</summary>
public sealed class ImageDescription
{
    /// <summary>Operating system, for example <c>debian</c>.</summary>
    public string Os { get; set; } = "";

    /// <summary>Release, for example <c>bookworm</c>.</summary>
    public string Release { get; set; } = "";

    /// <summary>Number of the release, for example <c>12</c>; the release when empty.</summary>
    public string Version { get; set; } = "";

    /// <summary>Title for people; <c>os/release</c> when empty.</summary>
    public string Title { get; set; } = "";

    /// <summary>Processor architecture.</summary>
    public string Arch { get; set; } = "";

    /// <summary>Kernel line or board.</summary>
    public string Subarch { get; set; } = "generic";

    /// <summary>Machine sub-architectures served, comma-separated; the sub-architecture when empty.</summary>
    public string Subarches { get; set; } = "";

    /// <summary>Kernel flavour.</summary>
    public string Kflavor { get; set; } = "generic";

    /// <summary>Label; the file's when empty.</summary>
    public string Label { get; set; } = "";

    /// <summary>Name of this version, for example <c>20260309</c>.</summary>
    public string Set { get; set; } = "";

    /// <summary>What stands for the release in the product's name.</summary>
    internal string Number => Version.Length > 0 ? Version : Release;

    /// <summary>Its files by type (<c>boot-kernel</c>, <c>squashfs</c>, <c>root-tgz</c>, …).</summary>
    public Dictionary<string, FileDescription> Files { get; set; } = [];
}

/// <summary>A file of an image.</summary>
public sealed class FileDescription
{
    /// <summary>Where it is, relative to the description.</summary>
    public string Path { get; set; } = "";

    /// <summary>Kernel package that it came from, if it is a kernel or initrd.</summary>
    public string Kpackage { get; set; } = "";
}

/// <summary>One version of one boot loader.</summary>
public sealed class BootloaderDescription
{
    /// <summary>Name of the loader, for example <c>grub-efi-signed</c>.</summary>
    public string Os { get; set; } = "";

    /// <summary>How machines use it: <c>uefi</c>, <c>pxe</c>, <c>open-firmware</c>.</summary>
    public string Type { get; set; } = "";

    /// <summary>Architecture it is built for.</summary>
    public string Arch { get; set; } = "";

    /// <summary>Machine architectures served, comma-separated; the architecture when empty.</summary>
    public string Arches { get; set; } = "";

    /// <summary>Label; the file's when empty.</summary>
    public string Label { get; set; } = "";

    /// <summary>Name of this version.</summary>
    public string Set { get; set; } = "";

    /// <summary>Its archives by name (<c>grub2-signed</c>, <c>shim-signed</c>, <c>syslinux</c>, …).</summary>
    public Dictionary<string, ArchiveDescription> Archives { get; set; } = [];
}

/// <summary>Loader files that are packed into one <c>tar.xz</c>.</summary>
public sealed class ArchiveDescription
{
    /// <summary>Source package that they came from.</summary>
    public string Package { get; set; } = "";

    /// <summary>Its version.</summary>
    public string Version { get; set; } = "";

    /// <summary>Release of the distribution that it came from.</summary>
    public string Release { get; set; } = "";

    /// <summary>The files, relative to the description; the archive has them without folders.</summary>
    public List<string> Files { get; set; } = [];
}
