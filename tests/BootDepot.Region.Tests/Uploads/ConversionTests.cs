using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Uploads;
using BootDepot.Images;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Tests.Uploads;

/// <summary>Virtual disks become what machines are deployed with, in the background.</summary>
public sealed class ConversionTests
{
    private const string Qcow2 = UploadClient.Disk + "qemu-img convert -c -O qcow2 disk $1;";

    [Theory(Timeout = 300_000)]
    [InlineData("qcow2", "ddgz", "gunzip")]
    [InlineData("vmdk", "ddtgz", "tar -xzO")]
    [InlineData("vdi", "ddxz", "unxz")]
    public async Task A_virtual_disk_goes_in_and_a_deployable_disk_comes_out(string format, string type, string unpack)
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        var bytes = await UploadClient.MakeAsync(UploadClient.Disk + $"qemu-img convert -O {format} disk $1");
        var begun = await client.BeginAsync("custom/cloud", bytes, ("filetype", type));
        (await client.PutAsync(UploadClient.UriOrNull(begun)!, bytes)).ShouldBe(200, "text/plain", "OK");
        await EndAsync(region, "done");
        var file = UploadClient.FileOf(await region.UserAsync("GET", begun.Json.GetProperty("resource_uri").GetString()!));
        file.GetProperty("complete").GetBoolean().ShouldBeTrue();
        file.GetProperty("filetype").GetString().ShouldBe(FileType.FindUploadOrNull(type)!.Name);
        using var folder = new TempFolder();
        await using (var blob = await region.Get<IBlobStore>().OpenOrNullAsync(Digest.Parse(file.GetProperty("sha256").GetString()!), 0, default))
        await using (var copy = File.Create(folder["packed"]))
            await blob!.CopyToAsync(copy);
        var sum = await Shell.RunAsync($"export PATH=$PATH:/usr/sbin; cd {folder.Path}; {UploadClient.Disk} {unpack} <packed >raw; cmp raw disk && echo same");
        sum.ShouldContain("same");
    }

    [Fact(Timeout = 300_000)]
    public async Task A_conversion_is_done_once_for_the_same_bytes()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        var bytes = await UploadClient.MakeAsync(Qcow2);
        await client.WholeAsync("custom/one", bytes, ("convert", "ddgz"));
        var first = await EndAsync(region, "done");
        (await client.BeginAsync("custom/two", bytes, ("convert", "ddgz"))).Status.ShouldBe(201);
        var second = await EndAsync(region, "done");
        second.GetProperty("id").GetInt32().ShouldNotBe(first.GetProperty("id").GetInt32());
        second.GetProperty("sha256").GetString().ShouldBe(first.GetProperty("sha256").GetString());
        (await client.StatusAsync("custom/two")).GetProperty("state").GetString().ShouldBe("complete");
    }

    [Fact(Timeout = 300_000)]
    public async Task Nothing_is_visible_before_the_conversion_is_done_and_no_byte_is_taken_meanwhile()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        var bytes = await UploadClient.MakeAsync(Qcow2);
        // A conversion whose turn never comes.
        var begun = await client.BeginAsync("custom/wait", bytes, ("filetype", "ddgz"));
        var path = UploadClient.UriOrNull(begun)!;
        await client.PutAsync(path, bytes);
        await EndAsync(region, "done");
        await SetStateAsync(region, ConversionState.Stopped, unstore: true);
        (await client.PutAsync(path, bytes)).Text.ShouldBe("Cannot upload to a complete file.");
        var status = await client.StatusAsync("custom/wait");
        (status.GetProperty("state").GetString(), status.GetProperty("code").GetString()).ShouldBe(("failed", "conversion-stopped"));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_conversion_that_a_crash_cut_begins_again_at_the_next_start()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        var bytes = await UploadClient.MakeAsync(Qcow2);
        await client.WholeAsync("custom/again", bytes, ("convert", "ddgz"));
        await EndAsync(region, "done");
        await SetStateAsync(region, ConversionState.Running, unstore: true);
        await region.RestartAsync();
        await EndAsync(region, "done");
        (await client.StatusAsync("custom/again")).GetProperty("state").GetString().ShouldBe("complete");
    }

    [Fact(Timeout = 300_000)]
    public async Task Another_region_that_converts_is_waited_for()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        var leases = region.Get<Leases>();
        LeaseGrant? other;
        // The worker looks for left work at its start, and has the lease meanwhile.
        while ((other = await leases.AcquireOrNullAsync("conversions", "other/ns/1/x", System.TimeSpan.FromMinutes(5), default)) is null)
            await Task.Delay(20);
        await client.WholeAsync("custom/their-turn", await UploadClient.MakeAsync(Qcow2), ("convert", "ddgz"));
        await Task.Delay(500);
        (await region.UserAsync("GET", "conversions/")).Json[0].GetProperty("state").GetString().ShouldBe("queued");
        await leases.ReleaseAsync(other, default);
        await EndAsync(region, "done");
    }

    [Trait("Backend", "Files")] // looks at the files themselves
    [Fact(Timeout = 300_000)]
    public async Task Stopping_and_deleting_end_a_conversion()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        // 2 GiB of disk: takes a while to pack.
        var bytes = await UploadClient.MakeAsync("truncate -s 2G disk; echo ',,L,*' | sfdisk -q disk; head -c 40M /dev/urandom | dd of=disk bs=1M seek=8 conv=notrunc status=none; qemu-img convert -O qcow2 disk $1");
        var begun = await client.BeginAsync("custom/stopped", bytes, ("convert", "ddxz"));
        await client.PutAsync(UploadClient.UriOrNull(begun)!, bytes);
        var id = (await region.UserAsync("GET", "conversions/")).Json[0].GetProperty("id").GetInt32();
        var stopped = await region.AdminAsync("POST", $"conversions/{id}/?op=stop");
        stopped.Json.GetProperty("state").GetString().ShouldBe("stopped");
        (await region.UserAsync("POST", $"conversions/{id}/?op=stop")).Status.ShouldBe(403);
        (await client.BeginAsync("custom/deleted", bytes, ("convert", "ddbz2"))).Status.ShouldBe(201);
        var uri = (await client.StatusAsync("custom/deleted")).GetProperty("resource_id").GetInt32();
        (await region.AdminAsync("DELETE", $"boot-resources/{uri}/")).Status.ShouldBe(204);
        var work = new DataFolder(region.DataDirectory).Conversions;
        while (Directory.EnumerateFileSystemEntries(work).Any() || Directory.EnumerateFiles(Path.Combine(region.DataDirectory, "blobs", "partial"), "conversion-*").Any())
            await Task.Delay(50);
        (await region.UserAsync("GET", "boot-resources/")).Text.ShouldNotContain("custom/deleted");
        (await client.StatusAsync("custom/stopped")).GetProperty("state").GetString().ShouldBe("failed");
    }

    [Fact]
    public async Task What_cannot_become_that_type_is_refused_with_what_it_can_become()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        var refused = await client.WholeAsync("custom/no", await UploadClient.MakeAsync(Qcow2), ("convert", "tgz"));
        (refused.Status, refused.Header("X-Error-Code")).ShouldBe((400, "conversion-not-possible"));
        refused.Text.ShouldContain("ddgz");
        (await client.BeginAsync("custom/no2", [1], ("convert", "qcow3"))).ShouldBeJson(400, """{"convert": ["Select a valid choice. qcow3 is not one of the available choices."]}""");
    }

    private static async Task<JsonElement> EndAsync(RegionFixture region, string state)
    {
        while (true)
        {
            var newest = (await region.UserAsync("GET", "conversions/")).Json[0];
            if (newest.GetProperty("state").GetString() is not ("queued" or "running"))
            {
                newest.GetProperty("state").GetString().ShouldBe(state, newest.GetRawText());
                return newest;
            }

            await Task.Delay(20);
        }
    }

    // As if the process had ended, or someone had stopped it, before the result was published.
    private static Task SetStateAsync(RegionFixture region, ConversionState state, bool unstore) => region.Get<CatalogDatabase>().ChangeAsync(
        async (db, cancel) =>
        {
            var row = await db.Conversions.Include(c => c.File!.Set).SingleAsync(cancel);
            row.State = state;
            row.ResultSha256 = null;
            if (unstore)
            {
                row.File!.StoredAt = row.File.Set!.CompletedAt = null;
                row.File.Sha256 = row.SourceSha256;
            }
        },
        default);
}
