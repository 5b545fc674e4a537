using System;
using System.Linq;
using BootDepot.Catalog;
using BootDepot.Catalog.Racks;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Images.Racks;

namespace BootDepot.Region.Racks;

/// <summary>What an assignment may say, and how it is kept.</summary>
internal static class AssignmentRules
{
    /// <summary>The target that stands for any machine.</summary>
    public const string AnyMachine = "default";

    /// <summary>The form in which a target is kept: a MAC address, an architecture or <c>default</c>; null when it is none of them.</summary>
    public static string? TargetOrNull(string text)
    {
        var target = text.Trim();
        if (MacAddress.TryParse(target, out var mac))
            return mac.ToString();
        return target.Length <= 32 && target.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') && target.Length > 0 ? target : null;
    }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public static (string Field, string Text)? ProblemOrNull(MachineAssignment assignment)
    {
        var mode = RackWords.ParseBootMode(assignment.Mode);
        if (mode is BootMode.Ephemeral or BootMode.Install && assignment.Image is null)
            return ("image", $"The mode {assignment.Mode} needs an image.");
        if (assignment.Image is { } image && !ImageName.TryParse(image, out _))
            return ("image", $"'{image}' is not an image name: os/release is needed, as in ubuntu/noble.");
        if (assignment.Kernel is { } kernel && !SafeName.IsSafe(kernel))
            return ("kernel", $"'{kernel}' is not a kernel line; one is ga-24.04.");
        if (assignment.Version is { } version && !SafeName.IsSafe(version))
            return ("version", $"'{version}' is not a version; one is 20260309.");
        if (assignment.KernelParameters.Length > MaxLengths.Path || assignment.KernelParameters.Any(char.IsControl))
            return ("kernel_parameters", $"Kernel parameters are one line of at most {MaxLengths.Path} characters.");
        if (assignment.Disk is { } disk
            && (!disk.StartsWith("/dev/", StringComparison.Ordinal) || disk.Contains("..", StringComparison.Ordinal)
                || disk.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('/' or '-' or '_' or '.' or ':' or '+'))))
        {
            return ("disk", $"'{disk}' is not a disk; one is /dev/vda or /dev/disk/by-id/….");
        }

        return null;
    }

    /// <summary>The form that racks work with.</summary>
    public static BootAssignment ToAssignment(MachineAssignment kept)
    {
        var isMachine = MacAddress.TryParse(kept.Target, out var mac);
        return new BootAssignment
        {
            Machine = isMachine ? mac : null,
            Arch = isMachine || kept.Target == AnyMachine ? null : kept.Target,
            Mode = RackWords.ParseBootMode(kept.Mode),
            Image = kept.Image is { } image ? ImageName.Parse(image) : null,
            Kernel = kept.Kernel,
            Version = kept.Version is { } version ? SetVersion.Parse(version) : null,
            KernelParameters = kept.KernelParameters,
            Disk = kept.Disk,
        };
    }
}
