using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.Region.Tests.Api;

/// <summary>Sections 5.2 to 5.6 and 6 of the wire contract.</summary>
public sealed class UploadTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private static int _next;
    private readonly RegionFixture _region = shared.Region;

    [Fact]
    public async Task An_image_goes_up_in_chunks_and_is_complete_after_the_last()
    {
        var bytes = Seed.Bytes(2_500_000, 11);
        var created = await CreateAsync("custom/chunks", bytes);
        created.Status.ShouldBe(201);
        var (path, file) = FileOf(created);
        file.GetProperty("complete").GetBoolean().ShouldBeFalse();
        file.GetRawText().ShouldContain("\"progress\": 0.0");
        (await PutAsync(path, bytes[..1_000_000])).ShouldBe(200, "text/plain", "OK");
        var resource = created.Json.GetProperty("resource_uri").GetString()!;
        var half = FileOf(await _region.UserAsync("GET", resource)).File;
        half.GetProperty("progress").GetDouble().ShouldBe(40.0);
        half.GetRawText().ShouldContain("\"progress\": 40.0");
        (await PutAsync(path, bytes[1_000_000..2_000_000])).Status.ShouldBe(200);
        (await PutAsync(path, bytes[2_000_000..])).Status.ShouldBe(200);
        var whole = FileOf(await _region.UserAsync("GET", resource)).File;
        whole.GetProperty("complete").GetBoolean().ShouldBeTrue();
        whole.TryGetProperty("progress", out _).ShouldBeFalse();
        whole.TryGetProperty("upload_uri", out _).ShouldBeFalse();
        (await _region.Get<IBlobStore>().SizeOrNullAsync(Digest.Parse(Seed.Sha256(bytes)), default)).ShouldBe(bytes.Length);
        (await PutAsync(path, [1])).ShouldBe(400, "text/plain; charset=utf-8", "Cannot upload to a complete file.");
    }

    [Fact]
    public async Task The_created_resource_looks_as_the_contract_says()
    {
        var reply = await _region.AdminAsync("POST", "boot-resources/", Seed.Form(
            ("name", "custom/rocky9-gold"), ("architecture", "amd64/generic"), ("title", "Rocky 9 gold"), ("base_image", "RHEL/9"),
            ("sha256", "FA4947AD0B26B1EEE8325B6862D0D126D512CCED6A180C64E3C2D5217F66FC04"), ("size", "1288490188")));
        var id = reply.Json.GetProperty("id").GetInt32();
        var version = DateTimeOffset.UtcNow.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        var fileId = FileOf(reply).Path.Split('/')[^2];
        reply.ShouldBeJson(201, $$"""
            {"id": {{id}}, "type": "Uploaded", "name": "custom/rocky9-gold", "architecture": "amd64/generic",
             "resource_uri": "/MAAS/api/2.0/boot-resources/{{id}}/", "last_deployed": null, "subarches": "generic",
             "title": "Rocky 9 gold", "base_image": "rhel/9",
             "sets": {"{{version}}": {
               "version": "{{version}}", "label": "uploaded", "size": 1288490188, "complete": false, "progress": 0.0,
               "files": {"root.tgz": {
                 "filename": "root.tgz", "filetype": "root-tgz",
                 "sha256": "fa4947ad0b26b1eee8325b6862d0d126d512cced6a180c64e3c2d5217f66fc04", "filename_on_disk": "fa4947a",
                 "size": 1288490188, "complete": false, "progress": 0.0,
                 "upload_uri": "/MAAS/api/2.0/boot-resources/{{id}}/upload/{{fileId}}/"}
             }
             }
             }
             }
            """);
    }

    [Fact]
    public async Task A_missing_everything_is_reported_at_once() =>
        (await _region.AdminAsync("POST", "boot-resources/")).ShouldBeJson(400, """
            {"name": ["This field is required."], "architecture": ["This field is required."],
             "sha256": ["This field is required."], "size": ["This field is required."]}
            """);

    [Theory]
    [InlineData("filetype", "zip", "Select a valid choice. zip is not one of the available choices.")]
    [InlineData("filetype", "TGZ", "Select a valid choice. TGZ is not one of the available choices.")]
    [InlineData("sha256", "abc", "Ensure this value has at least 64 characters (it has 3).")]
    [InlineData("size", "many", "Enter a whole number.")]
    [InlineData("size", "0", "Ensure this value is greater than or equal to 1.")]
    [InlineData("size", "-5", "Ensure this value is greater than or equal to 1.")]
    [InlineData("base_image", "noble", "a base image must follow the format: <osystem>/<series>")]
    [InlineData("base_image", "a/b/c", "a base image must follow the format: <osystem>/<series>")]
    [InlineData("base_image", "windows/win2022", "custom images require a valid non-custom OS type base image")]
    [InlineData("base_image", "ubuntu/24.04", "please select a valid base image OS and version")]
    [InlineData("name", "debian/12", "Unsupport operating system debian, supported operating systems: ['ubuntu', 'ubuntu-core', 'bootloader', 'centos', 'rhel', 'custom', 'windows', 'suse', 'esxi', 'ol', 'onie']")]
    [InlineData("name", "Ubuntu/x", "Unsupport operating system Ubuntu, supported operating systems: ['ubuntu', 'ubuntu-core', 'bootloader', 'centos', 'rhel', 'custom', 'windows', 'suse', 'esxi', 'ol', 'onie']")]
    [InlineData("name", "windows", "windows is a reserved name")]
    [InlineData("name", "centos8", "centos8 is a reserved name")]
    [InlineData("name", "centos70", "centos70 is a reserved name")]
    [InlineData("name", "custom/a/b", "'custom/a/b' is not an image name: one name, or os/name with one slash, without blanks.")]
    public async Task Each_field_has_its_message(string field, string value, string text)
    {
        var fields = Good("custom/x", Seed.Bytes(10));
        var reply = await _region.AdminAsync("POST", "boot-resources/", Seed.Form([.. fields.Where(f => f.Item1 != field), (field, value)]));
        reply.Status.ShouldBe(400, reply.Text);
        reply.ContentType.ShouldBe("application/json; charset=utf-8");
        reply.Json.GetProperty(field)[0].GetString().ShouldBe(text);
        reply.Json.EnumerateObject().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_long_digest_or_one_that_is_not_hexadecimal_is_refused()
    {
        (await CreateWithAsync("sha256", new string('a', 65))).Json.GetProperty("sha256")[0].GetString()
            .ShouldBe("Ensure this value has at most 64 characters (it has 65).");
        (await CreateWithAsync("sha256", new string('g', 64))).Json.GetProperty("sha256")[0].GetString().ShouldBe("Enter 64 hexadecimal digits.");
    }

    [Fact]
    public async Task A_long_name_is_refused() =>
        (await CreateWithAsync("name", new string('n', 256))).Json.GetProperty("name")[0].GetString()
            .ShouldBe("Ensure this value has at most 255 characters (it has 256).");

    [Fact]
    public async Task An_unknown_architecture_names_those_that_are_usable()
    {
        var reply = await CreateWithAsync("architecture", "foo");
        reply.Json.GetProperty("architecture")[0].GetString()!.ShouldStartWith("'foo' is not a valid architecture.  It should be one of: 'amd64/generic', 'arm64/generic', ");
    }

    [Fact]
    public async Task Sub_architectures_of_synced_images_are_usable()
    {
        await Seed.SyncedAsync(_region, "ubuntu/focal", "armhf/ga-20.04", "generic,highbank,ga-20.04");
        (await CreateWithAsync("architecture", "armhf/highbank")).Status.ShouldBe(201);
        (await CreateWithAsync("architecture", "armhf/ga-20.04")).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("noble")]
    [InlineData("ubuntu/noble")]
    public async Task Names_that_a_source_offers_are_reserved(string name)
    {
        await using var region = await RegionFixture.StartAsync();
        await Seed.SourceAsync(region);
        var reply = await region.AdminAsync("POST", "boot-resources/", Seed.Form(Good(name, Seed.Bytes(10))));
        reply.ShouldBeJson(400, $$"""{"name": ["{{name}} is a reserved name"]}""");
        (await region.AdminAsync("POST", "boot-resources/", Seed.Form(Good("ubuntu/noble-gold", Seed.Bytes(10))))).Status.ShouldBe(201);
    }

    [Theory]
    [InlineData("tgz", "root-tgz", "root.tgz")]
    [InlineData("tbz", "root-tbz", "root.tbz")]
    [InlineData("txz", "root-txz", "root.txz")]
    [InlineData("ddtgz", "root-dd", "root-dd")]
    [InlineData("ddtar", "root-dd.tar", "root-dd.tar")]
    [InlineData("ddraw", "root-dd.raw", "root-dd.raw")]
    [InlineData("ddtbz", "root-dd.tar.bz2", "root-dd.tar.bz2")]
    [InlineData("ddtxz", "root-dd.tar.xz", "root-dd.tar.xz")]
    [InlineData("ddbz2", "root-dd.bz2", "root-dd.bz2")]
    [InlineData("ddgz", "root-dd.gz", "root-dd.gz")]
    [InlineData("ddxz", "root-dd.xz", "root-dd.xz")]
    public async Task Each_file_type_has_its_stored_name(string sent, string type, string filename)
    {
        var (_, file) = FileOf(await CreateWithAsync("filetype", sent));
        file.GetProperty("filetype").GetString().ShouldBe(type);
        file.GetProperty("filename").GetString().ShouldBe(filename);
    }

    [Theory]
    [InlineData("custom/debian-12", null, "ubuntu/noble")]
    [InlineData("rocky9-gold", null, "ubuntu/noble")]
    [InlineData("custom/alma9", "rhel/9", "rhel/9")]
    [InlineData("centos/8-custom", "centos/8", null)]
    [InlineData("windows/windows-server", "nonsense", null)]
    [InlineData("ol/8.8", null, null)]
    [InlineData("suse/sles15", null, null)]
    [InlineData("esxi/9", null, null)]
    [InlineData("custom/cbl-mariner-2.0", "rhel/8", "rhel/8")]
    public async Task Base_images_are_recorded_for_custom_names_only(string name, string? sent, string? expected)
    {
        var fields = Good(name + "-" + ++_next, Seed.Bytes(10));
        var reply = await _region.AdminAsync("POST", "boot-resources/", Seed.Form(sent is null ? fields : [.. fields, ("base_image", sent)]));
        reply.Status.ShouldBe(201, reply.Text);
        (reply.Json.TryGetProperty("base_image", out var value) ? value.GetString() : null).ShouldBe(expected);
    }

    [Fact]
    public async Task A_recorded_base_image_stays()
    {
        var name = "custom/based" + ++_next;
        await _region.AdminAsync("POST", "boot-resources/", Seed.Form([.. Good(name, Seed.Bytes(10)), ("base_image", "rhel/9")]));
        (await _region.AdminAsync("POST", "boot-resources/", Seed.Form([.. Good(name, Seed.Bytes(11)), ("base_image", "rhel/8")])))
            .Json.GetProperty("base_image").GetString().ShouldBe("rhel/9");
    }

    [Fact]
    public async Task Twelve_uploads_of_one_name_in_a_day_all_get_the_greatest_version()
    {
        var last = "";
        int? id = null;
        for (var i = 0; i < 12; i++)
        {
            var bytes = Seed.Bytes(20, 100 + i);
            var created = await CreateAsync("custom/daily", bytes);
            (id ??= created.Json.GetProperty("id").GetInt32()).ShouldBe(created.Json.GetProperty("id").GetInt32());
            var set = created.Json.GetProperty("sets").EnumerateObject().ShouldHaveSingleItem();
            string.CompareOrdinal(set.Name, last).ShouldBeGreaterThan(0);
            set.Value.GetProperty("files").EnumerateObject().ShouldHaveSingleItem();
            last = set.Name;
            (await PutAsync(FileOf(created).Path, bytes)).Status.ShouldBe(200);
        }

        var sets = (await _region.UserAsync("GET", $"boot-resources/{id}/")).Json.GetProperty("sets");
        sets.EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(last);
    }

    [Fact]
    public async Task The_old_version_stays_until_the_new_one_is_complete()
    {
        var (old, fresh) = (Seed.Bytes(50, 201), Seed.Bytes(60, 202));
        var first = await CreateAsync("custom/steady", old);
        await PutAsync(FileOf(first).Path, old);
        var second = await CreateAsync("custom/steady", fresh);
        var uri = first.Json.GetProperty("resource_uri").GetString()!;
        (await _region.UserAsync("GET", uri)).Json.GetProperty("sets").EnumerateObject().Count().ShouldBe(2);
        await PutAsync(FileOf(second).Path, fresh);
        (await _region.UserAsync("GET", uri)).Json.GetProperty("sets").EnumerateObject().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Keep_old_keeps_earlier_versions()
    {
        var (old, fresh) = (Seed.Bytes(50, 203), Seed.Bytes(60, 204));
        var first = await CreateAsync("custom/kept", old);
        await PutAsync(FileOf(first).Path, old);
        var second = await _region.AdminAsync("POST", "boot-resources/", Seed.Form([.. Good("custom/kept", fresh), ("keep_old", "true")]));
        await PutAsync(FileOf(second).Path, fresh);
        (await _region.UserAsync("GET", first.Json.GetProperty("resource_uri").GetString()!)).Json.GetProperty("sets").EnumerateObject().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Bytes_that_are_held_need_not_be_sent()
    {
        var bytes = Seed.Bytes(300, 205);
        await PutAsync(FileOf(await CreateAsync("custom/once", bytes)).Path, bytes);
        var (_, file) = FileOf(await CreateAsync("custom/twice", bytes));
        file.GetProperty("complete").GetBoolean().ShouldBeTrue();
        file.TryGetProperty("upload_uri", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task The_same_digest_with_another_size_is_refused()
    {
        var bytes = Seed.Bytes(301, 206);
        await PutAsync(FileOf(await CreateAsync("custom/size1", bytes)).Path, bytes);
        var fields = Good("custom/size2", bytes).Where(f => f.Item1 != "size").Append(("size", "302"));
        (await _region.AdminAsync("POST", "boot-resources/", Seed.Form([.. fields])))
            .ShouldBe(400, "text/plain; charset=utf-8", "File already exists with sha256 that is of different size.");
    }

    [Fact]
    public async Task Too_much_data_leaves_the_upload_as_it_was()
    {
        var bytes = Seed.Bytes(1000, 207);
        var (path, _) = FileOf(await CreateAsync("custom/much", bytes));
        await PutAsync(path, bytes[..600]);
        (await PutAsync(path, bytes[..401])).ShouldBe(400, "text/plain; charset=utf-8", "Too much data received.");
        (await PutAsync(path, bytes[600..])).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_wrong_digest_starts_the_upload_over_at_the_same_path()
    {
        var bytes = Seed.Bytes(1000, 208);
        var created = await CreateAsync("custom/wrong", bytes);
        var (path, _) = FileOf(created);
        (await PutAsync(path, Seed.Bytes(1000, 209))).ShouldBe(400, "text/plain; charset=utf-8", "Saved content does not match given SHA256 value.");
        FileOf(await _region.UserAsync("GET", created.Json.GetProperty("resource_uri").GetString()!)).File.GetProperty("progress").GetDouble().ShouldBe(0);
        (await PutAsync(path, bytes)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("2.0", "root.tgz", "received")]
    [InlineData("1.0", "root-tgz", "recieved")]
    public async Task A_body_of_another_length_than_announced_is_refused_and_does_not_count(string version, string filename, string received)
    {
        var bytes = Seed.Bytes(1000, version == "1.0" ? 211 : 212);
        var created = await _region.AdminAsync("POST", $"/MAAS/api/{version}/boot-resources/", Seed.Form([.. Good("custom/short" + version, bytes)]));
        var path = created.Json.GetProperty("sets").EnumerateObject().Single().Value.GetProperty("files").GetProperty(filename).GetProperty("upload_uri").GetString()!;
        // Of a connection that ends early nobody is left to read an answer; what is announced is also what Content-Range says.
        using var body = new ByteArrayContent(bytes[..600]);
        body.Headers.TryAddWithoutValidation("Content-Range", "bytes 0-999/1000");
        (await _region.AdminAsync("PUT", path, body)).ShouldBe(400, "text/plain; charset=utf-8", $"Content-Length doesn't equal size of {received} data.");
        (await PutAsync(path, bytes)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_empty_chunk_is_missing_data()
    {
        var (path, _) = FileOf(await CreateAsync("custom/empty", Seed.Bytes(5, 210)));
        (await PutAsync(path, [])).ShouldBe(400, "text/plain; charset=utf-8", "Missing data.");
        (await _region.AdminAsync("PUT", path)).ShouldBe(400, "text/plain; charset=utf-8", "Missing data.");
    }

    [Fact]
    public async Task A_chunk_without_a_length_is_taken()
    {
        var bytes = Seed.Bytes(70_000, 211);
        var (path, _) = FileOf(await CreateAsync("custom/chunked", bytes));
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StreamContent(new MemoryStream(bytes)) };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.TryAddWithoutValidation("Authorization", RegionFixture.Sign(_region.AdminKey));
        using var response = await _region.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task Paths_that_lead_nowhere_say_what_is_missing()
    {
        var created = await CreateAsync("custom/nowhere", Seed.Bytes(5, 212));
        var (path, _) = FileOf(created);
        var fileId = path.Split('/')[^2];
        (await PutAsync($"/MAAS/api/2.0/boot-resources/99999/upload/{fileId}/", [1])).ShouldBe(404, "text/plain", "No BootResource matches the given query.");
        (await PutAsync(path.Replace($"/upload/{fileId}/", "/upload/99999/", StringComparison.Ordinal), [1])).ShouldBe(404, "text/plain", "No BootResourceFile matches the given query.");
        var other = await CreateAsync("custom/nowhere2", Seed.Bytes(6, 213));
        (await PutAsync($"/MAAS/api/2.0/boot-resources/{other.Json.GetProperty("id").GetInt32()}/upload/{fileId}/", [1])).Status.ShouldBe(404);
        (await PutAsync("/MAAS/api/2.0/boot-resources/x/upload/y/", [1])).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Nothing_is_uploaded_to_a_synced_resource()
    {
        var id = await Seed.SyncedAsync(_region, "ubuntu/xenial");
        var fileId = await SyncedFileAsync(id);
        (await PutAsync($"/MAAS/api/2.0/boot-resources/{id}/upload/{fileId}/", [1]))
            .ShouldBe(403, "text/plain; charset=utf-8", "Cannot upload to a resource of type: 0.");
    }

    [Fact]
    public async Task A_cut_connection_rolls_its_chunk_back()
    {
        var bytes = Seed.Bytes(3_000_000, 214);
        var created = await CreateAsync("custom/cut", bytes);
        var (path, _) = FileOf(created);
        await PutAsync(path, bytes[..1_000_000]);
        await CutAsync(path, announced: 2_000_000, bytes[1_000_000..2_500_000]);
        // The server may still be at it: a HEAD tells, and the next chunk waits for its turn.
        (await PutAsync(path, bytes[1_000_000..])).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Head_tells_how_far_an_upload_is()
    {
        var bytes = Seed.Bytes(1000, 215);
        var (path, _) = FileOf(await CreateAsync("custom/head", bytes));
        await PutAsync(path, bytes[..400]);
        var reply = await _region.AdminAsync("HEAD", path);
        (reply.Status, reply.Header("Upload-Offset"), reply.Header("Upload-Length")).ShouldBe((200, "400", "1000"));
    }

    [Fact]
    public async Task An_upload_goes_on_after_a_restart()
    {
        await using var region = await RegionFixture.StartAsync();
        var bytes = Seed.Bytes(2_000_000, 216);
        var created = await region.AdminAsync("POST", "boot-resources/", Seed.Form(Good("custom/restart", bytes)));
        var (path, _) = FileOf(created);
        await region.AdminAsync("PUT", path, new ByteArrayContent(bytes[..1_500_000]));
        await region.RestartAsync();
        (await region.AdminAsync("HEAD", path)).Header("Upload-Offset").ShouldBe("1500000");
        (await region.AdminAsync("PUT", path, new ByteArrayContent(bytes[1_500_000..]))).Status.ShouldBe(200);
        FileOf(await region.AdminAsync("GET", created.Json.GetProperty("resource_uri").GetString()!)).File.GetProperty("complete").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Deleting_the_resource_ends_its_upload()
    {
        var bytes = Seed.Bytes(1000, 217);
        var created = await CreateAsync("custom/gone", bytes);
        var (path, _) = FileOf(created);
        await PutAsync(path, bytes[..400]);
        (await _region.AdminAsync("DELETE", created.Json.GetProperty("resource_uri").GetString()!)).ShouldBe(204, "text/plain", "");
        (await PutAsync(path, bytes[400..])).ShouldBe(404, "text/plain", "No BootResource matches the given query.");
    }

    [Fact]
    public async Task A_whole_file_may_come_with_the_form()
    {
        var bytes = Seed.Bytes(200_000, 218);
        using var body = new MultipartFormDataContent
        {
            { new StringContent("custom/inline"), "name" },
            { new StringContent("amd64/generic"), "architecture" },
            { new ByteArrayContent(bytes), "content", "image.tgz" },
        };
        var (_, file) = FileOf(await _region.AdminAsync("POST", "boot-resources/", body));
        file.GetProperty("complete").GetBoolean().ShouldBeTrue();
        file.GetProperty("sha256").GetString().ShouldBe(Seed.Sha256(bytes));
        (await _region.Get<IBlobStore>().SizeOrNullAsync(Digest.Parse(Seed.Sha256(bytes)), default)).ShouldBe(bytes.Length);
    }

    [Fact]
    public async Task An_empty_whole_file_is_refused()
    {
        using var body = new MultipartFormDataContent
        {
            { new StringContent("custom/inline0"), "name" },
            { new StringContent("amd64/generic"), "architecture" },
            { new ByteArrayContent([]), "content", "image.tgz" },
        };
        (await _region.AdminAsync("POST", "boot-resources/", body)).ShouldBeJson(400, """{"content": ["The submitted file is empty."]}""");
    }

    private static (string, string)[] Good(string name, byte[] bytes) =>
    [
        ("name", name), ("architecture", "amd64/generic"), ("sha256", Seed.Sha256(bytes)),
        ("size", bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)),
    ];

    private static (string Path, JsonElement File) FileOf(Reply reply)
    {
        var set = reply.Json.GetProperty("sets").EnumerateObject().MaxBy(s => s.Name, StringComparer.Ordinal).Value;
        var file = set.GetProperty("files").EnumerateObject().Single().Value;
        return (file.TryGetProperty("upload_uri", out var uri) ? uri.GetString()! : "", file);
    }

    private Task<Reply> CreateAsync(string name, byte[] bytes) => _region.AdminAsync("POST", "boot-resources/", Seed.Form(Good(name, bytes)));

    private Task<Reply> CreateWithAsync(string field, string value) => _region.AdminAsync(
        "POST", "boot-resources/",
        Seed.Form([.. Good($"custom/w{System.Threading.Interlocked.Increment(ref _next)}", Seed.Bytes(10, 1000 + _next)).Where(f => f.Item1 != field), (field, value)]));

    private Task<Reply> PutAsync(string path, byte[] bytes) => _region.AdminAsync("PUT", path, new ByteArrayContent(bytes));

    private async Task<int> SyncedFileAsync(int id)
    {
        await using var db = _region.Get<BootDepot.Catalog.CatalogDatabase>().CreateDbContext();
        return db.Files.First(f => f.Set!.ResourceId == id).Id;
    }

    private async Task CutAsync(string path, int announced, byte[] sent)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(_region.Host.Url.Host, _region.Host.Url.Port);
        var head = $"PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {RegionFixture.Sign(_region.AdminKey)}\r\nContent-Type: application/octet-stream\r\nContent-Length: {announced}\r\n\r\n";
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await tcp.GetStream().WriteAsync(sent);
    }
}
