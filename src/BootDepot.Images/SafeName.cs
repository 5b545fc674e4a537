using System;

namespace BootDepot.Images;

/// <summary>The rule for a name that may become one segment of a path or URL.</summary>
public static class SafeName
{
    /// <summary>Longest accepted name, in UTF-16 code units.</summary>
    public const int MaxLength = 255;

    /// <summary>
    /// Whether the text is not empty, not <c>.</c> or <c>..</c>, at most <see cref="MaxLength"/> long, and has no
    /// slash, backslash, blank, control character or unpaired surrogate.
    /// </summary>
    public static bool IsSafe(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.Length > MaxLength || text is "." or "..")
            return false;
        foreach (var c in text)
        {
            if (c is '/' or '\\' || char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c))
                return false;
        }

        return true;
    }
}
