using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Testing;
using Microsoft.Playwright;

namespace BootDepot.Ui.Tests;

/// <summary>Runs axe-core on a page.</summary>
internal static class Axe
{
    private static readonly Lazy<string> Source = new(() => File.ReadAllText(Path.Combine(Checkout.Root, "ui", "node_modules", "axe-core", "axe.min.js")));

    /// <summary>Violations of WCAG 2.2 A and AA that are serious or critical, in words.</summary>
    public static async Task<IReadOnlyList<string>> SeriousAsync(IPage page)
    {
        // By the debugger's way in, which the page's policy does not concern.
        await page.EvaluateAsync(Source.Value + "\n;undefined");
        var json = await page.EvaluateAsync<string>(
            "async () => JSON.stringify((await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations)");
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray()
            .Where(v => v.GetProperty("impact").GetString() is "serious" or "critical")
            .Select(v => $"{v.GetProperty("id").GetString()}: {v.GetProperty("help").GetString()} at "
                + string.Join(" | ", v.GetProperty("nodes").EnumerateArray().Take(3).Select(n => n.GetProperty("html").GetString()![..Math.Min(200, n.GetProperty("html").GetString()!.Length)])))];
    }
}
