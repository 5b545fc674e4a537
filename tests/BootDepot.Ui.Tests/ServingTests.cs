using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Region.Live;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Ui.Tests;

public sealed class ServingTests(UiFixture ui) : IClassFixture<UiFixture>
{
    [Fact]
    public async Task The_page_is_asked_for_each_time_its_files_are_kept_for_ever_and_come_packed()
    {
        using var http = new HttpClient { BaseAddress = ui.Region.Url };
        using var page = await http.GetAsync("/MAAS/r/images?state=failed");
        page.Headers.CacheControl!.NoCache.ShouldBeTrue();
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldNotContain("unsafe");
        var text = await page.Content.ReadAsStringAsync();
        var script = text.Split('"').Single(w => w.EndsWith(".js", StringComparison.Ordinal));
        foreach (var (encoding, type) in new[] { ("br", "text/javascript"), ("gzip", "text/javascript"), ("identity", "text/javascript") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, script);
            request.Headers.AcceptEncoding.ParseAdd(encoding);
            using var file = await http.SendAsync(request);
            file.StatusCode.ShouldBe(HttpStatusCode.OK);
            file.Content.Headers.ContentType!.MediaType.ShouldBe(type);
            string.Join(',', file.Content.Headers.ContentEncoding).ShouldBe(encoding == "identity" ? "" : encoding);
            file.Headers.CacheControl!.ToString().ShouldContain("immutable");
        }

        (await http.GetAsync("/MAAS/assets/nothing.js")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.GetAsync("/MAAS/nothing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_types_of_the_UI_are_those_of_the_API()
    {
        using var http = new HttpClient { BaseAddress = ui.Region.Url };
        var now = await http.GetStringAsync("/MAAS/api/2.0/openapi.yaml");
        var file = Path.Combine(Checkout.Root, "ui", "openapi.yaml");
        if (Environment.GetEnvironmentVariable("BOOTDEPOT_UPDATE_DOCS") == "1")
            await File.WriteAllTextAsync(file, now);
        (await File.ReadAllTextAsync(file)).ShouldBe(now, "The API changed: run this test with BOOTDEPOT_UPDATE_DOCS=1, then eng/ui, which tells what in the UI no longer fits.");
    }

    [Fact]
    public async Task A_session_changes_nothing_without_its_own_proof_and_none_is_begun_from_another_site()
    {
        await ui.AddUsersAsync();
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = ui.Region.Url };
        using var elsewhere = new HttpRequestMessage(HttpMethod.Post, "/MAAS/api/2.0/session/") { Content = Form(("username", "admin"), ("password", UiFixture.Password)) };
        elsewhere.Headers.Add("Sec-Fetch-Site", "cross-site");
        (await http.SendAsync(elsewhere)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var begun = await http.PostAsync("/MAAS/api/2.0/session/", Form(("username", "admin"), ("password", UiFixture.Password)));
        var cookie = begun.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("HttpOnly");
        cookie.ShouldContain("SameSite=Strict");
        foreach (var (proof, status) in new[] { ("", HttpStatusCode.Forbidden), ("wrong", HttpStatusCode.Forbidden) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/MAAS/api/2.0/imports/");
            request.Headers.Add("Cookie", cookie.Split(';')[0]);
            request.Headers.TryAddWithoutValidation("X-CSRF-Token", proof);
            (await http.SendAsync(request)).StatusCode.ShouldBe(status);
        }

        using var read = new HttpRequestMessage(HttpMethod.Get, "/MAAS/api/2.0/imports/");
        read.Headers.Add("Cookie", cookie.Split(';')[0]);
        (await http.SendAsync(read)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task That_a_rack_was_heard_of_is_no_news_to_pages_and_what_comes_after_it_is()
    {
        await ui.AddRackAsync("quiet", isConnected: true);
        var catalog = ui.Get<CatalogDatabase>();
        var feed = ui.Get<LiveFeed>();
        var before = (await feed.ReadAsync(CancellationToken.None)).Catalog;
        await NoteAsync(1);
        await NoteAsync(2);
        (await feed.ReadAsync(CancellationToken.None)).Catalog.ShouldBe(before);
        await NoteAsync(3);
        await ui.AddRackAsync("news", isConnected: true);
        (await feed.ReadAsync(CancellationToken.None)).Catalog.ShouldNotBe(before);

        Task NoteAsync(int second) => catalog.NoteAsync(
            (db, token) => db.Racks.ExecuteUpdateAsync(r => r.SetProperty(x => x.LastContact, DateTimeOffset.UnixEpoch.AddSeconds(second)), token),
            CancellationToken.None);
    }

    private static FormUrlEncodedContent Form(params (string Key, string Value)[] fields) => new(fields.ToDictionary(f => f.Key, f => f.Value));
}
