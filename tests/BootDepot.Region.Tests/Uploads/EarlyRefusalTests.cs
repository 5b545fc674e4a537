using System;
using System.Net.Http;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.DiskImages.Conversions;

namespace BootDepot.Region.Tests.Uploads;

/// <summary>A file that is declared wrongly is refused when its first bytes have come, and the answer says as fields what it is.</summary>
public sealed class EarlyRefusalTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    // A packed disk of 12 MiB, of which the first chunk tells what it is.
    private const string Packed = UploadClient.Disk + "head -c 12M /dev/urandom | dd of=disk bs=1M seek=3 conv=notrunc status=none; gzip -n1 <disk >$1";

    private readonly RegionFixture _region = shared.Region;
    private readonly UploadClient _client = new(shared.Region);

    [Fact]
    public async Task The_first_chunk_is_refused_and_every_later_one_and_no_room_is_kept()
    {
        var bytes = await UploadClient.MakeAsync(Packed);
        var path = UploadClient.UriOrNull(await _client.BeginAsync("windows/early", bytes, ("filetype", "ddtgz")))!;
        var refused = await _client.PutAsync(path, bytes[..(4 << 20)]);
        (refused.Status, refused.ContentType).ShouldBe((400, "text/plain; charset=utf-8"));
        refused.Text.ShouldBe("The file was declared as ddtgz but is gzip(raw disk, MBR, nothing to boot found). Upload it as filetype=ddgz, or use force to keep the declaration.");
        refused.Header("X-Error-Code").ShouldBe("image-type-mismatch");
        refused.Header("X-Image-Found").ShouldBe("gzip(raw disk, MBR, nothing to boot found)");
        refused.Header("X-Right-Filetype").ShouldBe("ddgz");
        refused.Header("Upload-Offset").ShouldBe("0");

        var status = await _client.StatusAsync("windows/early");
        status.GetProperty("state").GetString().ShouldBe("refused");
        status.GetProperty("code").GetString().ShouldBe("image-type-mismatch");
        status.GetProperty("filetype").GetString().ShouldBe("ddtgz");
        status.GetProperty("right_filetype").GetString().ShouldBe("ddgz");
        status.GetProperty("received").GetInt64().ShouldBe(0);
        var file = path.Split('/', StringSplitOptions.RemoveEmptyEntries)[^1];
        (await PartialsAsync()).ShouldNotContain("upload-" + file);

        // A client that goes on regardless learns the same; its bytes are not taken for the beginning.
        (await _client.PutAsync(path, bytes[(4 << 20)..(8 << 20)])).Header("X-Right-Filetype").ShouldBe("ddgz");
        (await _client.WholeAsync("windows/early", bytes, ("filetype", "ddgz"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Whoever_asks_for_JSON_gets_the_reason_as_members()
    {
        var bytes = await UploadClient.MakeAsync(Packed);
        var path = UploadClient.UriOrNull(await _client.BeginAsync("windows/fields", bytes, ("filetype", "txz")))!;
        var refused = await _client.TusAsync("PUT", path, bytes[..(4 << 20)], "application/octet-stream", version: null, headers: [("Accept", "application/json")]);
        refused.Status.ShouldBe(400);
        var json = JsonDocument.Parse(refused.Text).RootElement;
        json.GetProperty("code").GetString().ShouldBe("image-type-mismatch");
        json.GetProperty("reason").GetString()!.ShouldContain("declared as txz");
        json.GetProperty("filetype").GetString().ShouldBe("txz");
        json.GetProperty("found").GetString().ShouldBe("gzip(raw disk, MBR, nothing to boot found)");
        json.GetProperty("right_filetype").GetString().ShouldBe("ddgz");
        json.GetProperty("can_force").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Force_and_convert_let_the_same_bytes_pass()
    {
        var bytes = await UploadClient.MakeAsync(Packed);
        var forced = UploadClient.UriOrNull(await _client.BeginAsync("windows/insisted", bytes, ("filetype", "ddtgz"), ("force", "true")))!;
        (await _client.PutAsync(forced, bytes[..(4 << 20)])).Status.ShouldBe(200);
        var converted = UploadClient.UriOrNull(await _client.BeginAsync("windows/repacked", bytes, ("convert", "ddxz")))!;
        (await _client.PutAsync(converted, bytes[..(4 << 20)])).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_tus_upload_is_refused_at_its_first_bytes_and_gone_from_then_on()
    {
        var bytes = await UploadClient.MakeAsync(Packed);
        var path = await _client.CreateAsync(bytes.Length, ("name", "windows/early-tus"), ("architecture", "amd64/generic"), ("filename", "w.tar.gz"));
        var refused = await _client.PatchAsync(path, 0, bytes[..(2 << 20)]);
        (refused.Status, refused["X-Error-Code"], refused["X-Right-Filetype"]).ShouldBe((400, "image-type-mismatch", "ddgz"));
        var head = await _client.TusAsync("HEAD", path);
        (head.Status, head["X-Right-Filetype"]).ShouldBe((410, "ddgz"));
        (await _client.PatchAsync(path, 0, bytes)).Status.ShouldBe(410);
        var shown = (await _region.AdminAsync("GET", path)).Json;
        shown.GetProperty("received").GetInt64().ShouldBe(0);
        shown.GetProperty("right_filetype").GetString().ShouldBe("ddgz");
        (await _client.StatusAsync("windows/early-tus")).GetProperty("right_filetype").GetString().ShouldBe("ddgz");
    }

    [Fact]
    public async Task A_file_in_one_request_is_refused_before_it_is_stored()
    {
        var bytes = await UploadClient.MakeAsync(Packed);
        var refused = await _region.AdminAsync("PUT", "boot-resources/?name=windows/early-put&architecture=amd64/generic&filetype=tgz", new ByteArrayContent(bytes));
        (refused.Status, refused.Header("X-Right-Filetype")).ShouldBe((400, "ddgz"));
        (await _region.Get<IBlobStore>().SizeOrNullAsync(Images.Digest.Parse(Seed.Sha256(bytes)), default)).ShouldBeNull();
    }

    [Fact]
    public async Task Without_qemu_img_native_types_are_taken_and_virtual_disks_are_told_what_to_install()
    {
        await using var region = await RegionFixture.StartAsync(o => o with { Conversions = new ConversionOptions { QemuImg = "/nonexistent/qemu-img" } });
        var client = new UploadClient(region);
        (await client.WholeAsync("windows/native", await UploadClient.MakeAsync(UploadClient.Disk + "gzip -n <disk >$1"), ("filetype", "ddgz"))).Status.ShouldBe(200);
        (await client.StatusAsync("windows/native")).GetProperty("state").GetString().ShouldBe("complete");
        // Repacking needs no tool either.
        (await client.WholeAsync("windows/packed", await UploadClient.MakeAsync(UploadClient.Disk + "printf r >>disk; mv disk $1"), ("convert", "ddxz"))).Status.ShouldBe(200);

        var bytes = await UploadClient.MakeAsync(UploadClient.Disk + "head -c 12M /dev/urandom | dd of=disk bs=1M seek=3 conv=notrunc status=none; qemu-img convert -O qcow2 disk $1");
        var path = UploadClient.UriOrNull(await client.BeginAsync("custom/cloud", bytes, ("filetype", "ddgz")))!;
        var refused = await client.PutAsync(path, bytes[..(4 << 20)]);
        (refused.Status, refused.Header("X-Error-Code")).ShouldBe((400, "conversion-tool-missing"));
        refused.Text.ShouldBe("Virtual disks are converted with qemu-img, which is not installed. On Debian and Ubuntu: apt-get install qemu-utils. Types that machines can be given as they are work without it.");
        refused.Header("X-Image-Found")!.ShouldStartWith("qcow2 v3");
    }

    private async Task<string[]> PartialsAsync()
    {
        var names = new System.Collections.Generic.List<string>();
        await foreach (var partial in _region.Get<IBlobStore>().ListPartialsAsync(default))
            names.Add(partial.Name.ToString());
        return [.. names];
    }
}
