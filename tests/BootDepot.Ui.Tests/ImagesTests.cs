using System;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Images;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BootDepot.Ui.Tests;

public sealed class ImagesTests : IAsyncLifetime
{
    private readonly UiFixture _ui = new();

    public async ValueTask InitializeAsync()
    {
        await _ui.InitializeAsync();
        await _ui.AddUsersAsync();
    }

    public ValueTask DisposeAsync() => _ui.DisposeAsync();

    [Fact]
    public async Task Images_are_chosen_with_their_size_imported_before_the_eyes_looked_into_and_deleted()
    {
        await _ui.AddSourceAsync();
        await _ui.ImportAsync();
        await using var browser = await _ui.SignInAsync();
        var page = browser.Page;
        var table = page.GetByRole(AriaRole.Treegrid, new() { Name = "Images table" });
        await Expect(table.GetByRole(AriaRole.Row).Filter(new() { HasText = "24.04 LTS" })).ToContainTextAsync("Ready");

        // Another window of the same person shows what happens without being asked.
        var other = await browser.AnotherWindowAsync();
        await other.GotoAsync(_ui.Url);
        await Expect(other.GetByText("24.04 LTS")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Select upstream images" }).ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Select upstream images" });
        await Expect(panel.GetByRole(AriaRole.Checkbox, new() { NameString = "amd64 (selected already)" })).ToBeDisabledAsync();
        await panel.GetByLabel("Search available images").FillAsync("22.04");
        await panel.GetByLabel("amd64").CheckAsync();
        await panel.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Expect(panel.GetByText("to fetch in 1 version")).ToBeVisibleAsync();
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save and sync" }).ClickAsync();
        var jammy = table.GetByRole(AriaRole.Row).Filter(new() { HasText = "22.04 LTS" });
        await Expect(jammy).ToContainTextAsync("Ready");
        await Expect(other.GetByRole(AriaRole.Row).Filter(new() { HasText = "22.04 LTS" })).ToContainTextAsync("Ready");

        await page.GetByLabel("Search images").FillAsync("jammy");
        await Expect(page.GetByText("1 of 3 images")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText("1 of 3 images")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "22.04 LTS" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "squashfs" }).First).ToBeVisibleAsync();
        await Expect(page).ToHaveTitleAsync("Images · 22.04 LTS amd64 · BootDepot");

        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.GetByText("This frees 600 kB")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete 1 image" }).ClickAsync();
        await Expect(page.GetByText("1 image deleted")).ToBeVisibleAsync();
        await Expect(other.GetByText("22.04 LTS")).ToHaveCountAsync(0);

        // The last image of a source stays, and says why.
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete 24.04 LTS amd64" }).ClickAsync();
        await Expect(page.GetByText("Nothing would remain selected")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete 1 image" })).ToHaveAttributeAsync("aria-disabled", "true");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_fails_says_why_what_moves_shows_how_far_and_both_survive_a_reload()
    {
        await _ui.AddSourceAsync(release: "*", arches: ["*"]);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ui.Mirror.BeforeBytes = (http, from) => from >= 65536 ? open.Task.WaitAsync(http.RequestAborted) : Task.CompletedTask;
        _ui.Mirror.Break(_ui.Mirror.Paths.First(p => p.Contains("jammy", StringComparison.Ordinal) && p.EndsWith("squashfs", StringComparison.Ordinal)), 404);
        await using var browser = await _ui.SignInAsync();
        var page = browser.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Sync now" }).ClickAsync();
        var bar = page.GetByRole(AriaRole.Progressbar, new() { Name = "Download of ubuntu/noble amd64" });
        await Expect(bar).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(bar).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Select 24.04 LTS amd64" })).ToBeDisabledAsync();

        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync("**/imports/op-stop", async route =>
        {
            await stop.Task;
            await route.ContinueAsync();
        });
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop import" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Stopping" })).ToBeVisibleAsync();
        stop.SetResult();
        await Expect(page.GetByText("Import stopped")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "24.04 LTS" }).First).ToContainTextAsync("Waiting for download");
        open.SetResult();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sync now" }).ClickAsync();
        await Expect(page.GetByText("1 image failed")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show only these" }).ClickAsync();
        var failed = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "22.04 LTS" });
        await Expect(failed).ToContainTextAsync("Failed");
        await failed.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByText("transfer-not-found")).ToBeVisibleAsync();

        // Activity has the whole story, and the log to take away.
        await page.GetByRole(AriaRole.Link, new() { Name = "Activity" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "#2" }).ClickAsync();
        await Expect(page.GetByText("transfer-not-found").First).ToBeVisibleAsync();
        await page.GetByLabel("State").SelectOptionAsync("failed");
        await Expect(page.GetByText("1 file", new() { Exact = true })).ToBeVisibleAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Download log" }).ClickAsync());
        (await System.IO.File.ReadAllTextAsync(await download.PathAsync())).ShouldContain("transfer-not-found");
    }

    [Fact]
    public async Task An_image_moves_to_another_source_without_being_lost_and_tells_how_it_stands_on_each_rack()
    {
        await _ui.AddSourceAsync("First", "noble", ["amd64", "arm64"]);
        await _ui.ImportAsync();
        await _ui.AddSourceAsync("Second", "jammy", url: _ui.Mirror.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        await _ui.ImportAsync();
        await _ui.AddRackAsync("north", isConnected: true, UiFixture.Noble("synced"));
        await _ui.AddRackAsync("south", isConnected: false, UiFixture.Noble("syncing", held: 300_000));
        await _ui.AddRackAsync("west", isConnected: true, UiFixture.Noble("failed", 0, new Fault("store-full", "The disk of the rack is full.")));
        await using var browser = await _ui.SignInAsync();
        var page = browser.Page;
        var noble = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "24.04 LTS" }).Filter(new() { HasText = "amd64" });
        await Expect(noble).ToContainTextAsync("First");
        await Expect(noble).ToContainTextAsync("Failed on 1 of 3 racks");
        await noble.GetByRole(AriaRole.Link).ClickAsync();
        var racks = page.GetByRole(AriaRole.Table, new() { Name = "Racks that have it" });
        await Expect(racks.GetByRole(AriaRole.Row).Filter(new() { HasText = "north" })).ToContainTextAsync("synced");
        await Expect(racks.GetByRole(AriaRole.Row).Filter(new() { HasText = "south" })).ToContainTextAsync("300 kB of 600 kB");
        await Expect(racks.GetByRole(AriaRole.Row).Filter(new() { HasText = "south" })).ToContainTextAsync("offline");
        await Expect(racks.GetByRole(AriaRole.Row).Filter(new() { HasText = "west" })).ToContainTextAsync("The disk of the rack is full. store-full");

        await page.GetByRole(AriaRole.Button, new() { Name = "Change source" }).ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Change source" });
        var change = panel.GetByRole(AriaRole.Button, new() { Name = "Change source" });
        await Expect(change).ToHaveAttributeAsync("aria-disabled", "true");
        await panel.GetByLabel("Second").CheckAsync();
        await change.ClickAsync();
        await Expect(page.GetByText("now comes from Second")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Images", Exact = true }).First.ClickAsync();
        await Expect(noble).ToContainTextAsync("Second");
        await Expect(noble).ToContainTextAsync("Ready");

        // The last one of a source stays, because a source without selections would bring everything.
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "24.04 LTS" }).Filter(new() { HasText = "arm64" }).GetByRole(AriaRole.Link).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Change source" }).ClickAsync();
        await panel.GetByLabel("Second").CheckAsync();
        browser.Expected = ["400"];
        await change.ClickAsync();
        await Expect(panel.GetByText("Nothing would remain selected from the source First")).ToBeVisibleAsync();

        // Of several ticked ones those move that come from elsewhere.
        await panel.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Images", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select 24.04 LTS amd64" }).CheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select 24.04 LTS arm64" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Change source" }).ClickAsync();
        await panel.GetByLabel("First").CheckAsync();
        await Expect(panel.GetByText("Offers 2 of them, 1 image would come from it anew").First).ToBeVisibleAsync();
        await change.ClickAsync();
        await Expect(page.GetByText("24.04 LTS amd64 now comes from First")).ToBeVisibleAsync();
        await Expect(noble).ToContainTextAsync("First");
    }

    [Fact]
    public async Task A_pinned_version_stays_beside_its_successor_which_one_rolls_back_behind_and_promotes_again()
    {
        await _ui.AddSourceAsync();
        await _ui.ImportAsync();
        await using var browser = await _ui.SignInAsync();
        var page = browser.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "24.04 LTS" }).ClickAsync();
        var rows = page.GetByRole(AriaRole.Table, new() { Name = "Versions table" }).GetByRole(AriaRole.Row);
        var (older, newer) = (rows.Filter(new() { HasText = "20260309" }), rows.Filter(new() { HasText = "20260401" }));
        await Expect(older).ToContainTextAsync("served");
        await ActAsync(older, "Pin 20260309");
        await Expect(older).ToContainTextAsync("pinned");

        _ui.Tree.AddUbuntu(_ui.Mirror, version: "20260401", size: 200_000);
        _ui.Tree.Publish(_ui.Mirror);
        await _ui.ImportAsync();
        await Expect(newer).ToContainTextAsync("served");
        await Expect(older).ToContainTextAsync("former");

        await ActAsync(older, "Roll back to 20260309");
        await Expect(older).ToContainTextAsync("served");
        await Expect(newer).ToContainTextAsync("withheld");
        (await PublishedAsync()).ShouldNotContain("20260401");
        await ActAsync(newer, "Promote 20260401");
        await Expect(newer).ToContainTextAsync("served");
        (await PublishedAsync()).ShouldContain("20260401");
        await ActAsync(older, "Unpin 20260309");
        await Expect(older).Not.ToContainTextAsync("pinned");
        await Expect(older).ToContainTextAsync("former");

        Task ActAsync(ILocator row, string name) => row.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();

        async Task<string> PublishedAsync()
        {
            using var http = new System.Net.Http.HttpClient { BaseAddress = _ui.Region.Url };
            return await http.GetStringAsync("/MAAS/images-stream/streams/v1/org.bootdepot:v3:download.json");
        }
    }

    [Fact]
    public async Task The_list_is_used_by_keyboard_alone()
    {
        await _ui.AddSourceAsync(release: "*", arches: ["*"]);
        await _ui.ImportAsync();
        await using var browser = await _ui.SignInAsync();
        var page = browser.Page;
        var group = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Ubuntu" }).First;
        await group.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Space");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Delete 1 image" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(group).ToHaveAttributeAsync("aria-expanded", "false");
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(group).ToHaveAttributeAsync("aria-expanded", "true");
    }

    [Fact]
    public async Task Who_may_only_look_sees_everything_and_why_nothing_can_be_changed()
    {
        await _ui.AddSourceAsync();
        await _ui.ImportAsync();
        await using var browser = await _ui.SignInAsync("joe");
        var page = browser.Page;
        foreach (var name in new[] { "Sync now", "Select upstream images", "Upload custom image", "Delete 24.04 LTS amd64" })
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = name })).ToHaveAttributeAsync("aria-disabled", "true");
        await page.GetByRole(AriaRole.Button, new() { Name = "Select upstream images" }).HoverAsync();
        await Expect(page.GetByRole(AriaRole.Tooltip)).ToContainTextAsync("Only administrators");
        await browser.GoAsync("settings");
        await Expect(page.GetByLabel("Sync interval")).ToBeDisabledAsync();
        await browser.GoAsync("activity?tab=events");
        await Expect(page.GetByText("Only administrators may see who changed what.")).ToBeVisibleAsync();
    }
}
