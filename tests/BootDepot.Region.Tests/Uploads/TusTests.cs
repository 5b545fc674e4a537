using System;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Uploads;

/// <summary>The rules of tus 1.0.0, request by request, and tuspy as a client that knows nothing of us.</summary>
public sealed class TusTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private readonly RegionFixture _region = shared.Region;
    private readonly UploadClient _client = new(shared.Region);

    [Fact]
    public async Task OPTIONS_says_what_is_spoken_without_a_key()
    {
        var reply = await _client.TusAsync("OPTIONS", "/MAAS/uploads/", signed: false, version: null);
        reply.Status.ShouldBe(204);
        reply["Tus-Version"].ShouldBe("1.0.0");
        reply["Tus-Extension"].ShouldBe("creation,creation-with-upload,expiration,checksum,termination");
        reply["Tus-Checksum-Algorithm"].ShouldBe("sha1,sha256");
    }

    [Fact]
    public async Task Requests_need_the_key_of_an_administrator()
    {
        (await _client.TusAsync("POST", "/MAAS/uploads/", signed: false)).Status.ShouldBe(401);
        (await _region.UserAsync("POST", "/MAAS/uploads/")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Another_version_is_refused_with_412_and_the_right_one()
    {
        foreach (var version in new[] { null, "0.2.2" })
        {
            var reply = await _client.TusAsync("POST", "/MAAS/uploads/", version: version);
            reply.Status.ShouldBe(412);
            reply["Tus-Version"].ShouldBe("1.0.0");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData((4 << 20) - 1)]
    [InlineData(4 << 20)]
    [InlineData((4 << 20) + 1)]
    public async Task An_upload_becomes_a_resource_when_its_last_byte_is_there(int size)
    {
        var bytes = Seed.Bytes(size, 3000 + size);
        var name = $"custom/tus-{size}";
        var path = await _client.CreateAsync(size, Fields(name));
        var half = size / 2;
        if (half > 0)
        {
            var first = await _client.PatchAsync(path, 0, bytes[..half]);
            (first.Status, first["Upload-Offset"]).ShouldBe((204, $"{half}"));
            first["Upload-Expires"].ShouldNotBeNull();
        }

        (await _region.UserAsync("GET", "boot-resources/?type=uploaded")).Text.ShouldNotContain(name);
        var last = await _client.PatchAsync(path, half, bytes[half..]);
        (last.Status, last["Upload-Offset"]).ShouldBe((204, $"{size}"));
        (await _client.TusAsync("HEAD", path))["Upload-Offset"].ShouldBe($"{size}");
        var shown = (await _region.AdminAsync("GET", path)).Json;
        var file = UploadClient.FileOf(await _region.UserAsync("GET", $"boot-resources/{shown.GetProperty("resource_id").GetInt32()}/"));
        file.GetProperty("complete").GetBoolean().ShouldBeTrue();
        file.GetProperty("sha256").GetString().ShouldBe(Seed.Sha256(bytes));
    }

    [Fact]
    public async Task An_empty_upload_is_refused() => (await _client.TusAsync(
        "POST", "/MAAS/uploads/", headers: [("Upload-Length", "0"), ("Upload-Metadata", UploadClient.Metadata(Fields("custom/t0")))])).Status.ShouldBe(400);

    [Fact]
    public async Task The_fields_are_checked_before_a_byte_is_taken()
    {
        var reply = await _client.TusAsync("POST", "/MAAS/uploads/", headers: [("Upload-Length", "5"), ("Upload-Metadata", UploadClient.Metadata(("name", "debian/12"), ("sha256", "ab")))]);
        reply.Status.ShouldBe(400);
        foreach (var field in new[] { "name", "architecture", "sha256" })
            reply.Text.ShouldContain($"\"{field}\"");
    }

    [Theory]
    [InlineData("name !!!")]
    [InlineData("name QQ==,name QQ==")]
    public async Task Metadata_that_break_their_rule_are_refused(string metadata) => (await _client.TusAsync(
        "POST", "/MAAS/uploads/", headers: [("Upload-Length", "5"), ("Upload-Metadata", metadata)])).Status.ShouldBe(400);

    [Fact]
    public async Task A_wrong_offset_is_a_conflict_and_changes_nothing()
    {
        var path = await _client.CreateAsync(100, Fields("custom/offset"));
        (await _client.PatchAsync(path, 0, Seed.Bytes(40))).Status.ShouldBe(204);
        (await _client.PatchAsync(path, 0, Seed.Bytes(40))).Status.ShouldBe(409);
        (await _client.PatchAsync(path, 60, Seed.Bytes(40))).Status.ShouldBe(409);
        (await _client.TusAsync("HEAD", path))["Upload-Offset"].ShouldBe("40");
    }

    [Fact]
    public async Task Too_many_bytes_are_refused()
    {
        var path = await _client.CreateAsync(100, Fields("custom/toomuch"));
        (await _client.PatchAsync(path, 0, Seed.Bytes(101))).Status.ShouldBe(413);
        (await _client.TusAsync("HEAD", path))["Upload-Offset"].ShouldBe("0");
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        var path = await _client.CreateAsync(10, Fields("custom/type"));
        (await _client.TusAsync("PATCH", path, new byte[10], "application/octet-stream", headers: [("Upload-Offset", "0")])).Status.ShouldBe(415);
    }

    [Fact]
    public async Task The_method_can_be_overridden()
    {
        var path = await _client.CreateAsync(10, Fields("custom/override"));
        (await _client.TusAsync("POST", path, Seed.Bytes(5), headers: [("Upload-Offset", "0"), ("X-HTTP-Method-Override", "PATCH")])).Status.ShouldBe(204);
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task A_chunk_with_a_wrong_checksum_is_dropped(string algorithm)
    {
        var bytes = Seed.Bytes(2_000_000, 77);
        var path = await _client.CreateAsync(bytes.Length, Fields("custom/sum-" + algorithm));
        using var hash = IncrementalHash.CreateHash(new HashAlgorithmName(algorithm.ToUpperInvariant()));
        hash.AppendData(bytes, 0, 1_500_000);
        var sum = Convert.ToBase64String(hash.GetHashAndReset());
        (await _client.PatchAsync(path, 0, bytes[1..1_500_001], ("Upload-Checksum", $"{algorithm} {sum}"))).Status.ShouldBe(460);
        (await _client.TusAsync("HEAD", path))["Upload-Offset"].ShouldBe("0");
        (await _client.PatchAsync(path, 0, bytes[..1_500_000], ("Upload-Checksum", $"{algorithm} {sum}"))).Status.ShouldBe(204);
        (await _client.PatchAsync(path, 1_500_000, bytes[1_500_000..])).Status.ShouldBe(204);
        (await _region.Get<IBlobStore>().SizeOrNullAsync(Digest.Parse(Seed.Sha256(bytes)), default)).ShouldBe(bytes.Length);
    }

    [Fact]
    public async Task An_unknown_checksum_algorithm_is_a_bad_request()
    {
        var path = await _client.CreateAsync(10, Fields("custom/md5"));
        (await _client.PatchAsync(path, 0, new byte[10], ("Upload-Checksum", "crc32 AAAA"))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task The_first_bytes_may_come_with_the_creation()
    {
        var bytes = Seed.Bytes(1000, 78);
        var reply = await _client.TusAsync("POST", "/MAAS/uploads/", bytes[..600], headers: [("Upload-Length", "1000"), ("Upload-Metadata", UploadClient.Metadata(Fields("custom/with")))]);
        (reply.Status, reply["Upload-Offset"]).ShouldBe((201, "600"));
        (await _client.PatchAsync(reply["Location"]!, 600, bytes[600..])).Status.ShouldBe(204);
        (await _client.StatusAsync("custom/with")).GetProperty("state").GetString().ShouldBe("complete");
    }

    [Fact]
    public async Task A_deleted_upload_is_gone_with_its_bytes()
    {
        var path = await _client.CreateAsync(1000, Fields("custom/del"));
        await _client.PatchAsync(path, 0, Seed.Bytes(500));
        (await _client.TusAsync("DELETE", path)).Status.ShouldBe(204);
        (await _client.TusAsync("HEAD", path)).Status.ShouldBe(404);
        (await _client.PatchAsync(path, 500, Seed.Bytes(500))).Status.ShouldBe(404);
        var partials = _region.Get<IBlobStore>().ListPartialsAsync(default);
        await foreach (var partial in partials)
            partial.Name.ToString().ShouldNotContain(path.Split('/')[^1]);
    }

    [Fact]
    public async Task Another_digest_than_announced_starts_the_upload_over()
    {
        var bytes = Seed.Bytes(100, 79);
        var path = await _client.CreateAsync(100, [.. Fields("custom/digest"), ("sha256", Seed.Sha256(bytes))]);
        var wrong = await _client.PatchAsync(path, 0, Seed.Bytes(100, 80));
        (wrong.Status, wrong["X-Error-Code"]).ShouldBe((400, "upload-digest-mismatch"));
        (await _client.TusAsync("HEAD", path))["Upload-Offset"].ShouldBe("0");
        (await _client.PatchAsync(path, 0, bytes)).Status.ShouldBe(204);
    }

    [Trait("Backend", "Files")] // looks at the files themselves
    [Fact(Timeout = 300_000)]
    public async Task What_came_before_a_cut_is_kept()
    {
        var bytes = Seed.Bytes(4_000_000, 81);
        var path = await _client.CreateAsync(bytes.Length, Fields("custom/cut"));
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(_region.Host.Url.Host, _region.Host.Url.Port);
            var stream = socket.GetStream();
            var head = $"PATCH {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {RegionFixture.Sign(_region.AdminKey)}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {bytes.Length}\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
            await stream.WriteAsync(bytes.AsMemory(0, 3_500_000));
            while (await HeldAsync(path) < 3 << 20)
                await Task.Delay(10);
        }

        // The server notices the cut by itself, a moment later.
        var offset = 0;
        while (offset == 0)
            offset = int.Parse((await _client.TusAsync("HEAD", path))["Upload-Offset"]!, CultureInfo.InvariantCulture);
        offset.ShouldBeGreaterThanOrEqualTo(3 << 20);
        (await _client.PatchAsync(path, offset, bytes[offset..])).Status.ShouldBe(204);
        (await _client.StatusAsync("custom/cut")).GetProperty("state").GetString().ShouldBe("complete");
    }

    [Fact]
    public async Task Uploads_go_on_after_a_restart()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        var bytes = Seed.Bytes(3_000_000, 82);
        var path = await client.CreateAsync(bytes.Length, Fields("custom/restart"));
        await client.PatchAsync(path, 0, bytes[..2_000_000]);
        await region.RestartAsync();
        (await client.TusAsync("HEAD", path))["Upload-Offset"].ShouldBe("2000000");
        (await client.PatchAsync(path, 2_000_000, bytes[2_000_000..])).Status.ShouldBe(204);
        (await client.StatusAsync("custom/restart")).GetProperty("state").GetString().ShouldBe("complete");
    }

    [Fact]
    public async Task Tuspy_uploads_and_resumes()
    {
        using var folder = new TempFolder();
        var bytes = Seed.Bytes(10_000_000, 83);
        await File.WriteAllBytesAsync(folder["image.tgz"], bytes);
        var key = _region.AdminKey;
        await File.WriteAllTextAsync(folder["upload.py"], $$"""
            import time, uuid
            from tusclient import client, uploader
            import tusclient.request, tusclient.uploader
            URL = "{{_region.Host.Url}}MAAS/uploads/"
            def sign():
                return ('OAuth oauth_nonce="%s", oauth_timestamp="%d", oauth_version="1.0", oauth_signature_method="PLAINTEXT", '
                        'oauth_consumer_key="{{key.ConsumerKey}}", oauth_token="{{key.TokenKey}}", oauth_signature="%%26{{key.Secret}}"' % (uuid.uuid4().hex, time.time()))
            class Headers(dict):
                def __getitem__(self, name): return sign() if name == "Authorization" else dict.__getitem__(self, name)
                def items(self): return [(k, sign() if k == "Authorization" else v) for k, v in dict.items(self)]
                def copy(self): return Headers(self)
            tus = client.TusClient(URL)
            class Signed(uploader.Uploader):
                def get_headers(self):
                    h = super().get_headers(); h["Authorization"] = sign(); return h
            meta = {"name": "custom/tuspy", "architecture": "amd64/generic", "filename": "image.tgz"}
            first = Signed(file_path="{{folder["image.tgz"]}}", chunk_size=1000000, client=tus, metadata=meta)
            first.upload(stop_at=4500000)
            url = first.url
            second = Signed(file_path="{{folder["image.tgz"]}}", chunk_size=3000000, client=tus, url=url)
            print("resumed at", second.offset)
            second.upload()
            print("done", second.offset)
            """);
        var said = await Shell.RunAsync($"/usr/bin/python3 {folder["upload.py"]}");
        said.ShouldContain("done 10000000");
        said.ShouldNotContain("resumed at 0");
        var status = await _client.StatusAsync("custom/tuspy");
        status.GetProperty("state").GetString().ShouldBe("complete", status.GetRawText());
        (await _region.Get<IBlobStore>().SizeOrNullAsync(Digest.Parse(Seed.Sha256(bytes)), default)).ShouldBe(bytes.Length);
    }

    // Bytes on disk, whether they count or not.
    private async Task<long> HeldAsync(string path)
    {
        await foreach (var partial in _region.Get<IBlobStore>().ListPartialsAsync(default))
        {
            if (partial.Name.ToString().EndsWith(path.Split('/')[^1], StringComparison.Ordinal))
                return partial.Received;
        }

        return 0;
    }

    private static (string, string)[] Fields(string name) => [("name", name), ("architecture", "amd64/generic")];
}
