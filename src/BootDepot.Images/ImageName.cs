using System;
using System.Diagnostics.CodeAnalysis;

namespace BootDepot.Images;

/// <summary>
/// The name of a boot resource: <c>os/release</c> (<c>ubuntu/noble</c>), or, for custom images only, a bare name
/// (<c>rocky9-gold</c>), whose operating system is then <c>custom</c>.
/// </summary>
public readonly record struct ImageName
{
    /// <summary>Operating system of a name without a slash.</summary>
    public const string CustomOs = "custom";

    private readonly string? _text;

    private ImageName(string text) => _text = text;

    /// <summary>The operating system; <c>custom</c> for a bare name.</summary>
    public string Os => Slash is var i && i < 0 ? CustomOs : Text[..i];

    /// <summary>The release; the whole name when it is bare.</summary>
    public string Release => Slash is var i && i < 0 ? Text : Text[(i + 1)..];

    /// <summary>Whether the name has no slash.</summary>
    public bool IsBare => Slash < 0;

    private string Text => _text ?? throw new InvalidOperationException("An uninitialised image name was used.");

    private int Slash => Text.IndexOf('/', StringComparison.Ordinal);

    /// <summary>Builds <c>os/release</c>.</summary>
    /// <exception cref="FormatException">A part is empty or unsafe.</exception>
    public static ImageName Of(string os, string release) => Parse($"{os}/{release}");

    /// <summary>Reads <c>os/release</c> or a bare name.</summary>
    /// <exception cref="FormatException">There is more than one slash, or an empty or unsafe part.</exception>
    public static ImageName Parse(string text) =>
        TryParse(text, out var name)
            ? name
            : throw new FormatException($"'{text}' is not an image name: os/release is needed, as in ubuntu/noble.");

    /// <summary>Reads <c>os/release</c> or a bare name; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ImageName name)
    {
        name = default;
        if (text is null)
            return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var safe = slash < 0
            ? SafeName.IsSafe(text)
            : SafeName.IsSafe(text.AsSpan(0, slash)) && SafeName.IsSafe(text.AsSpan(slash + 1));
        if (safe)
            name = new ImageName(text);
        return safe;
    }

    /// <inheritdoc />
    public override string ToString() => _text ?? "";
}
