using System;
using System.Linq;

namespace BootDepot.Images.Selections;

/// <summary>
/// What a view of the published stream shows, as text: <c>OS/RELEASE[/ARCH[/SUBARCH[/LABEL]]]</c>, each part exact or <c>*</c>, the missing
/// ones <c>*</c>; with <c>synced:</c> or <c>uploaded:</c> before it only images that came that way. The operating system of an uploaded image
/// with a bare name is <c>custom</c>.
/// </summary>
/// <param name="Kind"><c>synced</c>, <c>uploaded</c>, or <c>*</c>.</param>
/// <param name="Os">Operating system.</param>
/// <param name="Release">Release.</param>
/// <param name="Arch">Processor architecture.</param>
/// <param name="Subarch">Sub-architecture, flavour included (<c>ga-24.04</c>, <c>hwe-24.04-lowlatency</c>).</param>
/// <param name="Label">Label, such as <c>stable</c> or <c>candidate</c>.</param>
public sealed record ViewRule(string Kind, string Os, string Release, string Arch, string Subarch, string Label)
{
    private const string Any = SelectionRule.Any;

    /// <summary>Reads one; null for what is none.</summary>
    public static ViewRule? ParseOrNull(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? Any : text[..colon];
        if (kind is not (Any or "synced" or "uploaded"))
            return null;
        var parts = text[(colon + 1)..].Split('/');
        if (parts.Length is < 2 or > 5 || parts.Any(p => p != Any && !SafeName.IsSafe(p)))
            return null;
        string Part(int index) => index < parts.Length ? parts[index] : Any;
        return new ViewRule(kind, parts[0], parts[1], Part(2), Part(3), Part(4));
    }

    /// <summary>Whether it takes a version.</summary>
    /// <param name="isUploaded">How the image came.</param>
    /// <param name="name">The image.</param>
    /// <param name="architecture">What it is for.</param>
    /// <param name="label">The version's label.</param>
    public bool Takes(bool isUploaded, ImageName name, Architecture architecture, string label) =>
        Fits(Kind, isUploaded ? "uploaded" : "synced") && Fits(Os, name.Os) && Fits(Release, name.Release)
        && Fits(Arch, architecture.Arch) && Fits(Subarch, architecture.Subarch) && Fits(Label, label);

    private static bool Fits(string wanted, string value) => wanted is Any || wanted == value;
}
