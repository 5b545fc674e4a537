using System;
using System.Threading.Tasks;
using BootDepot.Simplestreams.Signatures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BootDepot.Ui.Tests;

public sealed class SettingsTests : IAsyncLifetime
{
    private readonly UiFixture _ui = new();

    public async ValueTask InitializeAsync()
    {
        await _ui.InitializeAsync();
        await _ui.AddUsersAsync();
    }

    public ValueTask DisposeAsync() => _ui.DisposeAsync();

    [Fact]
    public async Task Settings_users_and_keys_are_changed_mistakes_are_told_at_the_field_and_the_changes_are_on_record()
    {
        await using var browser = await _ui.SignInAsync();
        browser.Expected = ["400"];
        var page = browser.Page;
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await browser.GoAsync("settings");
        var interval = page.GetByLabel("Sync interval");
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true });
        await interval.FillAsync("0");
        await save.ClickAsync();
        await Expect(page.GetByText("Error: Enter a whole number from 1 to")).ToBeVisibleAsync();
        await interval.FillAsync("90");
        await page.GetByLabel("Automatically sync images").UncheckAsync();
        await save.ClickAsync();
        await Expect(page.GetByText("Settings saved")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(interval).ToHaveValueAsync("90");
        await page.GetByRole(AriaRole.Link, new() { Name = "Images" }).ClickAsync();
        await Expect(page.GetByText("Automatic synchronization is off")).ToBeVisibleAsync();

        await browser.GoAsync("settings?tab=users");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add user" }).ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Add user" });
        await panel.GetByLabel("User name").FillAsync("ann");
        await panel.GetByLabel("Mail address").FillAsync("ann@example.com");
        await panel.GetByLabel("Password").FillAsync("another password");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Add user" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "ann@example.com" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove ann" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "ann@example.com" })).ToHaveCountAsync(0);

        await browser.GoAsync("settings?tab=keys");
        await page.GetByLabel("Name of the new key").FillAsync("ci@build01");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a key" }).ClickAsync();
        await Expect(page.GetByLabel("API key", new() { Exact = true })).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("^[^:]+:[^:]+:[^:]+$", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "ci@build01" }).GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.GetByText("Key revoked")).ToBeVisibleAsync();

        await browser.GoAsync("activity?tab=events");
        await Expect(page.GetByText("api-key.revoke").First).ToBeVisibleAsync();
        await page.GetByLabel("Search changes").FillAsync("setting");
        await Expect(page.GetByText("api-key.revoke")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Times_rates_and_what_is_kept_are_set_for_imports_racks_and_single_selections()
    {
        await _ui.AddSourceAsync();
        await _ui.AddRackAsync("north", isConnected: true, UiFixture.Noble("synced"));
        await using var browser = await _ui.SignInAsync();
        browser.Expected = ["400"];
        var page = browser.Page;
        await browser.GoAsync("settings");
        await page.GetByLabel("Sync window").FillAsync("at night");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Error: Enter two times")).ToBeVisibleAsync();
        await page.GetByLabel("Sync window").FillAsync("22:00-06:00");
        await page.GetByLabel("Rate cap").FillAsync("2048");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Settings saved")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Retention" }).ClickAsync();
        await page.GetByLabel("Days that a former version is kept").FillAsync("14");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Change what ubuntu/noble keeps" }).ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog);
        await panel.GetByLabel("Versions kept").FillAsync("0");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(panel.GetByText("Error: Enter a whole number from 1")).ToBeVisibleAsync();
        await panel.GetByLabel("Versions kept").FillAsync("5");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "ubuntu/noble" })).ToContainTextAsync("5");
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Days that a former version is kept").First).ToHaveValueAsync("14");

        await page.GetByRole(AriaRole.Link, new() { Name = "Racks", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "north" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Settings" }).ClickAsync();
        panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Settings of north" });
        await panel.GetByLabel("Times of copying").FillAsync("25:00-26:00");
        await panel.GetByLabel("Rate limit").FillAsync("1024");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save rack" }).ClickAsync();
        await Expect(panel.GetByText("Error: '25:00-26:00'")).ToBeVisibleAsync();
        await panel.GetByLabel("Times of copying").FillAsync("01:00-05:00 12:00-13:00");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save rack" }).ClickAsync();
        await Expect(page.GetByText("1.0 MB/s, only 01:00-05:00, 12:00-13:00")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Import images" }).ClickAsync();
        await Expect(page.GetByText("The rack was told")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_stream_gets_a_new_key_step_by_step_and_old_keyrings_verify_what_the_new_key_signs()
    {
        await using var browser = await _ui.SignInAsync();
        var page = browser.Page;
        await browser.GoAsync("settings?tab=stream-keys");
        var rows = page.GetByRole(AriaRole.Table, new() { Name = "Stream keys table" }).GetByRole(AriaRole.Row);
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Let it sign" })).ToHaveAttributeAsync("aria-disabled", "true");
        await StepAsync("Announce a key");
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(rows.Nth(2)).ToContainTextAsync("announced");
        using var http = new System.Net.Http.HttpClient { BaseAddress = _ui.Region.Url };
        var keyring = Keyring.Parse(await http.GetByteArrayAsync("/MAAS/images-stream/streams/v1/keyring.gpg"));
        keyring.Keys.Count.ShouldBe(2);
        await StepAsync("Let it sign");
        await Expect(rows.Nth(2)).ToContainTextAsync("former");
        var signed = ClearSignedText.Verify(
            await http.GetByteArrayAsync("/MAAS/images-stream/streams/v1/index.sjson"), keyring, new VerificationPolicy(DateTimeOffset.UtcNow));
        signed.Signature.PrimaryKey.Hex.ShouldBe(keyring.Keys[1].Fingerprint.Hex);
        await StepAsync("Drop former keys");
        await Expect(rows).ToHaveCountAsync(2);
        await browser.GoAsync("activity?tab=events");
        await Expect(page.GetByText("stream-key.switch")).ToBeVisibleAsync();

        async Task StepAsync(string name)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
            await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task A_session_that_was_ended_elsewhere_asks_to_sign_in_and_comes_back_to_the_same_screen()
    {
        await using var admin = await _ui.SignInAsync();
        await using var joe = await _ui.SignInAsync("joe");
        joe.Expected = ["401"];
        await joe.GoAsync("storage");
        await Expect(joe.Page.GetByRole(AriaRole.Heading, new() { Name = "Storage" })).ToBeVisibleAsync();
        await admin.GoAsync("settings?tab=users");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Set password of joe" }).ClickAsync();
        var panel = admin.Page.GetByRole(AriaRole.Dialog);
        await panel.Locator("input[type=password]").First.FillAsync("another password");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Set password" }).ClickAsync();
        await Expect(panel).ToHaveCountAsync(0);

        // Nobody touches the window: it notices by itself.
        await Expect(joe.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await joe.Page.GetByLabel("User name").FillAsync("joe");
        await joe.Page.GetByLabel("Password").FillAsync("another password");
        await joe.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(joe.Page.GetByRole(AriaRole.Heading, new() { Name = "Storage" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_rack_is_let_in_by_a_token_that_is_shown_once()
    {
        await using var browser = await _ui.SignInAsync();
        var page = browser.Page;
        await browser.GoAsync("racks");
        await Expect(page.GetByText("No racks yet")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a rack" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a token" }).ClickAsync();
        await Expect(page.GetByLabel("Token")).Not.ToHaveValueAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Boot log" }).ClickAsync();
        await Expect(page.GetByText("No machine booted yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_machines_boot_is_assigned_changed_and_cleared()
    {
        await _ui.AddSourceAsync();
        await _ui.ImportAsync();
        await using var browser = await _ui.SignInAsync();
        browser.Expected = ["400"];
        var page = browser.Page;
        await browser.GoAsync("racks");
        await page.GetByRole(AriaRole.Tab, new() { Name = "What machines boot" }).ClickAsync();
        await Expect(page.GetByText("Nothing is assigned")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Assign" }).ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog);
        var save = panel.GetByRole(AriaRole.Button, new() { Name = "Save assignment" });
        await panel.GetByLabel("Machines").FillAsync("not a machine");
        await panel.GetByLabel("Image").FillAsync("ubuntu/noble");
        await save.ClickAsync();
        await Expect(panel.GetByText("Error: A MAC address")).ToBeVisibleAsync();
        await panel.GetByLabel("Machines").FillAsync("52-54-00-AA-BB-01");
        await panel.GetByLabel("Kernel parameters").FillAsync("console=ttyS0");
        await save.ClickAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "52:54:00:aa:bb:01" });
        await Expect(row).ToContainTextAsync("ubuntu/noble");
        await Expect(row).ToContainTextAsync("console=ttyS0");

        await row.GetByRole(AriaRole.Button, new() { Name = "Edit assignment" }).ClickAsync();
        await panel.GetByLabel("What they do").SelectOptionAsync("install");
        await panel.GetByLabel("Disk").FillAsync("/dev/vda");
        await save.ClickAsync();
        await Expect(row).ToContainTextAsync("on /dev/vda");
        await row.GetByRole(AriaRole.Button, new() { Name = "Clear assignment" }).ClickAsync();
        await Expect(page.GetByText("Nothing is assigned", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Mirrors_and_proxy_of_a_source_are_set_and_wrong_ones_say_why()
    {
        await _ui.AddSourceAsync();
        await using var browser = await _ui.SignInAsync();
        browser.Expected = ["400"];
        var page = browser.Page;
        await browser.GoAsync("sources");
        var open = page.GetByRole(AriaRole.Button, new() { Name = "Network of Test stream", Exact = true });
        await open.ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog);
        var save = panel.GetByRole(AriaRole.Button, new() { Name = "Save network" });
        await panel.GetByLabel("Mirrors").FillAsync("ftp://one.example/");
        await save.ClickAsync();
        await Expect(panel.GetByText("Error: Enter up to 16 http or https URLs.")).ToBeVisibleAsync();
        await panel.GetByLabel("Mirrors").FillAsync("http://one.example/images/\nhttp://two.example/images/");
        await panel.GetByLabel("Proxy").FillAsync("http://proxy.example:3128");
        await save.ClickAsync();
        await Expect(page.GetByText("Network of Test stream saved")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await open.ClickAsync();
        await Expect(panel.GetByLabel("Mirrors")).ToHaveValueAsync("http://one.example/images/\nhttp://two.example/images/");
        await panel.GetByLabel("Mirrors").FillAsync("");
        await panel.GetByLabel("Proxy").FillAsync("");
        await save.ClickAsync();
        await Expect(panel).ToHaveCountAsync(0);
        await open.ClickAsync();
        await Expect(panel.GetByLabel("Proxy")).ToHaveValueAsync("");
        await Expect(panel.GetByLabel("Mirrors")).ToHaveValueAsync("");
    }
}
