using System;
using System.Collections.Frozen;
using System.Linq;
using BootDepot.Rack.Netboot.Images;

namespace BootDepot.Rack.Netboot.Loaders;

/// <summary>Boot loaders that belong together: one version of a product, or the configured folder.</summary>
/// <param name="Origin">For the log: the product and version, or the folder.</param>
/// <param name="Type">Boot-loader type (<c>uefi</c>, <c>pxe</c>); null in a folder that does not say.</param>
/// <param name="Arch">Architecture; null in a folder that does not say.</param>
/// <param name="Files">Its files, by name.</param>
internal sealed record LoaderSet(string Origin, string? Type, string? Arch, FrozenDictionary<string, LocalFile> Files)
{
    /// <summary>
    /// Whether machines may be given it. A shim alone would be followed by a GRUB of another version, whose signature or
    /// revocation level it may refuse; so both must be there.
    /// </summary>
    public bool IsWhole =>
        !Files.Keys.Any(IsShim) || Files.Keys.Any(n => n.StartsWith("grub", StringComparison.Ordinal) && n.EndsWith(".efi", StringComparison.Ordinal));

    /// <summary>Whether firmware begins with this file, so that what follows must come from the same set.</summary>
    public static bool IsFirst(string name) =>
        IsShim(name) || name.EndsWith(".0", StringComparison.Ordinal) || name.EndsWith(".kpxe", StringComparison.Ordinal)
        || name.EndsWith(".pxe", StringComparison.Ordinal) || name is "ipxe.efi" or "snponly.efi" or "undionly.kpxe" or "bootppc64.bin";

    private static bool IsShim(string name) =>
        name.StartsWith("boot", StringComparison.Ordinal) && name.EndsWith(".efi", StringComparison.Ordinal);
}
