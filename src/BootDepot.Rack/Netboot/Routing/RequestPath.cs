using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace BootDepot.Rack.Netboot.Routing;

/// <summary>
/// The one form of a path that the routes know: segments joined by single slashes, none in front. What firmware sends is looser:
/// several slashes (shim asks for <c>//grubx64.efi</c>), backslashes (UEFI clients over TFTP), and over HTTP percent-encoding (iPXE
/// writes the colons of a MAC address so).
/// </summary>
internal static class RequestPath
{
    /// <summary>Longest request that is looked at, in characters as received.</summary>
    public const int MaxLength = 2048;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Normalises a TFTP file name; null when it is refused.</summary>
    public static string? OfFileNameOrNull(string name) => name.Length > MaxLength ? null : NormaliseOrNull(name);

    /// <summary>Normalises an HTTP request target as it stood in the request line; null when it is refused.</summary>
    public static string? OfTargetOrNull(string target)
    {
        if (target.Length > MaxLength)
            return null;
        var path = target.AsSpan();
        // RFC 9112, section 3.2.2: a server must accept the absolute form too.
        if (path.IndexOf("://") is var scheme and > 0 && !path[..scheme].Contains('/'))
        {
            path = path[(scheme + 3)..];
            path = path.IndexOf('/') is var slash and >= 0 ? path[slash..] : "/";
        }

        if (path.IndexOfAny('?', '#') is var end and >= 0)
            path = path[..end];
        return DecodeOrNull(path) is { } decoded ? NormaliseOrNull(decoded) : null;
    }

    private static string? NormaliseOrNull(string text)
    {
        var segments = new List<string>();
        foreach (var segment in text.Split('/', '\\'))
        {
            if (segment is "" or ".")
                continue;
            if (segment == ".." || ContainsControl(segment))
                return null;
            segments.Add(segment);
        }

        return string.Join('/', segments);
    }

    private static bool ContainsControl(string segment)
    {
        foreach (var c in segment)
        {
            if (char.IsControl(c))
                return true;
        }

        return false;
    }

    private static string? DecodeOrNull(ReadOnlySpan<char> path)
    {
        if (!path.Contains('%'))
            return path.ToString();
        var bytes = new List<byte>(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '%')
            {
                if (!char.IsAscii(path[i]))
                    return null;
                bytes.Add((byte)path[i]);
                continue;
            }

            if (i + 2 >= path.Length
                || !byte.TryParse(path.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                return null;
            }

            bytes.Add(value);
            i += 2;
        }

        try
        {
            return StrictUtf8.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
