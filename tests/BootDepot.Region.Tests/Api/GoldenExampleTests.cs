using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Sources;

namespace BootDepot.Region.Tests.Api;

/// <summary>The example documents of the wire contract, section 11: made from the catalogue, they come out as printed there.</summary>
public sealed class GoldenExampleTests : IAsyncLifetime
{
    private RegionFixture _region = null!;

    public async ValueTask InitializeAsync() => _region = await RegionFixture.StartAsync();

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Fact]
    public async Task Description_11_1()
    {
        var described = (await _region.SendAsync("GET", "describe/")).Json;
        described.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(["doc", "handlers", "hash", "resources"]);
        described.GetProperty("doc").GetString().ShouldBe("MAAS API");
        described.GetProperty("hash").GetString()!.ShouldMatch("^[0-9a-f]{40}$");
        var root = _region.Host.Url + "MAAS/api/2.0/";
        var selections = ResourceOf(described, "BootSourceSelectionsHandler", root + "boot-sources/{boot_source_id}/selections/", "auth", "boot_source_id");
        var create = selections.EnumerateArray().Single(a => a.GetProperty("name").GetString() == "create");
        (create.GetProperty("method").GetString(), create.GetProperty("op").ValueKind, create.GetProperty("restful").GetBoolean())
            .ShouldBe(("POST", JsonValueKind.Null, true));
        var doc = create.GetProperty("doc").GetString()!;
        doc.ShouldMatch(@"\A[^\n]+\n\n");
        foreach (var (name, type) in new[] { ("os", "string"), ("release", "string"), ("arches", "string") })
            doc.ShouldMatch($@"\n\n:param {name}: (Required|Optional)\. [^\n]+\n:type {name}: {type}\n\n");
        selections.EnumerateArray().Select(a => a.GetProperty("name").GetString()).ShouldBe(["read", "create"], ignoreOrder: true);
        var version = ResourceOf(described, "VersionHandler", root + "version/", "anon");
        version.EnumerateArray().Select(a => $"{a.GetProperty("name")} {a.GetProperty("method")}").ShouldBe(["read GET"]);
    }

    // The handler has the members of the example and no other; its actions.
    private static JsonElement ResourceOf(JsonElement described, string name, string uri, string kind, params string[] parameters)
    {
        var resource = described.GetProperty("resources").EnumerateArray().Single(r => r.GetProperty("name").GetString() == name);
        resource.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(["anon", "auth", "name"]);
        resource.GetProperty(kind == "auth" ? "anon" : "auth").ValueKind.ShouldBe(JsonValueKind.Null);
        var handler = resource.GetProperty(kind);
        handler.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(["actions", "doc", "name", "params", "path", "uri"]);
        handler.GetProperty("name").GetString().ShouldBe(name);
        handler.GetProperty("uri").GetString().ShouldBe(uri);
        handler.GetProperty("path").GetString().ShouldBe(uri[uri.IndexOf("/MAAS", StringComparison.Ordinal)..]);
        handler.GetProperty("params").EnumerateArray().Select(p => p.GetString()).ShouldBe(parameters);
        return handler.GetProperty("actions");
    }

    [Fact]
    public async Task Version_user_and_keys_11_2()
    {
        (await _region.SendAsync("GET", "version/")).ShouldBeJson(200, """
            {"capabilities": ["networks-management", "static-ipaddresses", "ipv6-deployment-ubuntu",
                              "devices-management", "storage-deployment-ubuntu", "network-deployment-ubuntu",
                              "bridging-interface-ubuntu", "bridging-automatic-ubuntu", "authenticate-api"],
             "version": "3.6.0", "subversion": ""}
            """);
        (await _region.UserAsync("GET", "users/?op=whoami")).ShouldBeJson(200, """
            {"username": "joe", "email": "joe@example.com", "is_local": true, "is_superuser": false, "resource_uri": "/MAAS/api/2.0/users/joe/"}
            """);
        var key = _region.UserKey;
        (await _region.UserAsync("GET", "account/?op=list_authorisation_tokens")).ShouldBeJson(
            200, $$"""[{"name": "MAAS consumer", "token": "{{key.Text}}"}]""");
        var created = await _region.UserAsync("POST", "account/?op=create_authorisation_token", Seed.Form(("name", "ci@build01")));
        var (token, secret, consumer) = (created.Json.GetProperty("token_key").GetString(), created.Json.GetProperty("token_secret").GetString(), created.Json.GetProperty("consumer_key").GetString());
        created.ShouldBeJson(200, $$"""{"token_key": "{{token}}", "token_secret": "{{secret}}", "consumer_key": "{{consumer}}", "name": "ci@build01"}""");
        (token!.Length, secret!.Length, consumer!.Length).ShouldBe((18, 32, 18));
    }

    [Fact]
    public async Task Sources_11_3_and_selection_11_4()
    {
        await _region.Get<CatalogDatabase>().ChangeAsync(
            (db, _) =>
            {
                db.BootSources.Add(new BootSource
                {
                    Id = 1, Name = "Stable stream", Url = "http://images.example.com/ephemeral-v3/stable/", Priority = 1,
                    KeyringFilename = "/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg",
                    Created = At("2026-01-12T08:30:00.125"), Updated = At("2026-01-12T08:30:00.125"),
                    Selections = { new BootSourceSelection { Id = 7, Os = "ubuntu", Release = "noble", Arches = ["amd64", "arm64"], Subarches = ["*"], Labels = ["*"] } },
                });
                db.BootSources.Add(new BootSource
                {
                    Id = 4, Name = "http://mirror.example.com/streams", Url = "http://mirror.example.com/streams", Priority = 2,
                    KeyringData = Convert.FromBase64String("mQFncGc="),
                    Created = At("2026-02-03T04:05:06.789"), Updated = At("2026-02-03T04:09:10.000"),
                });
                return Task.CompletedTask;
            },
            default);
        (await _region.UserAsync("GET", "boot-sources/")).ShouldBeJson(200, """
            [
              {
                "id": 1, "name": "Stable stream", "url": "http://images.example.com/ephemeral-v3/stable/", "priority": 1,
                "enabled": true, "keyring_filename": "/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg", "keyring_data": "",
                "skip_keyring_verification": false, "created": "2026-01-12T08:30:00.125", "updated": "2026-01-12T08:30:00.125",
                "resource_uri": "/MAAS/api/2.0/boot-sources/1/"
              },
              {
                "id": 4, "name": "http://mirror.example.com/streams", "url": "http://mirror.example.com/streams", "priority": 2,
                "enabled": true, "keyring_filename": "", "keyring_data": "mQFncGc=", "skip_keyring_verification": false,
                "created": "2026-02-03T04:05:06.789", "updated": "2026-02-03T04:09:10.000",
                "resource_uri": "/MAAS/api/2.0/boot-sources/4/"
              }
            ]
            """);
        var selection = await _region.UserAsync("GET", "boot-sources/1/selections/7/");
        selection.ShouldBeJson(200, """
            {"id": 7, "boot_source_id": 1, "os": "ubuntu", "release": "noble", "arches": ["amd64", "arm64"],
             "subarches": ["*"], "labels": ["*"], "resource_uri": "/MAAS/api/2.0/boot-sources/1/selections/7/"}
            """);
        selection.Text.ShouldStartWith("{\n    \"id\": 7,\n");
    }

    [Fact]
    public async Task Images_11_5_to_11_8()
    {
        await _region.Get<CatalogDatabase>().ChangeAsync(
            (db, _) =>
            {
                db.Resources.Add(new BootResource { Id = 2, Name = "grub-efi-signed/uefi", Architecture = "amd64/generic", BootloaderType = "uefi" });
                db.Resources.Add(Noble());
                db.Resources.Add(Rocky());
                db.Resources.Add(new BootResource { Id = 31, Kind = ResourceKind.Uploaded, Name = "windows/win2022", Architecture = "amd64/generic", Subarches = "generic", Title = "" });
                return Task.CompletedTask;
            },
            default);
        (await _region.UserAsync("GET", "boot-resources/")).ShouldBeJson(200, """
            [
              {"id": 2, "type": "Synced", "name": "grub-efi-signed/uefi", "architecture": "amd64/generic",
               "resource_uri": "/MAAS/api/2.0/boot-resources/2/", "last_deployed": null},
              {"id": 5, "type": "Synced", "name": "ubuntu/noble", "architecture": "amd64/ga-24.04",
               "resource_uri": "/MAAS/api/2.0/boot-resources/5/", "last_deployed": "2026-02-01T17:20:33.410",
               "subarches": "generic,hwe-p,hwe-q,ga-22.04,hwe-22.04,ga-24.04"},
              {"id": 23, "type": "Uploaded", "name": "custom/rocky9-gold", "architecture": "amd64/generic",
               "resource_uri": "/MAAS/api/2.0/boot-resources/23/", "last_deployed": null, "subarches": "generic",
               "title": "Rocky 9 gold", "base_image": "rhel/9"},
              {"id": 31, "type": "Uploaded", "name": "windows/win2022", "architecture": "amd64/generic",
               "resource_uri": "/MAAS/api/2.0/boot-resources/31/", "last_deployed": null, "subarches": "generic", "title": ""}
            ]
            """);
        (await _region.UserAsync("GET", "boot-resources/5/")).ShouldBeJson(200, """
            {
              "id": 5, "type": "Synced", "name": "ubuntu/noble", "architecture": "amd64/ga-24.04",
              "resource_uri": "/MAAS/api/2.0/boot-resources/5/", "last_deployed": "2026-02-01T17:20:33.410",
              "subarches": "generic,hwe-p,hwe-q,ga-22.04,hwe-22.04,ga-24.04",
              "sets": {
                "20260115": {
                  "version": "20260115", "label": "stable", "size": 360710144, "complete": true,
                  "files": {
                    "boot-kernel": {
                      "filename": "boot-kernel", "filetype": "boot-kernel",
                      "sha256": "02e95dbd8dbb48b53d0d4f31856349870cf5437909ea1ed094b097e3d2e40b64", "filename_on_disk": "02e95db",
                      "size": 14952832, "complete": true
                    },
                    "boot-initrd": {
                      "filename": "boot-initrd", "filetype": "boot-initrd",
                      "sha256": "da042bce6ab874961182ea0aa4c5e8ab02661bedf923e566725958d066225ad2", "filename_on_disk": "da042bc",
                      "size": 74645504, "complete": true
                    },
                    "squashfs": {
                      "filename": "squashfs", "filetype": "squashfs",
                      "sha256": "400d8153884ac74d83ce76eb7e60e3816a88243fa40995450d39a704126cd31c", "filename_on_disk": "400d815",
                      "size": 271111808, "complete": true
                    }
                  }
                }
              }
            }
            """);
        var file = (await _region.UserAsync("GET", "boot-resources/23/")).Json.GetProperty("sets").GetProperty("20260203").GetProperty("files").GetProperty("root.tgz");
        JsonElement.DeepEquals(file, JsonDocument.Parse("""
            {"filename": "root.tgz", "filetype": "root-tgz",
             "sha256": "fa4947ad0b26b1eee8325b6862d0d126d512cced6a180c64e3c2d5217f66fc04", "filename_on_disk": "fa4947a",
             "size": 1288490188, "complete": false, "progress": 0.0,
             "upload_uri": "/MAAS/api/2.0/boot-resources/23/upload/61/"}
            """).RootElement).ShouldBeTrue(file.GetRawText());
    }

    [Fact]
    public async Task Errors_11_9()
    {
        (await _region.UserAsync("GET", "boot-resources/99/")).ShouldBe(404, "text/plain", "No BootResource matches the given query.");
        (await _region.UserAsync("POST", "boot-resources/")).ShouldBe(
            403, "text/plain; charset=utf-8",
            "User does not have permission to perform this operation. The user should have permission 'can_edit_boot_entities'");
        var invalid = await _region.AdminAsync("POST", "boot-resources/", Seed.Form(
            ("name", "custom/x"), ("architecture", "mips/generic"), ("sha256", new string('a', 40)), ("size", "1")));
        invalid.Json.GetProperty("sha256")[0].GetString().ShouldBe("Ensure this value has at least 64 characters (it has 40).");
        invalid.Json.GetProperty("architecture")[0].GetString()!.ShouldStartWith("'mips/generic' is not a valid architecture.  It should be one of: 'amd64/generic', 'arm64/generic'");
    }

    [Fact]
    public async Task Old_api_11_10()
    {
        await _region.Get<CatalogDatabase>().ChangeAsync(
            (db, _) =>
            {
                db.Resources.Add(Noble());
                return Task.CompletedTask;
            },
            default);
        var groups = (await _region.SendAsync("GET", "/MAAS/api/1.0/nodegroups/?op=list")).Json;
        var uuid = groups[0].GetProperty("uuid").GetString();
        groups[0].GetProperty("cluster_name").GetString().ShouldBe("Cluster master");
        var images = (await _region.UserAsync("GET", $"/MAAS/api/1.0/nodegroups/{uuid}/boot-images/")).Json.EnumerateArray().ToList();
        images.Select(i => i.GetProperty("purpose").GetString()).ShouldBe(["commissioning", "install", "xinstall", "diskless"]);
        JsonElement.DeepEquals(images[0], JsonDocument.Parse("""
            {"osystem": "ubuntu", "release": "noble", "architecture": "amd64", "subarchitecture": "ga-24.04",
             "label": "stable", "purpose": "commissioning"}
            """).RootElement).ShouldBeTrue();
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text + "Z", System.Globalization.CultureInfo.InvariantCulture);

    private static BootResource Noble()
    {
        var now = At("2026-01-15T00:00:00");
        var resource = new BootResource
        {
            Id = 5, Name = "ubuntu/noble", Architecture = "amd64/ga-24.04", LastDeployed = At("2026-02-01T17:20:33.410"),
            Subarches = "generic,hwe-p,hwe-q,ga-22.04,hwe-22.04,ga-24.04",
        };
        var set = new ResourceSet { Version = "20260115", Label = "stable", CompletedAt = now };
        set.Files.Add(new ResourceFile { Filename = "boot-kernel", FileType = "boot-kernel", Sha256 = "02e95dbd8dbb48b53d0d4f31856349870cf5437909ea1ed094b097e3d2e40b64", Size = 14952832, StoredAt = now });
        set.Files.Add(new ResourceFile { Filename = "boot-initrd", FileType = "boot-initrd", Sha256 = "da042bce6ab874961182ea0aa4c5e8ab02661bedf923e566725958d066225ad2", Size = 74645504, StoredAt = now });
        set.Files.Add(new ResourceFile { Filename = "squashfs", FileType = "squashfs", Sha256 = "400d8153884ac74d83ce76eb7e60e3816a88243fa40995450d39a704126cd31c", Size = 271111808, StoredAt = now });
        set.Files.Add(new ResourceFile { Filename = "squashfs.manifest", FileType = "manifest", Sha256 = "500d8153884ac74d83ce76eb7e60e3816a88243fa40995450d39a704126cd31c", Size = 17, StoredAt = now });
        resource.Sets.Add(set);
        return resource;
    }

    private static BootResource Rocky()
    {
        var resource = new BootResource
        {
            Id = 23, Kind = ResourceKind.Uploaded, Name = "custom/rocky9-gold", Architecture = "amd64/generic", Subarches = "generic",
            Title = "Rocky 9 gold", BaseImage = "rhel/9",
        };
        var set = new ResourceSet { Version = "20260203", Label = "uploaded" };
        set.Files.Add(new ResourceFile { Id = 61, Filename = "root.tgz", FileType = "root-tgz", Sha256 = "fa4947ad0b26b1eee8325b6862d0d126d512cced6a180c64e3c2d5217f66fc04", Size = 1288490188 });
        resource.Sets.Add(set);
        return resource;
    }
}
