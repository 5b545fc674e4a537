using System.Globalization;
using System.Text;

namespace BootDepot.Simplestreams;

/// <summary>Foreign text made fit for a message: short, and without characters that act on a terminal or a log.</summary>
internal static class Excerpt
{
    private const int MaxLength = 120;

    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var safe = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (safe.Length >= MaxLength)
                return safe.Append('…').ToString();
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                safe.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else
                safe.Append(rune.ToString());
        }

        return safe.ToString();
    }
}
