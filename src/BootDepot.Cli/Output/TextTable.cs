using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace BootDepot.Cli.Output;

/// <summary>Plain columns, two blanks apart, that people read and <c>awk</c> cuts.</summary>
internal static class TextTable
{
    /// <summary>The heading and the rows; the heading alone when there are none.</summary>
    public static string Write(string[] heading, IEnumerable<string[]> rows)
    {
        var all = rows.Prepend(heading).ToList();
        var widths = heading.Select((_, column) => all.Max(r => r[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in all)
        {
            var line = string.Join("  ", row.Select((cell, column) => cell.Length == 0 ? "-".PadRight(widths[column]) : cell.PadRight(widths[column])));
            text.Append(line.TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
