using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Images.Products;
using BootDepot.Rack.Netboot.Images;
using BootDepot.Rack.Netboot.Install;

namespace BootDepot.Rack.Netboot.Scripts;

/// <summary>Turns what a machine is assigned into a plan, from what the rack holds.</summary>
/// <param name="Shelf">What is held.</param>
/// <param name="Arch">The machine's architecture.</param>
/// <param name="Machine">The machine, when it said who it is.</param>
/// <param name="Installer">The installer for the architecture; null when there is none.</param>
/// <param name="Options">Settings.</param>
/// <param name="Token">Makes the token by which an installation reports.</param>
internal sealed record BootPlanner(
    ShelfIndex Shelf, string Arch, MacAddress? Machine, InstallerFiles? Installer, NetbootOptions Options, Func<MacAddress?, string, Digest, string> Token)
{
    // More entries do not fit any screen.
    private const int MaxEntries = 60;

    private string Base => Options.Advertise.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>The plan for an assignment.</summary>
    public BootPlan Plan(BootAssignment assignment)
    {
        switch (assignment.Mode)
        {
            case BootMode.Menu:
                return Menu(assignment);
            case BootMode.Local:
                return new LocalPlan();
            default:
                if (Shelf.FindOrNull(assignment, Arch) is not { } image)
                    return new FailedPlan(NotHeld(assignment));
                var plan = assignment.Mode == BootMode.Install ? Install(image, assignment) : Ephemeral(image, assignment);
                return plan is LinuxPlan linux && LengthOf(linux) > KernelWords.MaxLine
                    ? new FailedPlan(new Fault(
                        "kernel-line-too-long",
                        $"The command line for {BootParts.Describe(image)} has {LengthOf(linux)} characters and kernels read {KernelWords.MaxLine}. Shorten the kernel parameters."))
                    : plan;
        }
    }

    private static int LengthOf(LinuxPlan plan) => plan.Words.Sum(w => KernelWords.Quote(w).Length + 1) + "BOOTIF=01-00-00-00-00-00-00".Length;

    private Fault NotHeld(BootAssignment assignment) => new(
        "boot-image-not-held",
        $"{assignment.Image} for {Arch}{(assignment.Kernel is null ? "" : $" with kernel {assignment.Kernel}")}"
        + $"{(assignment.Version is { } v ? $" version {v}" : "")} is assigned and this rack does not hold it. Import it, let the rack synchronise, or assign another.");

    private MenuPlan Menu(BootAssignment assignment)
    {
        var entries = new List<BootPlan> { new LocalPlan() };
        foreach (var image in Shelf.Newest(Arch))
        {
            if (Ephemeral(image, assignment) is LinuxPlan boot)
                entries.Add(boot);
            if (Install(image, assignment) is LinuxPlan install)
                entries.Add(install);
        }

        return new MenuPlan(entries.Count <= MaxEntries ? entries : entries[..MaxEntries]);
    }

    private BootPlan Ephemeral(OfferedImage image, BootAssignment assignment)
    {
        if (BootParts.KernelOrNull(image) is not { } kernel)
        {
            return new FailedPlan(new Fault(
                "boot-image-without-kernel",
                $"{BootParts.Describe(image)} has no kernel, so a machine can only be installed with it. Assign it with mode install, or another image."));
        }

        var initrd = BootParts.InitrdOrNull(image);
        var root = BootParts.RootOrNull(image);
        return new LinuxPlan(ScriptText.Title($"Boot {BootParts.Describe(image)} {image.Key.Architecture.Subarch} {image.ReleaseTitle}"))
        {
            Kernel = ImagePaths.Of(image, kernel),
            Initrd = initrd is null ? null : ImagePaths.Of(image, initrd),
            Words = [.. EphemeralWords(image, root), .. Extra(assignment)],
            Mode = BootMode.Ephemeral,
            Image = BootParts.Describe(image),
            Needs = [.. new[] { kernel, initrd, root }.OfType<OfferedFile>().Select(f => f.Digest)],
        };
    }

    /// <summary>What MAAS tells its ephemeral systems, without what needs its metadata service.</summary>
    private IEnumerable<string> EphemeralWords(OfferedImage image, OfferedFile? root)
    {
        if (root is null)
            yield break; // an installer or a rescue system, which looks after itself
        yield return "nomodeset";
        var isSquash = root.Type.Name == "squashfs";
        yield return $"root={(isSquash ? "squash" : "tar")}:{Base}{ImagePaths.Of(image, root)}";
        // initramfs-tools: client, server, gateway, netmask, host name, device (the one of BOOTIF), method.
        yield return $"ip=::::{Machine?.Dashed}:BOOTIF:dhcp";
        yield return "ip6=off";
        yield return "ro";
        if (isSquash)
        {
            yield return "overlayroot=tmpfs";
            yield return "overlayroot_cfgdisk=disabled";
        }

        // Before 22.04 AppArmor refuses what lies on an overlay.
        if (image.Os == "ubuntu" && image.Alias is { } alias
            && decimal.TryParse(alias[(alias.IndexOf('/', StringComparison.Ordinal) + 1)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number < 22.04m)
        {
            yield return "apparmor=0";
        }
    }

    private BootPlan Install(OfferedImage image, BootAssignment assignment)
    {
        if (BootParts.InstallableOrNull(image) is not { } file)
        {
            return new FailedPlan(new Fault(
                "boot-image-not-installable",
                $"{BootParts.Describe(image)} has neither a disk image nor a root archive. Assign it with mode ephemeral, or another image."));
        }

        if (Installer is not { } installer)
        {
            return new FailedPlan(new Fault(
                "installer-missing",
                $"This rack has no installer for {Arch}. Build one with eng/build-installer and give its folder to the rack."));
        }

        var words = new List<string>
        {
            $"bootdepot.image={Base}{ImagePaths.Of(image, file)}",
            $"bootdepot.sha256={file.Digest.Hex}",
            $"bootdepot.size={file.Size.ToString(CultureInfo.InvariantCulture)}",
            $"bootdepot.type={file.Type.Name}",
            $"bootdepot.report={Base}/{InstallReports.Folder}/{Token(Machine, Arch, file.Digest)}",
        };
        if (assignment.Disk is { Length: > 0 } disk)
            words.Add($"bootdepot.disk={disk}");
        return new LinuxPlan(ScriptText.Title($"Install {BootParts.Describe(image)} {image.Key.Architecture.Subarch} on {assignment.Disk ?? "the first disk"}"))
        {
            Kernel = $"/images/{installer.Kernel.Digest.Hex}/installer/boot-kernel",
            Initrd = $"/images/{installer.Initrd.Digest.Hex}/installer/boot-initrd",
            Words = [.. words, .. Extra(assignment)],
            Mode = BootMode.Install,
            Image = BootParts.Describe(image),
            Needs = [installer.Kernel.Digest, installer.Initrd.Digest, file.Digest],
        };
    }

    private IEnumerable<string> Extra(BootAssignment assignment) =>
        KernelWords.Parse(Options.KernelParameters).Concat(KernelWords.Parse(assignment.KernelParameters));
}
