using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Region.Tests.Uploads;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>Pins, promotion, rollback, retention, deletion and its undoing, through the API, as seen by API and stream.</summary>
public sealed class VersionTests
{
    private static (string, string) Image => ("image", "ubuntu/noble");

    [Fact]
    public async Task Rolling_back_and_forward_changes_API_and_stream_at_once_and_moves_no_bytes()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        await KeepAsync(f, 3);
        await f.ImportAsync();
        await f.ImportVersionAsync("20260201");
        await f.ImportVersionAsync("20260301");
        (await f.VersionsAsync()).ShouldBe(["20260301 served", "20260201 former", "20260101 former"]);
        f.Mirror.Forget();
        var clock = Stopwatch.StartNew();
        var reply = await f.ActAsync("rollback", Image);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), "less than a second as a rule");
        reply.Status.ShouldBe(200, reply.Text);
        (await f.VersionsAsync()).ShouldBe(["20260301 withheld", "20260201 served", "20260101 former"]);
        (await f.WireVersionsAsync()).ShouldBe(["20260201", "20260101"]);
        (await f.StreamVersionsAsync()).ShouldBe(["20260101", "20260201"]);

        (await f.ActAsync("rollback", Image, ("version", "20260101"))).Status.ShouldBe(200);
        (await f.StreamVersionsAsync()).ShouldBe(["20260101"]);
        (await f.ImportAsync()).Problems.ShouldBeEmpty();
        (await f.VersionsAsync()).ShouldBe(["20260301 withheld", "20260201 withheld", "20260101 served"], "imports leave it");

        (await f.ActAsync("promote", Image)).Status.ShouldBe(200);
        (await f.VersionsAsync()).ShouldBe(["20260301 served", "20260201 former", "20260101 former"]);
        (await f.StreamVersionsAsync()).Count.ShouldBe(3);
        f.Mirror.Requests.ShouldAllBe(r => r.Status == 304);
    }

    [Fact]
    public async Task A_newer_import_ends_a_rollback()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        await KeepAsync(f, 2);
        await f.ImportAsync();
        await f.ImportVersionAsync("20260201");
        (await f.ActAsync("rollback", Image)).Status.ShouldBe(200);
        await f.ImportVersionAsync("20260301");
        (await f.VersionsAsync()).ShouldBe(["20260301 served", "20260101 former"]);
    }

    [Fact]
    public async Task A_candidate_becomes_stable_by_name_and_label_everywhere()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        await f.ImportAsync();
        var reply = await f.ActAsync("promote", Image, ("label", "candidate"));
        reply.Json[0].GetProperty("upstream_label").GetString().ShouldBe("stable");
        var stream = (await f.Region.SendAsync("GET", "/MAAS/images-stream/streams/v1/org.bootdepot:v3:download.json")).Text;
        stream.ShouldContain("com.ubuntu.maas.candidate:v3:boot:24.04:amd64:ga-24.04");
        stream.ShouldContain("\"label\": \"candidate\"");
        (await f.ImportAsync()).Problems.ShouldBeEmpty();
        (await f.VersionsAsync()).ShouldBe(["20260101 served"]);
        reply = await f.ActAsync("promote", Image);
        reply.Json[0].GetProperty("upstream_label").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        reply.Json[0].GetProperty("label").GetString().ShouldBe("stable");
    }

    [Fact]
    public async Task A_pinned_version_survives_upstream_and_the_end_of_its_source()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        await f.ImportAsync();
        (await f.ActAsync("pin", Image)).Status.ShouldBe(200);
        await f.ImportVersionAsync("20260201");
        (await f.VersionsAsync()).ShouldBe(["20260201 served", "20260101 former pinned"]);
        (await f.Region.AdminAsync("DELETE", "boot-sources/1/")).Status.ShouldBe(204);
        await f.AddSourceAsync("http://127.0.0.1:1/");
        await f.ImportAsync();
        (await f.VersionsAsync()).ShouldContain(v => v.StartsWith("20260101") && v.EndsWith("pinned"));
        (await f.ActAsync("unpin", Image, ("version", "20260101"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Retention_of_a_selection_is_changed_by_its_own_endpoint()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        (await f.Region.AdminAsync("PUT", "retention/1/", Seed.Form(("keep_versions", "2")))).Json.GetProperty("keep_versions").GetInt32().ShouldBe(2);
        (await f.Region.AdminAsync("PUT", "retention/1/", Seed.Form(("keep_days", "-1")))).Status.ShouldBe(400);
        (await f.Region.UserAsync("PUT", "retention/1/", Seed.Form(("keep_days", "1")))).Status.ShouldBe(403);
        await f.ImportAsync();
        await f.ImportVersionAsync("20260201");
        await f.ImportVersionAsync("20260301");
        (await f.VersionsAsync()).ShouldBe(["20260301 served", "20260201 former"]);
        (await f.Region.AdminAsync("PUT", "retention/1/", Seed.Form(("keep_versions", "")))).Json.GetProperty("keep_versions").ValueKind
            .ShouldBe(System.Text.Json.JsonValueKind.Null);
        (await f.Region.UserAsync("GET", "retention/")).Json.GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Deleting_what_is_in_use_is_refused_by_name_unless_forced_and_can_be_undone()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        await f.ImportAsync();
        await f.ActAsync("pin", Image);
        await f.Region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", "default_distro_series"), ("value", "noble")));
        var id = (await f.Region.UserAsync("GET", "image-versions/?image=ubuntu/noble")).Json[0].GetProperty("resource_id").GetInt32();
        var blobs = await f.BlobsAsync();
        var refused = await f.Region.AdminAsync("DELETE", $"boot-resources/{id}/");
        refused.Status.ShouldBe(409);
        refused.Text.ShouldContain("version 20260101 is pinned");
        (await f.Region.AdminAsync("DELETE", $"boot-resources/{id}/?force=true")).Status.ShouldBe(204);
        (await f.StreamVersionsAsync()).ShouldBeEmpty();
        (await f.Region.AdminAsync("POST", "storage/?op=collect")).Json.GetProperty("blobs").GetInt32().ShouldBe(0);
        (await f.BlobsAsync()).ShouldBe(blobs);
        var deleted = (await f.Region.UserAsync("GET", "deleted-images/")).Json[0];
        deleted.GetProperty("reason").GetString().ShouldBe("deleted");
        deleted.GetProperty("deleted_by").GetString().ShouldBe("admin");
        var restored = await f.Region.AdminAsync("POST", $"deleted-images/{deleted.GetProperty("id")}/?op=restore");
        restored.Status.ShouldBe(200, restored.Text);
        (await f.VersionsAsync()).ShouldBe(["20260101 served pinned"]);
        (await f.StreamVersionsAsync()).ShouldBe(["20260101"]);
        (await f.ImportAsync()).FetchedBytes.ShouldBe(0);
        (await f.Region.AdminAsync("POST", "deleted-images/99/?op=restore")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Every_change_is_in_the_audit_trail_with_before_and_after()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        await f.ImportAsync();
        await f.ActAsync("pin", Image);
        var change = (await f.Region.AdminAsync("GET", "events/?limit=1")).Json.GetProperty("events")[0];
        change.GetProperty("action").GetString().ShouldBe("image-version.pin");
        change.GetProperty("actor").GetString().ShouldBe("admin");
        change.GetProperty("origin").GetString()!.ShouldContain("127.0.0.1");
        change.GetProperty("before").GetProperty("pinned").GetBoolean().ShouldBeFalse();
        change.GetProperty("after").GetProperty("pinned").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task What_does_not_exist_is_named()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        var reply = await f.ActAsync("pin", ("image", "ubuntu/none"));
        reply.Status.ShouldBe(404);
        reply.Json.GetProperty("code").GetString().ShouldBe("image-version-unknown");
        (await f.ActAsync("pin")).Status.ShouldBe(400);
        (await f.ActAsync("promote", Image, ("label", "../x"))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task What_an_index_named_a_moment_ago_is_there_also_when_nothing_is_left()
    {
        const string stream = "/MAAS/images-stream/";
        await using var f = await LifetimeFixture.CreateAsync(withImage: false);
        var product = f.Stream.AddUbuntu(f.Mirror);
        var version = product.Versions.Values.Single();
        f.Stream.Add(SignedTree.Ubuntu, product with
        {
            Versions = SignedTree.Map([version with { Items = SignedTree.Map(version.Items.Values.Where(i => i.Name != "manifest"), i => i.Name) }], v => v.Name),
        });
        f.Stream.Publish(f.Mirror);
        await f.ImportAsync();
        var path = stream + "streams/v1/org.bootdepot:v3:download.json";
        var manifest = (await f.Region.SendAsync("GET", path)).Json.GetProperty("products").EnumerateObject().Single().Value
            .GetProperty("versions").EnumerateObject().Single().Value.GetProperty("items").GetProperty("manifest");
        var id = (await f.Region.UserAsync("GET", "boot-resources/")).Json[0].GetProperty("id").GetInt32();
        (await f.Region.AdminAsync("DELETE", $"boot-resources/{id}/?force=true")).Status.ShouldBe(204);
        (await f.Region.SendAsync("GET", stream + "streams/v1/index.json")).Json.GetProperty("index").EnumerateObject().ShouldBeEmpty();
        (await f.Region.SendAsync("GET", path)).Json.GetProperty("products").EnumerateObject().ShouldBeEmpty();
        await f.Region.RestartAsync(); // also for a region that was killed meanwhile
        Seed.Sha256((await f.Region.SendAsync("GET", stream + manifest.GetProperty("path").GetString())).Body).ShouldBe(manifest.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task A_replaced_upload_can_be_put_back()
    {
        await using var f = await LifetimeFixture.CreateAsync(withImage: false);
        var client = new UploadClient(f.Region);
        foreach (var seed in new[] { 1, 2 })
        {
            var bytes = Seed.Bytes(3000, seed);
            var begun = await client.BeginAsync("mine", bytes, ("force", "true"));
            (await client.PutAsync(UploadClient.UriOrNull(begun)!, bytes)).Status.ShouldBe(200);
        }

        var deleted = (await f.Region.UserAsync("GET", "deleted-images/")).Json[0];
        (await f.Region.AdminAsync("POST", $"deleted-images/{deleted.GetProperty("id")}/?op=restore")).Status.ShouldBe(200);
        (await f.VersionsAsync()).Count.ShouldBe(2);
    }

    internal static Task KeepAsync(LifetimeFixture f, int versions) =>
        f.Region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", "boot_images_keep_versions"), ("value", $"{versions}")));
}
