using System;
using System.Collections.Generic;
using System.Text;

namespace BootDepot.Rack.Netboot.Scripts;

/// <summary>
/// Words for a kernel's command line, apart from how a boot loader must be told them. Read as the kernel reads its command line:
/// blanks separate words, double quotes hold one together and are dropped.
/// </summary>
internal static class KernelWords
{
    /// <summary>Longest command line on x86 (COMMAND_LINE_SIZE); a kernel drops what is behind.</summary>
    public const int MaxLine = 2048;

    /// <summary>The words of a text that a person wrote. Control characters count as blanks.</summary>
    public static IReadOnlyList<string> Parse(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var isQuoted = false;
        foreach (var c in text)
        {
            var isBlank = char.IsWhiteSpace(c) || char.IsControl(c);
            if (c == '"')
                isQuoted = !isQuoted;
            else if (isBlank && !isQuoted)
                Take(words, word);
            else
                word.Append(isBlank ? ' ' : c);
        }

        Take(words, word);
        return words;
    }

    /// <summary>A word as it stands on a command line: quoted when there is a blank in it.</summary>
    public static string Quote(string word)
    {
        if (!word.Contains(' ', StringComparison.Ordinal))
            return word;
        return word.IndexOf('=', StringComparison.Ordinal) is var at and > 0
            ? $"{word[..(at + 1)]}\"{word[(at + 1)..]}\""
            : $"\"{word}\"";
    }

    private static void Take(List<string> words, StringBuilder word)
    {
        var text = word.ToString();
        word.Clear();
        // Boot loaders act on initrd= themselves, so that as data it would make them load a file.
        if (text.Trim().Length > 0 && !text.StartsWith("initrd=", StringComparison.Ordinal))
            words.Add(text);
    }
}
