using System;
using System.Threading.Tasks;
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
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save" });
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
}
