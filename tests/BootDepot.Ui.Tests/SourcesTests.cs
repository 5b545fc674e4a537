using System.IO;
using System.Threading.Tasks;
using BootDepot.Simplestreams.Signatures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BootDepot.Ui.Tests;

public sealed class SourcesTests : IAsyncLifetime
{
    private readonly UiFixture _ui = new();

    public async ValueTask InitializeAsync()
    {
        await _ui.InitializeAsync();
        await _ui.AddUsersAsync();
    }

    public ValueTask DisposeAsync() => _ui.DisposeAsync();

    [Fact]
    public async Task A_source_is_saved_only_after_it_was_read_and_each_mistake_has_its_own_words()
    {
        var right = Path.Combine(_ui.Folder, "right.gpg");
        var wrong = Path.Combine(_ui.Folder, "wrong.gpg");
        await File.WriteAllBytesAsync(right, _ui.Tree.Keyring);
        using (var key = SigningKey.Create(SigningKeyKind.Ed25519, "Someone else", System.DateTimeOffset.UtcNow))
            await File.WriteAllBytesAsync(wrong, key.ExportPublicKey());
        await using var browser = await _ui.SignInAsync();
        var page = browser.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a source" }).ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Add custom source" });
        var validate = panel.GetByRole(AriaRole.Button, new() { Name = "Validate" });
        var save = panel.GetByRole(AriaRole.Button, new() { Name = "Save source" });
        await panel.GetByLabel("Name").First.FillAsync("Mirror");
        foreach (var (url, keyring, code) in new[]
        {
            ("http://127.0.0.1:9/", right, "transfer-"), (_ui.Mirror.Url + "/nothing/", right, "transfer-not-found"),
            (_ui.Mirror.Url, wrong, "signature-"), (_ui.Mirror.Url, "/nowhere.gpg", "keyring-missing"),
        })
        {
            await panel.GetByLabel("URL").FillAsync(url);
            await panel.Locator("#source-filename").FillAsync(keyring);
            await Expect(save).ToHaveAttributeAsync("aria-disabled", "true");
            await validate.ClickAsync();
            await Expect(panel.GetByText("This source cannot be used as it is")).ToBeVisibleAsync();
            await Expect(panel.Locator(".bd-code")).ToContainTextAsync(code);
        }

        await panel.Locator("#source-filename").FillAsync(right);
        await validate.ClickAsync();
        await Expect(panel.GetByText("It offers 2 releases")).ToBeVisibleAsync();
        await Expect(panel.GetByText("Signed by")).ToBeVisibleAsync();
        await save.ClickAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Mirror" });
        await Expect(row).ToContainTextAsync("Verified");
        await row.GetByRole(AriaRole.Button, new() { Name = "Disable Mirror" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Disabled");
        await row.GetByRole(AriaRole.Button, new() { Name = "Delete Mirror" }).ClickAsync();
        await Expect(page.GetByText("No image comes only from it")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete Mirror" }).ClickAsync();
        await Expect(page.GetByText("No sources found.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Of_two_windows_that_edit_a_source_the_later_one_is_told_and_overwrites_nothing()
    {
        await _ui.AddSourceAsync();
        await using var browser = await _ui.SignInAsync();
        browser.Expected = ["412"];
        await browser.GoAsync("sources");
        var other = await browser.AnotherWindowAsync();
        await other.GotoAsync(_ui.Url + "r/sources");
        foreach (var page in new[] { browser.Page, other })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Edit Test stream" }).ClickAsync();
            await page.Locator("#source-name").FillAsync(page == other ? "Mine" : "Theirs");
            await page.GetByRole(AriaRole.Button, new() { Name = "Validate" }).ClickAsync();
            await Expect(page.GetByText("It offers 2 releases")).ToBeVisibleAsync();
        }

        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Save source" }).ClickAsync();
        await Expect(browser.Page.GetByText("Theirs saved")).ToBeVisibleAsync();
        await other.GetByRole(AriaRole.Button, new() { Name = "Save source" }).ClickAsync();
        await Expect(other.GetByText("Changed by someone else")).ToBeVisibleAsync();
        await Expect(other.GetByRole(AriaRole.Row).Filter(new() { HasText = "Theirs" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_source_that_stops_answering_is_shown_as_failed_with_the_reason()
    {
        await _ui.AddSourceAsync();
        await _ui.ImportAsync();
        _ui.Mirror.Break("*", 503);
        await _ui.ImportAsync();
        await using var browser = await _ui.SignInAsync();
        await browser.GoAsync("sources");
        await Expect(browser.Page.GetByText("Test stream cannot be used")).ToBeVisibleAsync();
        await Expect(browser.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Test stream" })).ToContainTextAsync("Failed");
    }
}
