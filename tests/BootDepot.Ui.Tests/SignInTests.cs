using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Region.Auth;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BootDepot.Ui.Tests;

public sealed class SignInTests : IAsyncLifetime
{
    private readonly UiFixture _ui = new();

    public ValueTask InitializeAsync() => _ui.InitializeAsync();

    public ValueTask DisposeAsync() => _ui.DisposeAsync();

    [Fact]
    public async Task The_printed_link_sets_the_first_password_once_and_only_with_its_secret()
    {
        await using var stranger = await _ui.OpenAsync();
        stranger.Expected = ["403"];
        await stranger.Page.GotoAsync(_ui.Url);
        await Expect(stranger.Page.GetByRole(AriaRole.Heading, new() { Name = "Welcome" })).ToBeVisibleAsync();
        await stranger.Page.GetByLabel("First sign-in secret").FillAsync("guessed");
        await stranger.Page.Locator("#password").FillAsync("long enough password");
        await stranger.Page.Locator("#again").FillAsync("long enough password");
        await stranger.Page.GetByRole(AriaRole.Button, new() { Name = "Set password and sign in" }).ClickAsync();
        await Expect(stranger.Page.GetByText("This link is not the one")).ToBeVisibleAsync();

        await using var browser = await _ui.OpenAsync();
        await browser.Page.GotoAsync(_ui.FirstUrl);
        await browser.Page.Locator("#password").FillAsync(UiFixture.Password);
        await browser.Page.Locator("#again").FillAsync(UiFixture.Password + "!");
        await Expect(browser.Page.GetByText("The two differ.")).ToBeVisibleAsync();
        await browser.Page.Locator("#again").FillAsync(UiFixture.Password);
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Set password and sign in" }).ClickAsync();

        // Then it leads to the first images: a source, what to take from it, and they come.
        var page = browser.Page;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Set up this region" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Continue" })).ToHaveAttributeAsync("aria-disabled", "true");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a source" }).ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog);
        await panel.Locator("#source-name").FillAsync("Mirror");
        await panel.GetByLabel("URL").FillAsync(_ui.Mirror.Url);
        await panel.GetByLabel("Keyring").First.SelectOptionAsync("data");
        await panel.Locator("#source-data").FillAsync(System.Convert.ToBase64String(_ui.Tree.Keyring));
        await panel.GetByRole(AriaRole.Button, new() { Name = "Validate" }).ClickAsync();
        await Expect(panel.GetByText("It offers 2 releases")).ToBeVisibleAsync();
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save source" }).ClickAsync();
        await Expect(page.GetByText("Verified")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Select images" }).ClickAsync();
        panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Select upstream images" });
        await panel.GetByLabel("Search available images").FillAsync("22.04");
        await panel.GetByLabel("amd64").CheckAsync();
        await panel.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save and sync" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Selected images" })).ToContainTextAsync("22.04 LTS");
        await page.GetByRole(AriaRole.Button, new() { Name = "Import and finish" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "22.04 LTS" })).ToContainTextAsync("Ready");

        // It survives a reload; signing out ends it, also for a window that is open.
        await browser.Page.ReloadAsync();
        await Expect(browser.Page.GetByRole(AriaRole.Heading, new() { Name = "Images", Exact = true })).ToBeVisibleAsync();
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "admin" }).ClickAsync();
        await browser.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await Expect(browser.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await browser.SignInAsync("admin");
    }

    [Fact]
    public async Task Wrong_passwords_are_told_and_slowed_down()
    {
        await _ui.Get<UserAdministration>().CreateAsync("kim", "", UiFixture.Password, isAdmin: false, Actor.System, CancellationToken.None);
        await _ui.Get<UserAdministration>().SetPasswordAsync("admin", UiFixture.Password, Actor.System, CancellationToken.None);
        await using var browser = await _ui.OpenAsync();
        browser.Expected = ["403", "429"];
        await browser.Page.GotoAsync(_ui.Url);
        var seen = browser.Page.GetByText("Too many wrong passwords");
        for (var i = 0; i < 8 && !await seen.IsVisibleAsync(); i++)
        {
            await browser.Page.GetByLabel("User name").FillAsync("kim");
            await browser.Page.GetByLabel("Password").FillAsync("wrong");
            await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            await Expect(browser.Page.GetByText("is wrong").Or(seen)).ToBeVisibleAsync();
        }

        await Expect(seen).ToBeVisibleAsync();
    }
}
