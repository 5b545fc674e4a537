using System;
using System.Collections.Generic;
using System.Text;

namespace BootDepot.Region.Api.Requests;

/// <summary>What the headers of a multipart part say, as far as forms need it.</summary>
/// <param name="Name">Field name; null when the part has none and is thus no field.</param>
/// <param name="HasFileName">Whether the part is a file.</param>
/// <param name="IsBase64">Whether its content is base64 text.</param>
internal readonly record struct PartHeaders(string? Name, bool HasFileName, bool IsBase64)
{
    /// <summary>Reads header lines (RFC 7578, RFC 2045). Lines that are not headers are skipped.</summary>
    public static PartHeaders Parse(ReadOnlySpan<byte> block)
    {
        var result = default(PartHeaders);
        foreach (var line in Unfold(Encoding.UTF8.GetString(block)))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                continue;
            var value = line[(colon + 1)..].Trim();
            if (IsHeader(line, colon, "Content-Transfer-Encoding"))
                result = result with { IsBase64 = value.Equals("base64", StringComparison.OrdinalIgnoreCase) };
            else if (IsHeader(line, colon, "Content-Disposition"))
                result = ReadDisposition(value, result);
        }

        return result;
    }

    private static bool IsHeader(string line, int colon, string name) =>
        line.AsSpan(0, colon).Trim().Equals(name, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Unfold(string block)
    {
        string? current = null;
        foreach (var raw in block.Split('\n'))
        {
            var line = raw.TrimEnd('\r');
            if (current is not null && line.Length > 0 && line[0] is ' ' or '\t')
            {
                current += line;
                continue;
            }

            if (current is not null)
                yield return current;
            current = line;
        }

        if (current is not null)
            yield return current;
    }

    private static PartHeaders ReadDisposition(string value, PartHeaders result)
    {
        foreach (var (key, text) in HeaderParameters.Read(value))
        {
            if (key.Equals("name", StringComparison.OrdinalIgnoreCase))
                result = result with { Name = text };
            else if (key.Equals("filename", StringComparison.OrdinalIgnoreCase)
                || key.Equals("filename*", StringComparison.OrdinalIgnoreCase))
                result = result with { HasFileName = true };
        }

        return result;
    }
}
