using System;
using System.Linq;
using BootDepot.Images.Products;

namespace BootDepot.Rack.Netboot.Images;

/// <summary>The files of an image by what they do at boot.</summary>
internal static class BootParts
{
    private static readonly string[] RootArchives = ["root-tgz", "root-txz", "root-tbz"];

    /// <summary>Its kernel; null when it has none.</summary>
    public static OfferedFile? KernelOrNull(OfferedImage image) => OfTypeOrNull(image, "boot-kernel");

    /// <summary>Its initrd; null when it has none.</summary>
    public static OfferedFile? InitrdOrNull(OfferedImage image) => OfTypeOrNull(image, "boot-initrd");

    /// <summary>What an initrd can fetch as root: a squashfs, else an archive; null for a kernel that needs none.</summary>
    public static OfferedFile? RootOrNull(OfferedImage image) =>
        OfTypeOrNull(image, "squashfs") ?? image.Files.FirstOrDefault(f => RootArchives.Contains(f.Type.Name));

    /// <summary>What an installer can put on a disk: a disk image, else a root archive.</summary>
    public static OfferedFile? InstallableOrNull(OfferedImage image) =>
        image.Files.FirstOrDefault(f => f.Type.Name.StartsWith("root-dd", StringComparison.Ordinal))
        ?? image.Files.FirstOrDefault(f => RootArchives.Contains(f.Type.Name));

    /// <summary>What a file is in the boot log.</summary>
    public static string KindOf(OfferedFile file) => file.Type.Name switch
    {
        "boot-kernel" => "kernel",
        "boot-initrd" => "initrd",
        "squashfs" or "root-image.gz" => "root",
        _ => file.Type.IsRootImage ? "image" : "other",
    };

    /// <summary>How people and the boot log name it: <c>ubuntu/noble 20260309</c>.</summary>
    public static string Describe(OfferedImage image) => $"{image.Key.Name} {image.Version}";

    private static OfferedFile? OfTypeOrNull(OfferedImage image, string type) => image.Files.FirstOrDefault(f => f.Type.Name == type);
}
