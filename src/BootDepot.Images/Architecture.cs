using System;
using System.Diagnostics.CodeAnalysis;

namespace BootDepot.Images;

/// <summary>
/// What an image runs on: a processor architecture and a sub-architecture (a kernel line or a board),
/// written <c>amd64/ga-24.04</c>.
/// </summary>
public readonly record struct Architecture
{
    private Architecture(string arch, string subarch) => (Arch, Subarch) = (arch, subarch);

    /// <summary>The processor architecture, for example <c>amd64</c>.</summary>
    public string Arch { get; }

    /// <summary>The sub-architecture, for example <c>generic</c> or <c>hwe-24.04</c>.</summary>
    public string Subarch { get; }

    /// <summary>Builds the value from its two parts.</summary>
    /// <exception cref="FormatException">A part is empty, holds a slash, a blank or a control character.</exception>
    public static Architecture Of(string arch, string subarch) => Parse($"{arch}/{subarch}");

    /// <summary>Reads <c>arch/subarch</c>.</summary>
    /// <exception cref="FormatException">The text has not exactly one slash, or an empty or unsafe part.</exception>
    public static Architecture Parse(string text) =>
        TryParse(text, out var value)
            ? value
            : throw new FormatException($"'{text}' is not an architecture: arch/subarch is needed, as in amd64/generic.");

    /// <summary>Reads <c>arch/subarch</c>; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Architecture value)
    {
        value = default;
        if (text is null)
            return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !SafeName.IsSafe(text.AsSpan(0, slash)) || !SafeName.IsSafe(text.AsSpan(slash + 1)))
            return false;
        value = new Architecture(text[..slash], text[(slash + 1)..]);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => $"{Arch}/{Subarch}";
}
