using System;
using BootDepot.Images.Booting;

namespace BootDepot.Rack.Netboot.Routing;

/// <summary>The language of a boot script.</summary>
internal enum ScriptDialect
{
    Ipxe,
    Pxelinux,
    Grub,
}

/// <summary>Which script a name asks for.</summary>
/// <param name="Dialect">Its language.</param>
/// <param name="Machine">The machine it is for; null unless the name tells.</param>
/// <param name="Arch">The architecture it is for; null unless the name tells.</param>
/// <param name="IsEntry">Whether it is the first script, which is the same for every machine.</param>
internal sealed record ScriptName(ScriptDialect Dialect, MacAddress? Machine, string? Arch, bool IsEntry)
{
    private const string Default = "default";

    /// <summary>
    /// Reads the last part of a path. A name that a loader tries and nobody answers (a machine's UUID, its address in
    /// hexadecimal) is a script's name too: it has neither a machine nor an architecture and is no entry. Null for what is no
    /// script at all.
    /// </summary>
    public static ScriptName? ParseOrNull(string path)
    {
        if (path == "ipxe.cfg" || path == "boot.ipxe")
            return new(ScriptDialect.Ipxe, null, null, IsEntry: true);
        if (After(path, "ipxe.cfg-") is { } ipxe)
            return Named(ScriptDialect.Ipxe, ipxe, "amd64");
        if (After(path, "pxelinux.cfg/") is { } pxelinux)
            return pxelinux.Contains('/', StringComparison.Ordinal) ? null : Named(ScriptDialect.Pxelinux, pxelinux, "amd64");
        if (path is "grub/grub.cfg" or "grub.cfg")
            return new(ScriptDialect.Grub, null, null, IsEntry: true);
        return (After(path, "grub/grub.cfg-") ?? After(path, "grub.cfg-")) is { } grub ? Named(ScriptDialect.Grub, grub, "amd64") : null;
    }

    /// <summary>An architecture as boot loaders and catalogues name it.</summary>
    public static string? ArchOf(string text) => text.ToLowerInvariant() switch
    {
        "amd64" or "x86_64" or "x86-64" => "amd64",
        // A 64-bit machine whose BIOS boot loader is a 32-bit program: its kernels are those of amd64.
        "i386" or "x86" => "amd64",
        "arm64" or "aarch64" => "arm64",
        "ppc64el" or "powerpc" or "ppc64le" or "ppc64" => "ppc64el",
        "armhf" or "arm" or "arm32" => "armhf",
        "s390x" => "s390x",
        "riscv64" => "riscv64",
        _ => null,
    };

    private static ScriptName Named(ScriptDialect dialect, string name, string usualArch)
    {
        if (MacAddress.TryParse(name, out var machine))
            return new(dialect, machine, null, IsEntry: false);
        if (name == Default)
            return new(dialect, null, usualArch, IsEntry: false);
        // default-ARCH, default.ARCH, each with -SUBARCH behind it, which does not matter here.
        var rest = After(name, Default + "-") ?? After(name, Default + ".");
        return new(dialect, null, rest is null ? null : ArchOf(rest) ?? ArchOf(rest.Split('-')[0]), IsEntry: false);
    }

    private static string? After(string text, string start) =>
        text.StartsWith(start, StringComparison.Ordinal) && text.Length > start.Length ? text[start.Length..] : null;
}
