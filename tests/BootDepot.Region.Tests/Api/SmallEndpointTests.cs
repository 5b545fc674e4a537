using System;
using System.Linq;
using System.Threading.Tasks;

namespace BootDepot.Region.Tests.Api;

/// <summary>Users, keys, settings, racks, events: what is not covered by the clients' own exchanges.</summary>
public sealed class SmallEndpointTests : IAsyncLifetime
{
    private RegionFixture _region = null!;

    public async ValueTask InitializeAsync() => _region = await RegionFixture.StartAsync();

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Fact]
    public async Task Users_are_listed_by_name_added_and_removed()
    {
        var created = await _region.AdminAsync("POST", "users/", Seed.Form(("username", "bob"), ("email", "bob@example.com"), ("password", "pw"), ("is_superuser", "0")));
        created.ShouldBeJson(200, """
            {"username": "bob", "email": "bob@example.com", "is_local": true, "is_superuser": false, "resource_uri": "/MAAS/api/2.0/users/bob/"}
            """);
        (await _region.UserAsync("GET", "users/")).Json.EnumerateArray().Select(u => u.GetProperty("username").GetString()).ShouldBe(["admin", "bob", "joe"]);
        (await _region.UserAsync("GET", "users/bob/")).Text.ShouldBe(created.Text);
        (await _region.AdminAsync("POST", "users/", Seed.Form(("username", "bob"), ("email", "e"), ("password", "pw"), ("is_superuser", "1")))).Status.ShouldBe(400);
        (await _region.AdminAsync("POST", "users/", Seed.Form(("email", "e")))).ShouldBe(400, "text/plain; charset=utf-8", "No provided username!");
        (await _region.UserAsync("POST", "users/")).ShouldBe(403, "text/plain; charset=utf-8", "This method is reserved for admin users.");
        (await _region.AdminAsync("DELETE", "users/bob/")).ShouldBe(204, "text/plain", "");
        (await _region.AdminAsync("DELETE", "users/bob/")).ShouldBe(404, "text/plain", "No User matches the given query.");
        (await _region.AdminAsync("DELETE", "users/admin/")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Key_operations_name_what_is_missing()
    {
        (await _region.UserAsync("POST", "account/?op=delete_authorisation_token")).ShouldBe(400, "text/plain; charset=utf-8", "No provided token_key!");
        (await _region.UserAsync("POST", "account/?op=delete_authorisation_token", Seed.Form(("token_key", "x")))).ShouldBe(404, "text/plain", "No Token matches the given query.");
        (await _region.UserAsync("POST", "account/?op=update_token_name")).ShouldBe(400, "text/plain; charset=utf-8", "No provided token!");
        (await _region.UserAsync("POST", "account/?op=update_token_name", Seed.Form(("token", "x")))).ShouldBe(400, "text/plain; charset=utf-8", "No provided name!");
        // Another user's key is not there for this one.
        (await _region.UserAsync("POST", "account/?op=delete_authorisation_token", Seed.Form(("token_key", _region.AdminKey.TokenKey)))).Status.ShouldBe(404);
        // The key in use may be revoked.
        (await _region.UserAsync("POST", "account/?op=delete_authorisation_token", Seed.Form(("token_key", _region.UserKey.TokenKey)))).Status.ShouldBe(204);
        (await _region.UserAsync("GET", "users/?op=whoami")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Keys_survive_a_restart_and_can_still_be_shown()
    {
        await _region.RestartAsync();
        var keys = await _region.AdminAsync("GET", "account/?op=list_authorisation_tokens");
        keys.Json[0].GetProperty("token").GetString().ShouldBe(_region.AdminKey.Text);
        _region.Host.FirstKey.ShouldBeNull();
    }

    [Fact]
    public async Task The_authenticate_path_wants_POST()
    {
        var reply = await _region.SendAsync("GET", "/MAAS/accounts/authenticate/");
        reply.ShouldBe(405, "text/plain", "");
        (await _region.SendAsync("GET", "/MAAS/accounts/login/")).ShouldBeJson(200, """{"authenticated": false, "external_auth_url": null, "no_users": false}""");
    }

    [Fact]
    public async Task Settings_have_the_texts_of_MAAS()
    {
        (await _region.UserAsync("GET", "maas/?op=get_config")).ShouldBe(400, "text/plain; charset=utf-8", "No provided name!");
        (await _region.AdminAsync("POST", "maas/?op=set_config")).ShouldBe(400, "text/plain; charset=utf-8", "No provided name!");
        (await _region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", "http_proxy")))).ShouldBe(400, "text/plain; charset=utf-8", "No provided value!");
        var unknown = await _region.UserAsync("GET", "maas/?op=get_config&name=rpc_shared_secret");
        (unknown.Status, unknown.ContentType).ShouldBe((400, "application/json"));
        unknown.Json.GetProperty("rpc_shared_secret")[0].GetString()!.ShouldStartWith("rpc_shared_secret is not a valid config setting (valid settings are: audit_keep_days, boot_images_auto_import, ");
        (await _region.UserAsync("GET", "maas/?op=get_config&name=commissioning_osystem")).Status.ShouldBe(400);
        (await SetAsync("http_proxy", "nonsense")).ShouldBeJson(400, """{"http_proxy": ["Enter a valid URL."]}""", "application/json");
        (await SetAsync("http_proxy", "")).ShouldBe(200, "text/plain", "OK");
        (await GetAsync("http_proxy")).ShouldBe(200, "application/json", "null");
        await Seed.SyncedAsync(_region, "ubuntu/noble");
        await Seed.SyncedAsync(_region, "ubuntu/jammy", "amd64/ga-22.04");
        (await SetAsync("default_distro_series", "x")).Json.GetProperty("default_distro_series")[0].GetString()
            .ShouldBe("'x' is not a valid release.  It should be one of: 'noble', 'jammy'.");
        (await SetAsync("commissioning_distro_series", "jammy")).Text.ShouldBe("OK");
        (await GetAsync("commissioning_distro_series")).Text.ShouldBe("\"jammy\"");
        (await SetAsync("default_osystem", "plan9")).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("false", "false")]
    [InlineData("False", "false")]
    [InlineData("", "false")]
    [InlineData("true", "true")]
    [InlineData("0", "true")]
    public async Task Flags_are_read_as_MAAS_reads_them(string sent, string shown)
    {
        (await SetAsync("boot_images_auto_import", sent)).Text.ShouldBe("OK");
        (await GetAsync("boot_images_auto_import")).Text.ShouldBe(shown);
    }

    [Fact]
    public async Task A_region_without_racks_says_so()
    {
        (await _region.UserAsync("GET", "rackcontrollers/")).ShouldBeJson(200, "[]");
        (await _region.AdminAsync("POST", "rackcontrollers/?op=import_boot_images")).ShouldBe(202, "text/plain", "Accepted");
        (await _region.UserAsync("GET", "rackcontrollers/abc/")).ShouldBe(404, "text/plain", "No RackController matches the given query.");
        (await _region.AdminAsync("GET", "rackcontrollers/abc/?op=list_boot_images")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Events_come_in_pages_newest_first()
    {
        for (var i = 0; i < 5; i++)
            await _region.AdminAsync("POST", "boot-sources/", Seed.Form(("url", $"http://e{i}/"), ("keyring_filename", "k")));
        var first = (await _region.AdminAsync("GET", "events/?limit=3")).Json;
        first.GetProperty("count").GetInt32().ShouldBe(3);
        var before = first.GetProperty("next_before").GetInt64();
        var second = (await _region.AdminAsync("GET", $"events/?op=query&limit=3&before={before}")).Json;
        second.GetProperty("events")[0].GetProperty("id").GetInt64().ShouldBeLessThan(before);
        (await _region.AdminAsync("GET", "events/?limit=x")).ShouldBeJson(400, """{"limit": ["Enter a whole number."]}""");
        (await _region.AdminAsync("GET", "events/?limit=0")).Status.ShouldBe(400);
        (await _region.UserAsync("GET", "events/")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task The_first_start_selects_the_latest_LTS_and_says_when_its_keyring_is_missing()
    {
        await using var region = await RegionFixture.StartAsync(o => o with { DefaultSource = new() { Keyrings = ["/nowhere/k.gpg"] } });
        var source = (await region.UserAsync("GET", "boot-sources/1/")).Json;
        source.GetProperty("url").GetString().ShouldBe("http://images.maas.io/ephemeral-v3/stable/");
        source.GetProperty("keyring_filename").GetString().ShouldBe("/nowhere/k.gpg");
        var selection = (await region.UserAsync("GET", "boot-sources/1/selections/1/")).Json;
        selection.GetProperty("release").GetString().ShouldBe("noble");
        selection.GetProperty("arches").EnumerateArray().Count(a => a.GetString() == "amd64").ShouldBe(1);
        source.GetProperty("problem").GetProperty("code").GetString().ShouldBe("keyring-missing");
        source.GetProperty("problem").GetProperty("message").GetString()!.ShouldContain("ubuntu-keyring");
        await region.AdminAsync("DELETE", "boot-sources/1/");
        await region.RestartAsync();
        (await region.UserAsync("GET", "boot-sources/")).ShouldBeJson(200, "[]");
    }

    [Fact]
    public async Task Every_start_says_whether_the_keyring_is_there()
    {
        using var folder = new BootDepot.Testing.TempFolder();
        var keyring = folder["k.gpg"];
        await using var region = await RegionFixture.StartAsync(o => o with { DefaultSource = new() { Keyrings = [keyring] } });
        await System.IO.File.WriteAllTextAsync(keyring, "a keyring");
        await region.RestartAsync();
        (await region.UserAsync("GET", "boot-sources/1/")).Json.TryGetProperty("problem", out _).ShouldBeFalse();
        System.IO.File.Delete(keyring);
        await region.RestartAsync();
        (await region.UserAsync("GET", "boot-sources/1/")).Json.GetProperty("problem").GetProperty("message").GetString()!.ShouldContain(keyring);
    }

    [Trait("Backend", "Files")] // looks at the files themselves
    [Fact]
    public async Task The_catalogue_holds_no_secret()
    {
        var secret = _region.AdminKey.Secret;
        var files = System.IO.Directory.GetFiles(_region.DataDirectory, "bootdepot.db*");
        files.ShouldNotBeEmpty();
        foreach (var file in files)
        {
            await using var stream = new System.IO.FileStream(file, System.IO.FileMode.Open, System.IO.FileAccess.Read, System.IO.FileShare.ReadWrite);
            using var reader = new System.IO.StreamReader(stream, System.Text.Encoding.Latin1);
            (await reader.ReadToEndAsync()).Contains(secret, StringComparison.Ordinal).ShouldBeFalse(file);
        }
    }

    private Task<Reply> SetAsync(string name, string value) => _region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", name), ("value", value)));

    private Task<Reply> GetAsync(string name) => _region.UserAsync("GET", $"maas/?op=get_config&name={name}");
}
