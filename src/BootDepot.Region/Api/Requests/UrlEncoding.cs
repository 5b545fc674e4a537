using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;

namespace BootDepot.Region.Api.Requests;

/// <summary>
/// <c>application/x-www-form-urlencoded</c> (WHATWG URL, section 5.1), for query strings and bodies. Bad escapes are taken
/// literally and bad UTF-8 becomes U+FFFD, so nothing that a client sends is an error.
/// </summary>
internal static class UrlEncoding
{
    /// <summary>Splits into pairs; null when there are more than <paramref name="maxFields"/>.</summary>
    public static Fields? ParseOrNull(ReadOnlySpan<char> text, int maxFields)
    {
        var pairs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var range in text.Split('&'))
        {
            var pair = text[range];
            if (pair.IsEmpty)
                continue;
            if (pairs.Count == maxFields)
                return null;
            var equals = pair.IndexOf('=');
            var key = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? default : pair[(equals + 1)..];
            pairs.Add(new(Decode(key, plusIsBlank: true), Decode(value, plusIsBlank: true)));
        }

        return new Fields(pairs.ToImmutable());
    }

    /// <summary>Undoes percent-encoding.</summary>
    public static string Decode(ReadOnlySpan<char> text, bool plusIsBlank)
    {
        if (text.IndexOfAny('%', '+') < 0)
            return text.ToString();
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var used = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes[used++] = (byte)((HexValue(text[i + 1]) << 4) | HexValue(text[i + 2]));
                i += 2;
                continue;
            }

            if (text[i] == '+' && plusIsBlank)
            {
                bytes[used++] = (byte)' ';
                continue;
            }

            var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            used += Encoding.UTF8.GetBytes(text.Slice(i, length), bytes.AsSpan(used));
            i += length - 1;
        }

        return Encoding.UTF8.GetString(bytes, 0, used);
    }

    private static int HexValue(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
