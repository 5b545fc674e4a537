using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace BootDepot.Simplestreams;

/// <summary>
/// A path of a document or an item: relative to the mirror's base URL, unable to leave it. Parsed before use, always.
/// </summary>
public readonly record struct StreamPath
{
    /// <summary>Longest segment, in bytes of UTF-8: what file systems take.</summary>
    public const int MaxSegmentBytes = 255;

    /// <summary>Longest path, in bytes of UTF-8.</summary>
    public const int MaxBytes = 2048;

    private readonly string? _value;

    private StreamPath(string value) => _value = value;

    /// <summary>The path as the document has it.</summary>
    public string Value => _value ?? throw new InvalidOperationException("An uninitialised stream path was used.");

    /// <summary>The last segment.</summary>
    public string FileName => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>Reads the path of a document (index or products).</summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.PathUnsafe"/>.</exception>
    public static StreamPath Parse(string? text) => TryParse(text, out var path, out var reason)
        ? path
        : throw Unsafe(text, reason);

    /// <summary>
    /// Reads the path of an item: besides the rules of <see cref="Parse"/> it may not lie under <c>streams/</c> nor have
    /// a segment that starts with a dot, where it could replace metadata or a mirror's own state.
    /// </summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.PathUnsafe"/>.</exception>
    public static StreamPath ParseItem(string? text)
    {
        var path = Parse(text);
        if (path.Value.StartsWith("streams/", StringComparison.OrdinalIgnoreCase)
            || path.Value.Equals("streams", StringComparison.OrdinalIgnoreCase))
            throw Unsafe(text, "an item may not lie where the stream's own documents are");
        if (path.Value[0] == '.' || path.Value.Contains("/.", StringComparison.Ordinal))
            throw Unsafe(text, "an item may not have a segment that starts with a dot");
        return path;
    }

    /// <summary>Reads the path of a document; false when <see cref="Parse"/> would refuse it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out StreamPath path) => TryParse(text, out path, out _);

    /// <summary>
    /// The path for use behind a base URL and a slash: each segment percent-encoded except for the characters that RFC 3986
    /// allows there, colons raw. Never resolve it by itself, since <c>com.ubuntu.maas:stable</c> would read as a scheme.
    /// </summary>
    public string ToUrlPath()
    {
        var url = new StringBuilder(Value.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in Value.EnumerateRunes())
        {
            if (rune.IsAscii && (rune.Value == '/' || IsPathCharacter((char)rune.Value)))
            {
                url.Append((char)rune.Value);
                continue;
            }

            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
                url.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return url.ToString();
    }

    /// <inheritdoc />
    public override string ToString() => _value ?? "";

    // RFC 3986, section 3.3: pchar without pct-encoded.
    private static bool IsPathCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || "-._~!$&'()*+,;=:@".Contains(c, StringComparison.Ordinal);

    private static bool TryParse([NotNullWhen(true)] string? text, out StreamPath path, out string reason)
    {
        path = default;
        reason = RefusalOrNull(text) ?? "";
        if (reason.Length > 0)
            return false;
        path = new StreamPath(text!);
        return true;
    }

    private static string? RefusalOrNull(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "it is empty";
        if (text.Length > MaxBytes || Encoding.UTF8.GetByteCount(text) > MaxBytes)
            return $"it is longer than {MaxBytes} bytes";
        if (text[0] == '/')
            return "it is absolute";
        foreach (var c in text)
        {
            if (c == '\\')
                return "it has a backslash";
            if (char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                return "it has a control character";
        }

        if (!IsWellFormed(text))
            return "it has half of a surrogate pair";
        foreach (var segment in text.Split('/'))
        {
            if (segment is "")
                return "it has an empty segment";
            if (segment is "." or "..")
                return $"it has the segment '{segment}'";
            if (Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes)
                return $"it has a segment of more than {MaxSegmentBytes} bytes";
        }

        // "file:/etc/passwd": a URL, not a file below a folder that is named after a scheme.
        var first = text.IndexOf('/', StringComparison.Ordinal);
        return first > 0 && text[first - 1] == ':' ? "it is a URL" : null;
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    private static StreamException Unsafe(string? text, string reason) =>
        new(StreamErrors.PathUnsafe,
            $"The path '{Excerpt.Of(text)}' is refused: {reason}. Paths must be relative to the stream's base URL and stay below it.");
}
