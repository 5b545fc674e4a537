using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using BootDepot.Images;

namespace BootDepot.Rack.Netboot.Scripts;

/// <summary>Text for people inside boot scripts.</summary>
internal static class ScriptText
{
    /// <summary>How long a machine waits before it asks again for what it could not get.</summary>
    public const int RetrySeconds = 30;

    private const int MaxTitle = 70;
    private const int Width = 76;
    private const string AlsoAllowed = " .,:_/()+-=";

    /// <summary>
    /// A title that is data in every dialect: ASCII letters, digits and a few signs; anything else becomes an underscore, since no
    /// boot loader shares its quoting with another.
    /// </summary>
    public static string Title(string text)
    {
        var plain = Plain(text).Trim();
        return plain.Length <= MaxTitle ? plain : plain[..MaxTitle].TrimEnd();
    }

    /// <summary>A fault, in lines that fit a screen.</summary>
    public static IEnumerable<string> Lines(Fault fault)
    {
        var line = new StringBuilder();
        foreach (var word in Plain($"{fault.Message} ({fault.Code})").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + word.Length >= Width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        if (line.Length > 0)
            yield return line.ToString();
    }

    private static string Plain(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || AlsoAllowed.Contains(c, StringComparison.Ordinal) ? c : '_'));
}
