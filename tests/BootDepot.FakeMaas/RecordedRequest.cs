using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace BootDepot.FakeMaas;

/// <summary>A request as it arrived.</summary>
public sealed record RecordedRequest(
    string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body, IReadOnlyList<FormPart> Form)
{
    public string Line => $"{Method} {Path}{Query}";

    /// <summary>All text values of a field, in order.</summary>
    public IReadOnlyList<string> Values(string name) => [.. Form.Where(p => p.Name == name && !p.IsFile).Select(p => p.Text)];

    public string? Value(string name) => Values(name) is [.., var last] ? last : null;
}

public sealed record FormPart(string Name, bool IsFile, byte[] Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes);
}

/// <summary>Reads multipart bodies whose parts are base64, as MAAS clients write them, and nothing else.</summary>
internal static class FormReader
{
    public static IReadOnlyList<FormPart> Read(string? contentType, byte[] body)
    {
        if (contentType is null || !contentType.StartsWith("multipart/form-data", StringComparison.Ordinal))
            return contentType == "application/x-www-form-urlencoded" ? ReadUrlEncoded(Encoding.UTF8.GetString(body)) : [];
        var boundary = contentType[(contentType.IndexOf("boundary=", StringComparison.Ordinal) + 9)..].Trim('"');
        var text = Encoding.Latin1.GetString(body);
        var parts = new List<FormPart>();
        foreach (var raw in text.Split("--" + boundary).Skip(1))
        {
            if (raw.StartsWith("--", StringComparison.Ordinal))
                break;
            var at = raw.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (at < 0)
                continue;
            var head = raw[..at];
            var data = raw[(at + 4)..].TrimEnd('\r', '\n');
            if (!head.Contains("Content-Transfer-Encoding: base64", StringComparison.Ordinal))
                throw new FormatException("A part is not base64.");
            if (data.Split("\r\n").Any(l => l.Length > 76))
                throw new FormatException("A line is longer than 76 characters.");
            var name = head.Split("name=\"")[1].Split('"')[0];
            parts.Add(new FormPart(name, head.Contains("filename=", StringComparison.Ordinal),
                Convert.FromBase64String(data.Replace("\r\n", "", StringComparison.Ordinal))));
        }

        return parts;
    }

    private static List<FormPart> ReadUrlEncoded(string text) =>
    [
        .. text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)).Select(p => new FormPart(
            Decode(p[0]), false, Encoding.UTF8.GetBytes(Decode(p[1])))),
    ];

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
