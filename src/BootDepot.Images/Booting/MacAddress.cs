using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BootDepot.Images.Booting;

/// <summary>
/// An Ethernet address. Boot loaders write it with colons (GRUB, iPXE) or with dashes and the hardware type in front
/// (PXELINUX: <c>01-52-54-00-aa-bb-01</c>), in either case; here it is lower case with colons.
/// </summary>
public readonly record struct MacAddress
{
    private const int Octets = 6;

    private readonly string? _text;

    private MacAddress(string text) => _text = text;

    /// <summary>Lower case, with dashes: <c>52-54-00-aa-bb-01</c>.</summary>
    public string Dashed => ToString().Replace(':', '-');

    /// <summary>Reads an address with colons or dashes; <c>01-</c> (Ethernet) may stand in front.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static MacAddress Parse(string text) =>
        TryParse(text, out var mac)
            ? mac
            : throw new FormatException($"'{text}' is not a MAC address; one looks like 52:54:00:aa:bb:01.");

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress mac)
    {
        mac = default;
        if (text is null)
        {
            return false;
        }

        var parts = text.Split(text.Contains(':', StringComparison.Ordinal) ? ':' : '-');
        if (parts.Length == Octets + 1 && parts[0] == "01")
        {
            parts = parts[1..];
        }

        if (parts.Length != Octets)
        {
            return false;
        }

        foreach (var part in parts)
        {
            if (part.Length != 2 || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }
        }

        mac = new(string.Join(':', parts).ToLowerInvariant());
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => _text ?? "00:00:00:00:00:00";
}
