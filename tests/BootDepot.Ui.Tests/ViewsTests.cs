using System;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Tasks;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BootDepot.Ui.Tests;

/// <summary>Views are made, opened, changed and deleted in the browser.</summary>
public sealed class ViewsTests : IAsyncLifetime
{
    private readonly UiFixture _ui = new();

    public async ValueTask InitializeAsync()
    {
        await _ui.InitializeAsync();
        await _ui.AddUsersAsync();
        await _ui.AddSourceAsync();
        await _ui.ImportAsync();
    }

    public ValueTask DisposeAsync() => _ui.DisposeAsync();

    [Fact]
    public async Task A_view_is_made_with_a_preview_opened_by_a_token_that_is_shown_once_and_deleted()
    {
        await using var browser = await _ui.SignInAsync();
        browser.Expected = ["400"];
        var page = browser.Page;
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await browser.GoAsync("views");
        await Expect(page.GetByText("No views")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Make a view" }).ClickAsync();
        var panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Make a view" });
        var images = panel.GetByRole(AriaRole.Textbox, new() { Name = "Images" });
        await panel.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync("tenant");
        await images.FillAsync("noble");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Make it" }).ClickAsync();
        await Expect(panel.GetByText("'noble' is no OS/RELEASE")).ToBeVisibleAsync();
        await images.FillAsync("synced:ubuntu/noble/amd64\nuploaded:*/*");
        await Expect(panel.GetByText("Shows 1 image of today")).ToBeVisibleAsync();
        await panel.GetByLabel("Private").CheckAsync();
        await panel.GetByLabel("Exclusive").CheckAsync();
        await panel.GetByRole(AriaRole.Button, new() { Name = "Make it" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "exclusive" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Use tenant" }).ClickAsync();
        panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Use tenant" });
        await panel.GetByLabel("Name of the new token").FillAsync("site-4");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Make a token" }).ClickAsync();
        var token = await panel.GetByLabel("Token", new() { Exact = true }).InputValueAsync();
        await Expect(panel.GetByLabel("As a source")).ToHaveValueAsync($"bootdepot sources add {_ui.Url.Replace("://", $"://any:{token}@", StringComparison.Ordinal)}images-stream/views/tenant/ --keyring region.gpg");
        (await OpensAsync(token)).ShouldBe(HttpStatusCode.OK);
        (await OpensAsync("guessed")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Axe.SeriousAsync(page)).ShouldBeEmpty();
        await panel.GetByRole(AriaRole.Button, new() { Name = "Revoke site-4" }).ClickAsync();
        await Expect(page.GetByText("Token revoked")).ToBeVisibleAsync();
        (await OpensAsync(token)).ShouldBe(HttpStatusCode.Unauthorized);
        await page.Keyboard.PressAsync("Escape");
        await Expect(panel).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Change tenant" }).ClickAsync();
        panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Change tenant" });
        await panel.GetByLabel("Private").UncheckAsync();
        await Expect(panel.GetByText("anybody can have the images")).ToBeVisibleAsync();
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "public" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete tenant" }).ClickAsync();
        await Expect(page.GetByText("No views")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_is_no_administrator_sees_views_and_is_told_why_nothing_can_be_changed()
    {
        await using var browser = await _ui.SignInAsync("joe");
        await browser.GoAsync("views");
        var make = browser.Page.GetByRole(AriaRole.Button, new() { Name = "Make a view" });
        await Expect(make).ToHaveAttributeAsync("aria-disabled", "true");
    }

    private async Task<HttpStatusCode> OpensAsync(string token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, _ui.Url + "images-stream/views/tenant/streams/v1/index.sjson");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("any:" + token)));
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
