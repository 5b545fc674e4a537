using System;

namespace BootDepot.Images;

/// <summary>
/// The name of one version of a boot resource (<c>20260309</c>, <c>20260309.1</c>, <c>20240622_01</c>). It is never
/// read as a date: order is bytewise, as simplestreams tools and MAAS have it, so <c>.10</c> sorts before <c>.2</c>.
/// </summary>
public readonly record struct SetVersion : IComparable<SetVersion>
{
    private readonly string? _text;

    private SetVersion(string text) => _text = text;

    /// <summary>Reads a version name.</summary>
    /// <exception cref="FormatException">The text is empty or cannot be a path segment.</exception>
    public static SetVersion Parse(string text) =>
        SafeName.IsSafe(text)
            ? new SetVersion(text)
            : throw new FormatException($"'{text}' cannot be a version name: it must be one path segment without blanks.");

    /// <inheritdoc />
    public int CompareTo(SetVersion other) => string.CompareOrdinal(_text, other._text);

    /// <inheritdoc />
    public override string ToString() => _text ?? "";

    /// <summary>Bytewise order.</summary>
    public static bool operator <(SetVersion left, SetVersion right) => left.CompareTo(right) < 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator >(SetVersion left, SetVersion right) => left.CompareTo(right) > 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator <=(SetVersion left, SetVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator >=(SetVersion left, SetVersion right) => left.CompareTo(right) >= 0;
}
