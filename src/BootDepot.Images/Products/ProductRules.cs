using System;
using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Images.Products;

/// <summary>
/// Which products an importer of MAAS streams takes (the rules of MAAS 2.2 to 3.7). The others are left out with a
/// note, and harm nothing.
/// </summary>
internal static class ProductRules
{
    /// <summary>The MAAS release whose streams we understand: products marked for a later one are left out.</summary>
    private static readonly Version Understood = new(3, 8);

    /// <summary>How a region names the products of uploads that it publishes.</summary>
    private const string UploadedPrefix = "org.bootdepot.custom:1:";

    // Machines' firmware asks for exactly these; a second loader of a type would take the first one's place.
    private static readonly HashSet<(string Type, string Os, string Arch)> Bootloaders =
    [
        ("pxe", "pxelinux", "i386"),
        ("uefi", "grub-efi-signed", "amd64"),
        ("uefi", "grub-efi", "arm64"),
        ("open-firmware", "grub-ieee1275", "ppc64el"),
    ];

    /// <summary>Why the product is left out; null when it is taken.</summary>
    public static Fault? LeftOutOrNull(OfferedProduct product)
    {
        var os = product.Tags.GetValueOrDefault("os", "");
        if (product.Tags.TryGetValue("maas_supported", out var since)
            && Version.TryParse(since, out var needed) && needed > Understood)
        {
            return new Fault(
                "product-needs-newer",
                $"It is marked for importers from {since} on; this one understands {Understood}. Update BootDepot.");
        }

        if (product.Tags.TryGetValue("bootloader-type", out var type))
            return BootloaderLeftOutOrNull(product, type, os);
        // What somebody uploaded to a region is what its uploader says.
        if (product.Name.StartsWith(UploadedPrefix, StringComparison.Ordinal))
            return null;
        if (os == "ubuntu-core" ? !HasGeneration(product.Name, "v4") : IsUbuntu(os) && !HasGeneration(product.Name, "v2", "v3", "v3+platform"))
        {
            return new Fault(
                "product-name-not-taken",
                $"Its os is {os}, but its name has no generation that is known for it (:v2:, :v3:, :v3+platform:, "
                + "for ubuntu-core :v4:). Nothing to do, unless you publish this stream: then correct the name.");
        }

        return null;
    }

    private static bool IsUbuntu(string os) => os.Contains("ubuntu", StringComparison.OrdinalIgnoreCase);

    private static Fault? BootloaderLeftOutOrNull(OfferedProduct product, string type, string os)
    {
        var arch = product.Tags.GetValueOrDefault("arch", "");
        if (HasGeneration(product.Name, "1") && Bootloaders.Contains((type, os, arch)))
            return null;
        var known = string.Join(", ", Bootloaders.Select(b => $"{b.Os} {b.Type} {b.Arch}"));
        return new Fault(
            "bootloader-not-taken",
            $"The boot loader {os} {type} {arch} is not one that machines are given: {known} are. Nothing to do.");
    }

    // The patterns of MAAS are unanchored: the part may stand anywhere between colons.
    private static bool HasGeneration(string name, params ReadOnlySpan<string> generations)
    {
        foreach (var generation in generations)
        {
            if (name.Contains($":{generation}:", StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
