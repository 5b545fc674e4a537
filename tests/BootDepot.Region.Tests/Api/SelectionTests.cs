using System.Linq;
using System.Threading.Tasks;

namespace BootDepot.Region.Tests.Api;

/// <summary>Sections 4.2 and 5.8 of the wire contract.</summary>
public sealed class SelectionTests : IAsyncLifetime
{
    private const string Path = "boot-sources/1/selections/";
    private RegionFixture _region = null!;

    public async ValueTask InitializeAsync()
    {
        _region = await RegionFixture.StartAsync();
        await Seed.SourceAsync(_region);
    }

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Fact]
    public async Task A_selection_is_created_with_200_and_read_back()
    {
        var reply = await CreateAsync(
            ("os", "ubuntu"), ("release", "noble"), ("arches", "amd64"), ("arches", "arm64"), ("subarches", "*"), ("labels", "*"));
        reply.ShouldBeJson(200, """
            {"id": 1, "boot_source_id": 1, "os": "ubuntu", "release": "noble", "arches": ["amd64", "arm64"],
             "subarches": ["*"], "labels": ["*"], "resource_uri": "/MAAS/api/2.0/boot-sources/1/selections/1/"}
            """);
        (await _region.UserAsync("GET", Path + "1/")).Text.ShouldBe(reply.Text);
        (await _region.UserAsync("GET", Path)).Json.GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Lists_that_are_not_sent_are_empty()
    {
        var selection = (await CreateAsync(("os", ""), ("release", "noble"))).Json;
        selection.GetProperty("os").GetString().ShouldBe("");
        foreach (var list in new[] { "arches", "subarches", "labels" })
            selection.GetProperty(list).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task What_the_source_does_not_offer_is_refused()
    {
        (await CreateAsync(("os", "ubuntu"), ("release", "foo"))).ShouldBeJson(
            400, """{"os": ["OS ubuntu with release foo has no available images for download"]}""");
        (await CreateAsync()).ShouldBeJson(400, """{"os": ["OS  with release  has no available images for download"]}""");
        (await CreateAsync(("os", "ubuntu"), ("release", "noble"), ("arches", "armv9"), ("subarches", "x"), ("labels", "daily"), ("labels", "stable")))
            .ShouldBeJson(400, """
                {"arches": ["No available images to download for ['armv9']"],
                 "subarches": ["No available images to download for ['x']"],
                 "labels": ["No available images to download for ['daily']"]}
                """);
        (await CreateAsync(("os", "ubuntu"), ("release", "noble"), ("arches", "amd64,arm64"))).ShouldBeJson(
            400, """{"arches": ["No available images to download for ['amd64,arm64']"]}""");
    }

    [Fact]
    public async Task Long_names_are_refused()
    {
        var reply = await CreateAsync(("os", new string('o', 21)), ("release", new string('r', 22)));
        reply.ShouldBeJson(400, """
            {"os": ["Ensure this value has at most 20 characters (it has 21)."],
             "release": ["Ensure this value has at most 20 characters (it has 22)."]}
            """);
    }

    [Fact]
    public async Task Os_and_release_are_unique_in_a_source()
    {
        await CreateAsync(("os", "ubuntu"), ("release", "noble"));
        (await CreateAsync(("os", "ubuntu"), ("release", "noble"), ("arches", "amd64"))).ShouldBeJson(
            400, """{"__all__": ["Boot source selection with this Boot source, Os and Release already exists."]}""", "application/json");
    }

    [Fact]
    public async Task An_update_replaces_lists_as_a_whole_and_keeps_the_rest()
    {
        await CreateAsync(("os", "ubuntu"), ("release", "noble"), ("arches", "amd64"), ("arches", "arm64"), ("labels", "*"));
        var reply = await _region.AdminAsync("PUT", Path + "1/", Seed.Form(("arches", "arm64")));
        reply.Status.ShouldBe(200);
        reply.Json.GetProperty("arches").EnumerateArray().Select(a => a.GetString()).ShouldBe(["arm64"]);
        reply.Json.GetProperty("labels").EnumerateArray().Select(a => a.GetString()).ShouldBe(["*"]);
        reply.Json.GetProperty("release").GetString().ShouldBe("noble");
        (await _region.AdminAsync("PUT", Path + "1/", Seed.Form(("release", "focal")))).Status.ShouldBe(400);
        (await _region.AdminAsync("GET", Path + "1/")).Text.ShouldBe(reply.Text);
        (await _region.AdminAsync("PUT", Path + "1/", Seed.Form(("release", "jammy")))).Json.GetProperty("release").GetString().ShouldBe("jammy");
    }

    [Fact]
    public async Task A_deleted_selection_is_gone()
    {
        await CreateAsync(("os", "ubuntu"), ("release", "noble"));
        (await _region.AdminAsync("DELETE", Path + "1/")).ShouldBe(204, "text/plain", "");
        (await _region.AdminAsync("DELETE", Path + "1/")).ShouldBe(404, "text/plain", "No BootSourceSelection matches the given query.");
        (await _region.AdminAsync("GET", Path + "1/")).ShouldBe(404, "text/plain", "No BootSourceSelection matches the given query.");
        (await _region.AdminAsync("PUT", Path + "x/")).ShouldBe(404, "text/plain", "No BootSourceSelection matches the given query.");
    }

    [Fact]
    public async Task A_source_that_does_not_exist_is_named()
    {
        (await _region.AdminAsync("POST", "boot-sources/9/selections/", Seed.Form(("os", "ubuntu"), ("release", "noble"))))
            .ShouldBe(404, "text/plain", "No BootSource matches the given query.");
        (await _region.AdminAsync("GET", "boot-sources/9/selections/")).ShouldBe(404, "text/plain", "No BootSource matches the given query.");
    }

    private Task<Reply> CreateAsync(params (string, string)[] fields) => _region.AdminAsync("POST", Path, Seed.Form(fields));
}
