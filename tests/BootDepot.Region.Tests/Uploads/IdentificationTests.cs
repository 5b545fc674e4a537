using System;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Images;
using BootDepot.Region.Uploads;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Tests.Uploads;

/// <summary>What the server makes of bytes that are something else than they were declared to be, or nothing at all.</summary>
public sealed class IdentificationTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private readonly RegionFixture _region = shared.Region;
    private readonly UploadClient _client = new(shared.Region);

    [Fact]
    public async Task Ddgz_declared_ddtgz_is_refused_with_the_right_value_and_needs_no_byte_again()
    {
        var bytes = await UploadClient.MakeAsync(UploadClient.Disk + "gzip -n <disk >$1");
        var begun = await _client.BeginAsync("windows/mislabelled", bytes, ("filetype", "ddtgz"));
        var path = UploadClient.UriOrNull(begun)!;
        var refused = await _client.PutAsync(path, bytes);
        refused.Status.ShouldBe(400);
        refused.Text.ShouldContain("filetype=ddgz");
        refused.Header("X-Error-Code").ShouldBe("image-type-mismatch");
        UploadClient.FileOf(await _region.UserAsync("GET", begun.Json.GetProperty("resource_uri").GetString()!)).GetProperty("complete").GetBoolean().ShouldBeFalse();
        var status = await _client.StatusAsync("windows/mislabelled");
        status.GetProperty("state").GetString().ShouldBe("refused");
        status.GetProperty("code").GetString().ShouldBe("image-type-mismatch");
        // Sending it again says the same.
        (await _client.PutAsync(path, bytes)).Status.ShouldBe(400);
        UploadClient.FileOf(await _client.BeginAsync("windows/mislabelled", bytes, ("filetype", "ddgz"))).GetProperty("complete").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Bytes_that_are_held_are_looked_at_before_anything_is_made_of_them()
    {
        var bytes = await UploadClient.MakeAsync(UploadClient.Disk + "printf x >>disk; gzip -n <disk >$1");
        (await _client.WholeAsync("windows/first", bytes, ("filetype", "ddgz"))).Status.ShouldBe(200);
        var second = await _client.BeginAsync("windows/second", bytes, ("filetype", "ddtgz"));
        (second.Status, second.Header("X-Error-Code")).ShouldBe((400, "image-type-mismatch"));
        (await _region.UserAsync("GET", "boot-resources/")).Text.ShouldNotContain("windows/second");
    }

    [Fact]
    public async Task Force_keeps_the_declaration()
    {
        var bytes = await UploadClient.MakeAsync(UploadClient.Disk + "printf y >>disk; gzip -n <disk >$1");
        (await _client.WholeAsync("windows/forced", bytes, ("filetype", "ddtgz"), ("force", "true"))).Status.ShouldBe(200);
        var status = await _client.StatusAsync("windows/forced");
        status.GetProperty("state").GetString().ShouldBe("complete");
        status.GetProperty("warnings").EnumerateArray().Select(w => w.GetProperty("code").GetString()).ShouldContain(c => c == "image-type-mismatch");
    }

    [Fact]
    public async Task A_qcow2_declared_ddraw_is_refused()
    {
        var bytes = await UploadClient.MakeAsync(UploadClient.Disk + "qemu-img convert -O qcow2 disk $1");
        var refused = await _client.WholeAsync("custom/qcow-as-raw", bytes, ("filetype", "ddraw"));
        (refused.Status, refused.Header("X-Error-Code"), refused.Header("X-Right-Filetype")).ShouldBe((400, "image-type-mismatch", "ddgz"));
        refused.Text.ShouldContain("Upload it as filetype=ddgz, and it is converted to that");
    }

    [Theory]
    [InlineData("tgz")]
    [InlineData("ddgz")]
    [InlineData("ddtxz")]
    [InlineData("ddraw")]
    [InlineData("self-extracting")]
    public async Task Bytes_that_say_nothing_are_taken_as_they_were_declared(string type)
    {
        var name = "custom/noise-" + type;
        (await _client.WholeAsync(name, Seed.Bytes(5000, 700 + type.Sum(c => c)), ("filetype", type))).ShouldBe(200, "text/plain", "OK");
        var status = await _client.StatusAsync(name);
        status.GetProperty("state").GetString().ShouldBe("complete");
        status.GetProperty("warnings").EnumerateArray().Select(w => w.GetProperty("code").GetString()).ShouldContain(c => c == "image-not-recognised");
    }

    [Fact]
    public async Task Text_is_taken_too() =>
        (await _client.WholeAsync("custom/text", Encoding.ASCII.GetBytes("just a few words"))).Status.ShouldBe(200);

    [Fact]
    public async Task A_missing_base_image_is_warned_of_until_it_is_held()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        await client.WholeAsync("custom/lonely", Seed.Bytes(100, 710));
        Codes(await client.StatusAsync("custom/lonely")).ShouldContain(c => c == "upload-boot-files-missing");
        await Seed.SyncedAsync(region);
        await client.WholeAsync("custom/served", Seed.Bytes(100, 711));
        Codes(await client.StatusAsync("custom/served")).ShouldNotContain(c => c == "upload-boot-files-missing");
    }

    [Fact]
    public async Task A_tus_upload_of_something_else_is_refused_and_stays_so()
    {
        var bytes = await UploadClient.MakeAsync(UploadClient.Disk + "printf z >>disk; gzip -n <disk >$1");
        var path = await _client.CreateAsync(bytes.Length, ("name", "windows/tus"), ("architecture", "amd64/generic"), ("filename", "w.tar.gz"));
        var refused = await _client.PatchAsync(path, 0, bytes);
        (refused.Status, refused["X-Error-Code"]).ShouldBe((400, "image-type-mismatch"));
        (await _client.TusAsync("HEAD", path)).Status.ShouldBe(410);
        (await _client.StatusAsync("windows/tus")).GetProperty("state").GetString().ShouldBe("refused");
    }

    [Fact]
    public async Task A_crash_between_the_last_byte_and_its_record_loses_nothing()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        var bytes = Seed.Bytes(100_000, 712);
        var path = UploadClient.UriOrNull(await client.BeginAsync("custom/crash", bytes))!;
        await region.Get<WholeUploads>().StoreAsync(new System.IO.MemoryStream(bytes), Digest.Parse(Seed.Sha256(bytes)), bytes.Length, default);
        (await region.AdminAsync("HEAD", path)).Header("Upload-Offset").ShouldBe("100000");
        await region.Get<System.Collections.Generic.IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<UploadHousekeeping>().Single().SettleAsync(default);
        (await client.StatusAsync("custom/crash")).GetProperty("state").GetString().ShouldBe("complete");
    }

    [Fact(Timeout = 300_000)]
    public async Task A_crash_between_the_last_byte_and_its_storing_loses_nothing()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        var (one, two) = (Seed.Bytes(100_000, 714), Seed.Bytes(100_000, 715));
        var path = UploadClient.UriOrNull(await client.BeginAsync("custom/unstored", one))!;
        var tus = await client.CreateAsync(two.Length, ("name", "custom/unstored-tus"), ("architecture", "amd64/generic"));
        await WriteAsync(path.Split('/')[^2], one);
        await WriteAsync("tus-" + tus.Split('/')[^1], two);
        await region.RestartAsync();
        foreach (var name in new[] { "custom/unstored", "custom/unstored-tus" })
        {
            while ((await client.StatusAsync(name)).GetProperty("state").GetString() != "complete")
                await Task.Delay(20);
        }

        async Task WriteAsync(string id, byte[] bytes)
        {
            await using var writer = await region.Get<Blobs.IBlobStore>().WriteAsync(Blobs.PartialName.OfUpload(id), bytes.Length, default);
            await writer.AppendAsync(bytes, default);
            await writer.FlushAsync(default);
        }
    }

    [Fact]
    public async Task Uploads_without_a_byte_for_too_long_are_given_up()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        var path = UploadClient.UriOrNull(await client.BeginAsync("custom/forgotten", Seed.Bytes(1000, 713)))!;
        var tus = await client.CreateAsync(1000, ("name", "custom/forgotten2"), ("architecture", "amd64/generic"));
        var keeping = region.Get<System.Collections.Generic.IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<UploadHousekeeping>().Single();
        await keeping.ExpireAsync(default);
        (await region.AdminAsync("HEAD", path)).Status.ShouldBe(200);
        var old = DateTimeOffset.UtcNow - TimeSpan.FromHours(200);
        await region.Get<CatalogDatabase>().ChangeAsync(
            async (db, cancel) =>
            {
                await db.Sets.ExecuteUpdateAsync(s => s.SetProperty(x => x.Created, old), cancel);
                await db.ResumableUploads.ExecuteUpdateAsync(s => s.SetProperty(x => x.Created, old), cancel);
            },
            default);
        await keeping.ExpireAsync(default);
        (await region.AdminAsync("HEAD", path)).Status.ShouldBe(404);
        (await client.TusAsync("HEAD", tus)).Status.ShouldBe(404);
    }

    private static string?[] Codes(System.Text.Json.JsonElement status) =>
        [.. status.GetProperty("warnings").EnumerateArray().Select(w => w.GetProperty("code").GetString())];
}
