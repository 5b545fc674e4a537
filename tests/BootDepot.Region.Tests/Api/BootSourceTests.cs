using System;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Catalog;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Tests.Api;

/// <summary>Sections 3.4, 3.5, 4.1 and 5.7 of the wire contract.</summary>
public sealed class BootSourceTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private static int _next;
    private readonly RegionFixture _region = shared.Region;

    [Fact]
    public async Task A_new_source_has_every_field_and_is_answered_with_201()
    {
        var url = NewUrl();
        var reply = await CreateAsync(("url", url), ("keyring_filename", "/usr/share/keyrings/k.gpg"));
        reply.Status.ShouldBe(201);
        reply.ContentType.ShouldBe("application/json; charset=utf-8");
        var source = reply.Json;
        source.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(
            ["created", "enabled", "id", "keyring_data", "keyring_filename", "name", "priority", "resource_uri", "skip_keyring_verification", "updated", "url"]);
        source.GetProperty("url").GetString().ShouldBe(url);
        source.GetProperty("name").GetString().ShouldBe(url);
        source.GetProperty("enabled").GetBoolean().ShouldBeTrue();
        source.GetProperty("skip_keyring_verification").GetBoolean().ShouldBeFalse();
        source.GetProperty("keyring_data").GetString().ShouldBe("");
        source.GetProperty("created").GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$");
        source.GetProperty("resource_uri").GetString().ShouldBe($"/MAAS/api/2.0/boot-sources/{source.GetProperty("id").GetInt32()}/");
        (await _region.UserAsync("GET", $"boot-sources/{source.GetProperty("id").GetInt32()}/")).Text.ShouldBe(reply.Text);
    }

    [Fact]
    public async Task Priority_defaults_to_the_highest_and_one()
    {
        var first = (await CreateAsync(("url", NewUrl()), ("keyring_filename", "k"), ("priority", "100000"))).Json;
        first.GetProperty("priority").GetInt32().ShouldBe(100000);
        (await CreateAsync(("url", NewUrl()), ("keyring_filename", "k"))).Json.GetProperty("priority").GetInt32().ShouldBe(100001);
    }

    [Fact]
    public async Task An_empty_create_reports_all_that_is_missing() =>
        (await CreateAsync()).ShouldBeJson(400, """
            {"url": ["This field is required."], "__all__": ["One of keyring_data or keyring_filename must be specified."]}
            """);

    [Theory]
    [InlineData("nonsense", "Enter a valid URL.")]
    [InlineData("file:///etc/passwd", "Enter a valid URL.")]
    [InlineData("http://", "Enter a valid URL.")]
    [InlineData("http://a b/", "Enter a valid URL.")]
    public async Task A_bad_url_is_refused(string url, string text) =>
        (await CreateAsync(("url", url), ("keyring_filename", "k"))).ShouldBeJson(400, $$"""{"url": ["{{text}}"]}""");

    [Fact]
    public async Task A_long_url_or_name_is_refused()
    {
        var url = "http://x/" + new string('a', 192);
        (await CreateAsync(("url", url), ("keyring_filename", "k")))
            .ShouldBeJson(400, """{"url": ["Ensure this value has at most 200 characters (it has 201)."]}""");
        (await CreateAsync(("url", NewUrl()), ("keyring_filename", "k"), ("name", new string('n', 256))))
            .ShouldBeJson(400, """{"name": ["Ensure this value has at most 255 characters (it has 256)."]}""");
    }

    [Fact]
    public async Task Url_and_name_are_unique()
    {
        var url = NewUrl();
        await CreateAsync(("url", url), ("keyring_filename", "k"), ("name", "unique name"));
        (await CreateAsync(("url", url.TrimEnd('/')), ("keyring_filename", "k")))
            .ShouldBeJson(400, """{"url": ["Boot source with this Url already exists."]}""");
        (await CreateAsync(("url", NewUrl()), ("keyring_filename", "k"), ("name", "unique name")))
            .ShouldBeJson(400, """{"name": ["Boot source with this Name already exists."]}""");
    }

    [Fact]
    public async Task Two_keyrings_are_refused() =>
        (await CreateAsync(("url", NewUrl()), ("keyring_filename", "k"), ("keyring_data", "mQFncGc="))).ShouldBeJson(
            400, """{"__all__": ["Only one of keyring_filename or keyring_data can be specified."]}""");

    [Theory]
    [InlineData("x", "Enter a whole number.")]
    [InlineData("1.5", "Enter a whole number.")]
    [InlineData("-1", "Ensure this value is greater than or equal to 0.")]
    public async Task A_bad_priority_is_refused(string priority, string text) =>
        (await CreateAsync(("url", NewUrl()), ("keyring_filename", "k"), ("priority", priority)))
            .ShouldBeJson(400, $$"""{"priority": ["{{text}}"]}""");

    [Theory]
    [InlineData("false", false)]
    [InlineData("False", false)]
    [InlineData("3", false)]
    [InlineData("true", true)]
    [InlineData("2", true)]
    [InlineData("0", true)]
    [InlineData("no", true)]
    public async Task Enabled_has_three_spellings_each_way_and_ignores_all_others(string text, bool expected) =>
        (await CreateAsync(("url", NewUrl()), ("keyring_filename", "k"), ("enabled", text)))
            .Json.GetProperty("enabled").GetBoolean().ShouldBe(expected);

    [Fact]
    public async Task A_url_that_ends_in_json_needs_no_keyring() =>
        (await CreateAsync(("url", NewUrl() + "streams/v1/index.json")))
            .Json.GetProperty("skip_keyring_verification").GetBoolean().ShouldBeTrue();

    [Fact]
    public async Task A_keyring_file_comes_back_as_base64()
    {
        using var body = new MultipartFormDataContent
        {
            { new StringContent(NewUrl()), "url" },
            { new ByteArrayContent([0x99, 0x01, 0x67, 0x70, 0x67]), "keyring_data", "keyring_data" },
        };
        var reply = await _region.AdminAsync("POST", "boot-sources/", body);
        reply.Json.GetProperty("keyring_data").GetString().ShouldBe("mQFncGc=");
        reply.Json.GetProperty("keyring_filename").GetString().ShouldBe("");
    }

    [Fact]
    public async Task An_empty_keyring_file_is_refused()
    {
        using var body = new MultipartFormDataContent
        {
            { new StringContent(NewUrl()), "url" },
            { new ByteArrayContent([]), "keyring_data", "keyring_data" },
        };
        (await _region.AdminAsync("POST", "boot-sources/", body))
            .ShouldBeJson(400, """{"keyring_data": ["The submitted file is empty."]}""");
    }

    [Fact]
    public async Task A_keyring_may_come_as_text()
    {
        (await CreateAsync(("url", NewUrl()), ("keyring_data", "mQFncGc="))).Json.GetProperty("keyring_data").GetString().ShouldBe("mQFncGc=");
        const string armored = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n";
        (await CreateAsync(("url", NewUrl()), ("keyring_data", armored))).Json.GetProperty("keyring_data").GetString()
            .ShouldBe(Convert.ToBase64String(Encoding.ASCII.GetBytes(armored)));
        (await CreateAsync(("url", NewUrl()), ("keyring_data", "?"))).Status.ShouldBe(400);
        (await CreateAsync(("url", NewUrl()), ("keyring_data", ""), ("keyring_filename", "k"))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Json_bodies_do_the_same()
    {
        var url = NewUrl();
        using var body = new StringContent($$"""{"url": "{{url}}", "keyring_filename": "k", "priority": 7}""", Encoding.UTF8, "application/json");
        var reply = await _region.AdminAsync("POST", "boot-sources/", body);
        (reply.Status, reply.Json.GetProperty("priority").GetInt32()).ShouldBe((201, 7));
    }

    [Fact]
    public async Task An_update_changes_what_it_names_and_nothing_else()
    {
        var created = (await CreateAsync(("url", NewUrl()), ("keyring_data", "mQFncGc="), ("enabled", "false"))).Json;
        var path = $"boot-sources/{created.GetProperty("id").GetInt32()}/";
        var url = NewUrl();
        var reply = await _region.AdminAsync("PUT", path, Seed.Form(("url", url)));
        reply.Status.ShouldBe(200);
        reply.Json.GetProperty("url").GetString().ShouldBe(url);
        reply.Json.GetProperty("name").GetString().ShouldBe(url);
        reply.Json.GetProperty("keyring_data").GetString().ShouldBe("mQFncGc=");
        reply.Json.GetProperty("enabled").GetBoolean().ShouldBeFalse();
        reply.Json.GetProperty("resource_uri").GetString().ShouldBe("/MAAS/api/2.0/" + path);

        reply = await _region.AdminAsync("PUT", path, Seed.Form(("keyring_filename", "/other.gpg")));
        reply.Json.GetProperty("keyring_data").GetString().ShouldBe("");
        reply.Json.GetProperty("keyring_filename").GetString().ShouldBe("/other.gpg");

        reply = await _region.AdminAsync("PUT", path, Seed.Form(("keyring_filename", "")));
        reply.ShouldBeJson(400, """{"__all__": ["One of keyring_data or keyring_filename must be specified."]}""");
        (await _region.AdminAsync("GET", path)).Json.GetProperty("keyring_filename").GetString().ShouldBe("/other.gpg");
        (await _region.AdminAsync("PUT", path, Seed.Form(("url", "")))).ShouldBeJson(400, """{"url": ["This field is required."]}""");
        (await _region.AdminAsync("PUT", path)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Another_url_forgets_what_the_old_one_offered()
    {
        await Seed.SourceAsync(_region, 5000);
        await _region.AdminAsync("PUT", "boot-sources/5000/", Seed.Form(("url", NewUrl())));
        await using var db = _region.Get<CatalogDatabase>().CreateDbContext();
        (await db.Offers.CountAsync(o => o.BootSourceId == 5000)).ShouldBe(0);
    }

    [Fact]
    public async Task A_deleted_source_is_gone_with_its_selections()
    {
        await Seed.SourceAsync(_region, 9000);
        (await _region.AdminAsync("POST", "boot-sources/9000/selections/", Seed.Form(("os", "ubuntu"), ("release", "noble")))).Status.ShouldBe(200);
        var reply = await _region.AdminAsync("DELETE", "boot-sources/9000/");
        reply.ShouldBe(204, "text/plain", "");
        (await _region.AdminAsync("GET", "boot-sources/9000/")).ShouldBe(404, "text/plain", "No BootSource matches the given query.");
        (await _region.AdminAsync("DELETE", "boot-sources/9000/")).ShouldBe(404, "text/plain", "No BootSource matches the given query.");
        (await _region.AdminAsync("PUT", "boot-sources/9000/")).ShouldBe(404, "text/plain", "No BootSource matches the given query.");
        (await _region.AdminAsync("GET", "boot-sources/9000/selections/")).ShouldBe(404, "text/plain", "No BootSource matches the given query.");
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public async Task An_id_that_is_no_number_is_missing_not_an_error(string id) =>
        (await _region.AdminAsync("GET", $"boot-sources/{id}/")).ShouldBe(404, "text/plain", "No BootSource matches the given query.");

    [Fact]
    public async Task Changes_are_in_the_audit_trail_without_the_keyring()
    {
        var id = (await CreateAsync(("url", NewUrl()), ("keyring_data", "mQFncGc="))).Json.GetProperty("id").GetInt32();
        await _region.AdminAsync("PUT", $"boot-sources/{id}/", Seed.Form(("priority", "9")));
        var events = (await _region.AdminAsync("GET", $"events/?subject=boot-source/{id}")).Json.GetProperty("events");
        events.EnumerateArray().Select(e => e.GetProperty("action").GetString()).ShouldBe(["boot-source.update", "boot-source.create"]);
        events[0].GetProperty("actor").GetString().ShouldBe("admin");
        events[0].GetProperty("after").GetProperty("priority").GetInt32().ShouldBe(9);
        events.GetRawText().ShouldNotContain("mQFncGc=");
    }

    private static string NewUrl() => $"http://mirror.example.com/{System.Threading.Interlocked.Increment(ref _next)}/";

    private Task<Reply> CreateAsync(params (string, string)[] fields) => _region.AdminAsync("POST", "boot-sources/", Seed.Form(fields));
}
