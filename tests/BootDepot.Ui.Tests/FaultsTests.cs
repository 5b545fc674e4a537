using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BootDepot.Ui.Tests;

/// <summary>Every state that something can be in because it failed, waits or was left out: as it looks, and what one does about it.</summary>
public sealed class FaultsTests
{
    [Fact]
    public async Task What_sources_withdraw_renew_or_no_longer_bring_is_told_apart_with_its_reason()
    {
        await using var scene = await Scene.OpenAsync(new UiFixture());
        var (ui, page) = scene;
        await ui.AddSourceAsync(release: "noble");
        var second = ui.Mirror.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await ui.AddSourceAsync("Low", release: "noble", url: second);
        await ui.AddSourceAsync("Other", release: "jammy", url: second.Replace("localhost", "LOCALHOST", StringComparison.Ordinal));
        await ui.ImportAsync();
        var noble = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "24.04 LTS" });
        var jammy = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "jammy" });
        await Expect(noble).ToContainTextAsync("Ready");

        // The same image in two sources: the one that loses is named.
        await Expect(noble).ToContainTextAsync("Won’t sync from Low");

        // A newer version, and a product that is gone: seen when sources are looked at, before anything is fetched.
        ui.Tree.AddUbuntu(ui.Mirror, version: "20260401", size: 200_000);
        ui.Tree.Remove(SignedTree.Ubuntu, "com.ubuntu.maas.stable:v3:boot:22.04:amd64:ga-22.04");
        ui.Tree.Publish(ui.Mirror);
        await LookAgainAsync(page, scene.Browser);
        await Expect(noble).ToContainTextAsync("Update available");
        await Expect(jammy).ToContainTextAsync("No longer offered");
        await jammy.GetByRole(AriaRole.Note).HoverAsync();
        await Expect(page.GetByRole(AriaRole.Tooltip)).ToContainTextAsync("The image stays until you delete it");

        // A source that is switched off: its images stay.
        await scene.Browser.GoAsync("sources");
        await page.GetByRole(AriaRole.Button, new() { Name = "Disable Other" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Images" }).ClickAsync();
        await Expect(jammy).ToContainTextAsync("Source disabled");
    }

    [Fact]
    public async Task A_file_that_waits_for_its_next_try_says_why_and_when_and_the_import_stops_meanwhile()
    {
        await using var scene = await Scene.OpenAsync(new UiFixture { RetryDelay = TimeSpan.FromMinutes(2) });
        var (ui, page) = scene;
        await ui.AddSourceAsync();
        ui.Mirror.Break(ui.Mirror.Paths.First(p => p.Contains("noble/amd64", StringComparison.Ordinal) && p.EndsWith("squashfs", StringComparison.Ordinal)), 503);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sync now" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Activity" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "#1" }).ClickAsync();
        var file = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "squashfs" }).First;
        await Expect(file).ToContainTextAsync("waiting");
        await Expect(file).ToContainTextAsync("503");
        await Expect(file).ToContainTextAsync("Next try");
        await page.ReloadAsync();
        await Expect(file).ToContainTextAsync("Next try");
        await page.GetByRole(AriaRole.Link, new() { Name = "Images" }).ClickAsync();
        var noble = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "24.04 LTS" });
        await Expect(noble).ToContainTextAsync("Waiting to retry");
        await Expect(noble).ToContainTextAsync("Next try");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop import" }).ClickAsync();
        await Expect(page.GetByText("Import stopped")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sync now" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_import_that_finds_no_room_fetches_nothing_and_says_so_at_every_image()
    {
        await using var scene = await Scene.OpenAsync(new UiFixture { SpaceReserve = long.MaxValue / 4 });
        var (ui, page) = scene;
        await ui.AddSourceAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sync now" }).ClickAsync();
        var noble = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "24.04 LTS" });
        await Expect(noble).ToContainTextAsync("Failed");
        await noble.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByText("import-space-insufficient")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task While_the_region_is_away_pages_say_so_and_when_it_is_back_they_go_on_by_themselves()
    {
        await using var scene = await Scene.OpenAsync(new UiFixture());
        var (ui, page) = scene;
        scene.Browser.Expected = ["ERR_", "net::", "Failed to load resource", "EventSource"];
        await ui.AddSourceAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "noble" })).ToBeVisibleAsync();
        await ui.StopRegionAsync();
        await Expect(page.GetByText("No connection to the region")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sync now" }).ClickAsync();
        await Expect(page.GetByText("The import could not be started")).ToBeVisibleAsync();
        await ui.StartRegionAsync();
        await Expect(page.GetByText("No connection to the region")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sync now" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "24.04 LTS" })).ToContainTextAsync("Ready");
    }

    [Fact]
    public async Task What_changes_while_the_first_list_is_under_way_is_shown()
    {
        await using var ui = new UiFixture();
        await ui.InitializeAsync();
        await ui.AddUsersAsync();
        await using var browser = await ui.OpenAsync();
        var page = browser.Page;
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync("**/MAAS/api/2.0/images/", async route =>
        {
            var answer = await route.FetchAsync();
            if (asked.TrySetResult())
                await held.Task;
            await route.FulfillAsync(new() { Response = answer });
        });
        var signingIn = browser.SignInAsync("admin");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await ui.AddSourceAsync();
        await Expect(page.GetByText("Images synced from Test stream")).ToBeVisibleAsync();
        held.SetResult();
        await signingIn;
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "noble" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_upload_that_a_reload_ends_is_shown_as_incomplete_and_sends_only_the_rest_when_its_file_is_chosen_again()
    {
        await using var scene = await Scene.OpenAsync(new UiFixture());
        var (ui, page) = scene;
        scene.Browser.Expected = ["ERR_", "net::"];
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        var file = Path.Combine(ui.Folder, "disk-arm64.dd");
        var bytes = SignedTree.Bytes("disk", 3_000_000);
        (bytes[510], bytes[511]) = (0x55, 0xaa);
        await File.WriteAllBytesAsync(file, bytes);
        // A part arrives, then the line hangs.
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long sent = 0;
        await page.RouteAsync("**/MAAS/uploads/*", async route =>
        {
            if (route.Request.Method != "PATCH")
            {
                await route.ContinueAsync();
            }
            else if (!held.Task.IsCompleted)
            {
                await route.FetchAsync(new() { PostData = bytes[..1_000_000] });
                held.SetResult();
            }
            else
            {
                sent += route.Request.PostDataBuffer?.Length ?? 0;
                await route.ContinueAsync();
            }
        });
        await scene.Browser.GoAsync("uploads?new");
        await page.Locator("input[type=file]").SetInputFilesAsync(file);
        await page.GetByLabel("Release codename").First.FillAsync("half");
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await held.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await scene.Browser.GoAsync("uploads");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "custom/half" });
        await Expect(row).ToContainTextAsync("Incomplete");
        await Expect(row.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("aria-valuenow", "33");
        await row.GetByRole(AriaRole.Button, new() { Name = "Resume custom/half" }).ClickAsync();
        await page.Locator("input[type=file]").SetInputFilesAsync(file);
        await page.GetByLabel("Release codename").First.FillAsync("half");
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await Expect(row).ToContainTextAsync("Complete");
        sent.ShouldBe(2_000_000);
    }

    [Fact]
    public async Task Of_many_images_that_are_to_go_each_that_stays_says_why_and_racks_that_fail_wait_or_are_away_say_so()
    {
        await using var scene = await Scene.OpenAsync(new UiFixture());
        var (ui, page) = scene;
        await ui.AddSourceAsync(arches: ["amd64", "arm64"]);
        await ui.ImportAsync();
        await ui.AddRackAsync("north", isConnected: true, UiFixture.Noble("failed", 0, new Images.Fault("store-full", "The disk of the rack is full.")));
        await ui.AddRackAsync("south", isConnected: false, UiFixture.Noble("syncing", 300_000));
        await Expect(page.GetByText("3 images", new() { Exact = true })).ToBeVisibleAsync();
        // What the page still takes for being fetched would not be ticked.
        await Expect(page.GetByRole(AriaRole.Checkbox, new() { Disabled = true })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select all images" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete 3 images" }).ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog);
        await Expect(panel.GetByText("Boot loaders come with every source")).ToBeVisibleAsync();
        await Expect(panel.GetByText("Nothing would remain selected")).ToHaveCountAsync(2);
        await panel.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Racks", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "south" })).ToContainTextAsync("offline");
        await page.GetByRole(AriaRole.Link, new() { Name = "north" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "ubuntu/noble" })).ToContainTextAsync("The disk of the rack is full. store-full");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove rack" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove north" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "north" })).ToHaveCountAsync(0);

        // One that may copy only at night says what it waits for, and the banner that it does; who cannot wait has it copy now.
        await ui.AddRackAsync("east", isConnected: true, UiFixture.Noble("waiting", 0));
        var banner = page.GetByRole(AriaRole.Banner);
        await banner.GetByRole(AriaRole.Link, new() { Name = "Waiting for racks" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "east" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Settings" }).ClickAsync();
        await panel.GetByLabel("Times of copying").FillAsync("22:00-06:00");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save rack" }).ClickAsync();
        await Expect(page.GetByText("only 22:00-06:00")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "ubuntu/noble" })).ToContainTextAsync("waiting for its time window");
        await page.GetByRole(AriaRole.Button, new() { Name = "Import images" }).ClickAsync();
        await Expect(page.GetByText("whatever its time windows say")).ToBeVisibleAsync();
        await ui.AddRackAsync("west", isConnected: true, UiFixture.Noble("syncing", 300_000));
        await Expect(banner.GetByRole(AriaRole.Link, new() { Name = "Distributing: 0 of 2 racks" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_upload_that_finds_no_room_says_so_and_goes_on_where_it_was_when_there_is_some()
    {
        Assert.SkipUnless(Environment.UserName == "root", "mounting a small disk needs root");
        await using var scene = await Scene.OpenAsync(new UiFixture());
        var (ui, page) = scene;
        scene.Browser.Expected = ["ERR_", "net::", "Failed to load resource", "EventSource"];
        var blobs = Path.Combine(ui.Folder, "data", "blobs");
        var (ballast, file) = (Path.Combine(blobs, "ballast"), Path.Combine(ui.Folder, "disk-amd64.dd"));
        var bytes = SignedTree.Bytes("disk", 12_000_000);
        (bytes[510], bytes[511]) = (0x55, 0xaa);
        await File.WriteAllBytesAsync(file, bytes);
        await ui.StopRegionAsync();
        await Shell.RunAsync($"mount -t tmpfs -o size=40m tmpfs {blobs}");
        try
        {
            await ui.StartRegionAsync();
            await File.WriteAllBytesAsync(ballast, new byte[32 << 20]);
            await scene.Browser.GoAsync("uploads?new");
            await page.Locator("input[type=file]").SetInputFilesAsync(file);
            await page.GetByLabel("Release codename").First.FillAsync("large");
            await page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
            var sending = page.GetByLabel("Upload of disk-amd64.dd").First;
            await Expect(sending).ToContainTextAsync("store-full");
            File.Delete(ballast);
            await sending.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "custom/large" })).ToContainTextAsync("Complete");
            await ui.StopRegionAsync();
        }
        finally
        {
            await Shell.RunAsync($"umount -l {blobs}");
        }

        await ui.StartRegionAsync();
    }

    // Sources are looked at when one was changed.
    private static async Task LookAgainAsync(IPage page, UiPage browser)
    {
        await browser.GoAsync("sources");
        await page.GetByRole(AriaRole.Button, new() { Name = "Disable Low" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Enable Low" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Images" }).ClickAsync();
    }

    private sealed class Scene : IAsyncDisposable
    {
        private Scene(UiFixture ui, UiPage browser)
        {
            Ui = ui;
            Browser = browser;
        }

        public UiFixture Ui { get; }

        public UiPage Browser { get; }

        public static async Task<Scene> OpenAsync(UiFixture ui)
        {
            await ui.InitializeAsync();
            await ui.AddUsersAsync();
            return new Scene(ui, await ui.SignInAsync());
        }

        public void Deconstruct(out UiFixture ui, out IPage page) => (ui, page) = (Ui, Browser.Page);

        public async ValueTask DisposeAsync()
        {
            try
            {
                await Browser.DisposeAsync();
            }
            finally
            {
                await Ui.DisposeAsync();
            }
        }
    }
}
