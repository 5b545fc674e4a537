using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BootDepot.Ui.Tests;

/// <summary>
/// 10,000 images on 50 racks. Here it is tried that the page has only what is in view; <c>bench/run ui</c> measures, with twenty files per
/// image, what it writes into the file named by <c>BOOTDEPOT_UI_BENCH</c>.
/// </summary>
public sealed class ScaleTests : IAsyncLifetime
{
    private const int Images = 10_000;
    private const int Racks = 50;

    private static readonly string? Table = Environment.GetEnvironmentVariable("BOOTDEPOT_UI_BENCH");

    private readonly UiFixture _ui = new();

    public async ValueTask InitializeAsync()
    {
        await _ui.InitializeAsync();
        await _ui.AddUsersAsync();
        await LargeCatalog.FillAsync(CatalogOptions.Sqlite(Path.Combine(_ui.Folder, "data", "bootdepot.db")), Images, Table is null ? 1 : 20, CancellationToken.None);
        var held = Enumerable.Range(0, Table is null ? 100 : Images).Select(i => UiFixture.Noble("synced") with { Name = $"ubuntu/r{i:00000}", Architecture = "amd64/generic" }).ToArray();
        for (var i = 0; i < Racks; i++)
            await _ui.AddRackAsync($"rack{i:00}", isConnected: true, held);
    }

    public ValueTask DisposeAsync() => _ui.DisposeAsync();

    [Fact]
    public async Task Ten_thousand_images_and_fifty_racks_are_scrolled_through_while_the_page_holds_only_what_is_seen()
    {
        await using var browser = await _ui.SignInAsync();
        var page = browser.Page;
        var rows = page.GetByRole(AriaRole.Row);
        await Expect(page.GetByText("10,000 images").First).ToBeVisibleAsync();
        await Expect(page.GetByText("On all 50 racks").First).ToBeVisibleAsync();
        (await rows.CountAsync()).ShouldBeLessThan(80);
        var paints = new List<double>();
        for (var i = 0; i < (Table is null ? 1 : 5); i++)
            paints.Add(await PaintAsync(page));
        var frames = await ScrollAsync(page);
        await Expect(page.GetByText("r09999").First).ToBeVisibleAsync();
        (await rows.CountAsync()).ShouldBeLessThan(80);
        await page.GetByLabel("Search images").FillAsync("r04711");
        await Expect(page.GetByText("1 of 10,000 images")).ToBeVisibleAsync();
        if (Table is null)
            return;
        // Racks that are there have asked for the stream, which the region holds from then on, whether a page is open or not.
        (await page.APIRequest.GetAsync(new Uri(new Uri(page.Url), "/MAAS/images-stream/streams/v1/index.json").ToString())).Status.ShouldBe(200);
        var text = new StringBuilder("| what | measured | must |\n| --- | ---: | ---: |\n");
        Line(text, "first row painted after the address was entered, median of 5", $"{paints.Order().ElementAt(2):0} ms", "< 1,000 ms");
        Line(text, "scrolling from top to bottom in 120 steps: median and 95th percentile of the time between frames", $"{frames[frames.Length / 2]:0.0}, {frames[frames.Length * 95 / 100]:0.0} ms", "smooth");
        foreach (var (name, screen, ready) in new[] { ("images", "images", "On all 50 racks"), ("racks", "racks", "rack49") })
        {
            var (cpu, bytes) = await IdleAsync(browser, screen, ready);
            Line(text, $"one page of {name} open and idle for 30 s: processor", $"{cpu * 100:0.00} % of a core", "< 1 %");
            Line(text, "… and memory that is reachable in the region beside it", $"{bytes / 1e6:0.0} MB", "< 5 MB");
            await File.WriteAllTextAsync(Table, text.ToString());
        }
    }

    private static void Line(StringBuilder text, string what, string measured, string must) => text.Append(CultureInfo.InvariantCulture, $"| {what} | {measured} | {must} |\n");

    // Until the first row of the list is there and a frame with it was painted.
    private static async Task<double> PaintAsync(IPage page)
    {
        var start = Stopwatch.GetTimestamp();
        await page.ReloadAsync(new() { WaitUntil = WaitUntilState.Commit });
        await page.WaitForSelectorAsync(".bd-grid__row");
        await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<double[]> ScrollAsync(IPage page) => [.. (await page.EvaluateAsync<double[]>("""
        async () => {
          const grid = document.querySelector('.bd-grid');
          const times = [];
          let before = performance.now();
          for (let i = 1; i <= 120; i++) {
            grid.scrollTop = (grid.scrollHeight * i) / 120;
            await new Promise(requestAnimationFrame);
            const now = performance.now();
            times.push(now - before);
            before = now;
          }
          return times;
        }
        """)).Order()];

    // What the region does and holds with the page open, less what it does and holds without.
    private static async Task<(double Cpu, long Bytes)> IdleAsync(UiPage browser, string screen, string ready)
    {
        await browser.Page.GotoAsync("about:blank");
        var (idle, without) = await MeasureAsync();
        await browser.GoAsync(screen);
        await Expect(browser.Page.GetByText(ready).First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await Task.Delay(3000);
        var (busy, with) = await MeasureAsync();
        return (Math.Max(0, busy - idle), with - without);
    }

    private static async Task<(double Cpu, long Bytes)> MeasureAsync()
    {
        using var self = Process.GetCurrentProcess();
        var (cpu, start) = (self.TotalProcessorTime, Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(30));
        self.Refresh();
        return ((self.TotalProcessorTime - cpu) / Stopwatch.GetElapsedTime(start), GC.GetTotalMemory(forceFullCollection: true));
    }
}
