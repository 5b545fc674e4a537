using System;
using BootDepot.Images;

namespace BootDepot.Blobs;

/// <summary>Identity of an unfinished transfer: 1 to 100 of <c>a-z 0-9 . _ -</c>, not starting with a dot.</summary>
public readonly record struct PartialName
{
    private readonly string? _text;

    private PartialName(string text) => _text = text;

    /// <summary>The partial of a transfer whose digest is known beforehand: two imports of one blob share it.</summary>
    public static PartialName Of(Digest digest) => new(digest.Hex);

    /// <summary>The partial of an upload.</summary>
    public static PartialName OfUpload(string uploadId) => Parse("upload-" + uploadId);

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">The text breaks the rule above.</exception>
    public static PartialName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' cannot name a partial.");

    /// <summary>Reads a name; false when the text breaks the rule above.</summary>
    public static bool TryParse(string text, out PartialName name)
    {
        var valid = text.Length is > 0 and <= 100 && text[0] != '.';
        foreach (var c in text)
            valid &= char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-';
        name = valid ? new PartialName(text) : default;
        return valid;
    }

    /// <inheritdoc />
    public override string ToString() => _text ?? "";
}
