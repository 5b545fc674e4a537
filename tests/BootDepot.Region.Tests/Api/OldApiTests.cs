using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;

namespace BootDepot.Region.Tests.Api;

/// <summary>Section 1.5 of the wire contract: API 1.0 on the same use cases.</summary>
public sealed class OldApiTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private const string Root = "/MAAS/api/1.0/";
    private readonly RegionFixture _region = shared.Region;

    [Fact]
    public async Task Clusters_are_listed_to_anyone_and_there_is_one()
    {
        var list = await _region.SendAsync("GET", Root + "nodegroups/?op=list");
        list.Status.ShouldBe(200);
        var uuid = list.Json[0].GetProperty("uuid").GetString();
        list.Json[0].GetProperty("status").GetInt32().ShouldBe(1);
        (await _region.UserAsync("GET", $"{Root}nodegroups/{uuid}/")).Json.GetProperty("uuid").GetString().ShouldBe(uuid);
        (await _region.UserAsync("GET", $"{Root}nodegroups/other/boot-images/")).Status.ShouldBe(404);
        (await _region.AdminAsync("POST", Root + "nodegroups/?op=import_boot_images")).Text.ShouldBe("Import of boot images started on all cluster controllers");
        (await _region.AdminAsync("POST", $"{Root}nodegroups/{uuid}/?op=import_boot_images")).Text.ShouldBe($"Import of boot images started on cluster u'{uuid}'");
    }

    [Fact]
    public async Task Sources_have_the_fields_of_that_time_and_are_for_administrators()
    {
        var created = await _region.AdminAsync("POST", Root + "boot-sources/", Seed.Form(("url", "http://old/"), ("keyring_filename", "k")));
        created.Json.EnumerateObject().Select(p => p.Name).Order(System.StringComparer.Ordinal).ShouldBe(["id", "keyring_data", "keyring_filename", "resource_uri", "url"]);
        var id = created.Json.GetProperty("id").GetInt32();
        created.Json.GetProperty("resource_uri").GetString().ShouldBe($"{Root}boot-sources/{id}/");
        (await _region.UserAsync("GET", Root + "boot-sources/")).ShouldBe(403, "text/plain; charset=utf-8", "User is not allowed access to this API.");
        // The per-cluster alias of 1.6: the uuid does not matter.
        (await _region.AdminAsync("GET", $"{Root}nodegroups/whatever/boot-sources/{id}/")).Text.ShouldBe((await _region.AdminAsync("GET", $"{Root}boot-sources/{id}/")).Text);
    }

    [Fact]
    public async Task Images_have_the_fields_of_that_time()
    {
        var id = await Seed.SyncedAsync(_region);
        var image = (await _region.UserAsync("GET", $"{Root}boot-resources/{id}/")).Json;
        image.TryGetProperty("last_deployed", out _).ShouldBeFalse();
        image.GetProperty("sets").GetProperty("20260115").GetProperty("files").GetProperty("boot-kernel").TryGetProperty("filename_on_disk", out _).ShouldBeFalse();
        (await _region.UserAsync("GET", Root + "boot-resources/?type=generated")).ShouldBeJson(200, "[]");
        (await _region.UserAsync("GET", Root + "boot-resources/?type=x")).ShouldBe(400, "text/plain; charset=utf-8", "Bad type 'x'");
    }

    [Fact]
    public async Task A_whole_file_is_posted_and_stored_under_its_type()
    {
        var bytes = Seed.Bytes(5000, 31);
        using var body = new MultipartFormDataContent
        {
            { new StringContent("windows/win2012r2"), "name" },
            { new StringContent("amd64/generic"), "architecture" },
            { new StringContent("ddtgz"), "filetype" },
            { new ByteArrayContent(bytes), "content", "content" },
        };
        var reply = await _region.AdminAsync("POST", Root + "boot-resources/", body);
        reply.Status.ShouldBe(201, reply.Text);
        var file = reply.Json.GetProperty("sets").EnumerateObject().Single().Value.GetProperty("files").GetProperty("root-dd");
        file.GetProperty("complete").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Only_two_file_types_existed_and_received_was_spelled_otherwise()
    {
        var fields = new[] { ("name", "custom/old"), ("architecture", "amd64/generic"), ("sha256", Seed.Sha256([1])), ("size", "1") };
        (await _region.AdminAsync("POST", Root + "boot-resources/", Seed.Form([.. fields, ("filetype", "ddgz")]))).Status.ShouldBe(400);
        var created = await _region.AdminAsync("POST", Root + "boot-resources/", Seed.Form(fields));
        var file = created.Json.GetProperty("sets").EnumerateObject().Single().Value.GetProperty("files").GetProperty("root-tgz");
        var put = await _region.AdminAsync("PUT", file.GetProperty("upload_uri").GetString()!, new ByteArrayContent([1, 2]));
        put.ShouldBe(400, "text/plain; charset=utf-8", "Too much data recieved.");
    }
}
