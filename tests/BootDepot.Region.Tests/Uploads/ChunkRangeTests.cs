using System.Net.Http;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.Region.Tests.Uploads;

/// <summary>What is beyond MAAS in its chunk protocol: telling the offset, ranges, giving up, and the file as the body.</summary>
public sealed class ChunkRangeTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private readonly RegionFixture _region = shared.Region;
    private readonly UploadClient _client = new(shared.Region);

    [Fact]
    public async Task A_chunk_that_is_sent_twice_counts_once_and_a_gap_is_refused()
    {
        var bytes = Seed.Bytes(1000, 401);
        var path = UploadClient.UriOrNull(await _client.BeginAsync("custom/ranges", bytes))!;
        (await _client.PutAsync(path, bytes[..400], "bytes 0-399/1000")).ShouldBe(200, "text/plain", "OK");
        (await _client.PutAsync(path, bytes[..400], "bytes 0-399/1000")).ShouldBe(200, "text/plain", "OK");
        var gap = await _client.PutAsync(path, bytes[600..], "bytes 600-999/1000");
        (gap.Status, gap.Header("Upload-Offset")).ShouldBe((409, "400"));
        // Half of it is held.
        (await _client.PutAsync(path, bytes[200..700], "bytes 200-699/*")).Header("Upload-Offset").ShouldBe("700");
        (await _client.PutAsync(path, bytes[700..], "bytes 700-999/1000")).Status.ShouldBe(200);
        // The answer to the last one was lost.
        (await _client.PutAsync(path, bytes[700..], "bytes 700-999/1000")).ShouldBe(200, "text/plain", "OK");
        (await _region.Get<IBlobStore>().SizeOrNullAsync(Digest.Parse(Seed.Sha256(bytes)), default)).ShouldBe(1000);
    }

    [Theory]
    [InlineData("bytes 0-399/999", "another size")]
    [InlineData("bytes 0-398/1000", "another length")]
    [InlineData("bytes 5-4/1000", "backwards")]
    [InlineData("lines 0-399/1000", "another unit")]
    [InlineData("bytes 0-1000/1000", "beyond the end")]
    public async Task A_range_that_does_not_fit_is_refused(string range, string why)
    {
        var bytes = Seed.Bytes(1000, 402);
        var path = UploadClient.UriOrNull(await _client.BeginAsync("custom/bad-ranges", bytes))!;
        (await _client.PutAsync(path, bytes[..400], range)).Status.ShouldBe(400, why);
        (await _region.AdminAsync("HEAD", path)).Header("Upload-Offset").ShouldBe("0");
    }

    [Fact]
    public async Task Swapped_chunks_without_ranges_never_become_an_image()
    {
        var bytes = Seed.Bytes(1000, 403);
        var path = UploadClient.UriOrNull(await _client.BeginAsync("custom/swapped", bytes))!;
        await _client.PutAsync(path, bytes[500..]);
        (await _client.PutAsync(path, bytes[..500])).Text.ShouldBe("Saved content does not match given SHA256 value.");
        (await _client.StatusAsync("custom/swapped")).GetProperty("state").GetString().ShouldBe("incomplete");
        await _client.PutAsync(path, bytes[..500]);
        (await _client.PutAsync(path, bytes[500..])).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_offset_can_be_read_as_JSON_and_the_upload_be_given_up()
    {
        var bytes = Seed.Bytes(1000, 404);
        var begun = await _client.BeginAsync("custom/given-up", bytes);
        var path = UploadClient.UriOrNull(begun)!;
        await _client.PutAsync(path, bytes[..300]);
        (await _region.AdminAsync("GET", path)).ShouldBeJson(200, """{"received": 300, "size": 1000, "complete": false}""");
        var status = await _client.StatusAsync("custom/given-up");
        status.GetProperty("state").GetString().ShouldBe("incomplete");
        status.GetProperty("reason").GetString().ShouldBe("Upload incomplete: 300 of 1000 bytes. Go on from there, or delete it.");
        (await _region.AdminAsync("DELETE", path)).Status.ShouldBe(204);
        (await _region.AdminAsync("GET", begun.Json.GetProperty("resource_uri").GetString()!)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Giving_up_leaves_the_complete_version_alone()
    {
        var old = Seed.Bytes(100, 405);
        await _client.WholeAsync("custom/kept-one", old);
        var again = await _client.BeginAsync("custom/kept-one", Seed.Bytes(101, 406));
        (await _region.AdminAsync("DELETE", UploadClient.UriOrNull(again)!)).Status.ShouldBe(204);
        UploadClient.FileOf(await _region.UserAsync("GET", again.Json.GetProperty("resource_uri").GetString()!)).GetProperty("sha256").GetString().ShouldBe(Seed.Sha256(old));
    }

    [Theory]
    [InlineData(1)]
    [InlineData((4 << 20) - 1)]
    [InlineData(4 << 20)]
    [InlineData((4 << 20) + 1)]
    public async Task The_file_may_be_the_body_of_one_request(int size)
    {
        var bytes = Seed.Bytes(size, 5000 + size);
        var reply = await _region.AdminAsync("PUT", $"boot-resources/?name=custom%2Fbody{size}&architecture=amd64/generic&sha256={Seed.Sha256(bytes)}", new ByteArrayContent(bytes));
        reply.Status.ShouldBe(201, reply.Text);
        UploadClient.FileOf(reply).GetProperty("complete").GetBoolean().ShouldBeTrue();
        UploadClient.FileOf(reply).GetProperty("size").GetInt64().ShouldBe(size);
    }

    [Theory]
    [InlineData(1)]
    [InlineData((4 << 20) - 1)]
    [InlineData(4 << 20)]
    [InlineData((4 << 20) + 1)]
    public async Task Chunks_of_four_MiB_make_files_of_every_size(int size)
    {
        var bytes = Seed.Bytes(size, 6000 + size);
        var path = UploadClient.UriOrNull(await _client.BeginAsync($"custom/chunked{size}", bytes))!;
        for (var at = 0; at < size; at += 4 << 20)
            (await _client.PutAsync(path, bytes[at..System.Math.Min(size, at + (4 << 20))])).ShouldBe(200, "text/plain", "OK");
        (await _client.StatusAsync($"custom/chunked{size}")).GetProperty("state").GetString().ShouldBe("complete");
    }

    [Theory]
    [InlineData("2.0", 1)]
    [InlineData("2.0", (4 << 20) - 1)]
    [InlineData("2.0", 4 << 20)]
    [InlineData("2.0", (4 << 20) + 1)]
    [InlineData("1.0", 4 << 20)]
    public async Task The_file_may_be_a_part_of_the_form(string version, int size)
    {
        var bytes = Seed.Bytes(size, 7000 + size + version[0]);
        using var body = new MultipartFormDataContent
        {
            { new StringContent($"custom/part{version[0]}-{size}"), "name" },
            { new StringContent("amd64/generic"), "architecture" },
            { new ByteArrayContent(bytes), "content", "content" },
        };
        var reply = await _region.AdminAsync("POST", $"/MAAS/api/{version}/boot-resources/", body);
        reply.Status.ShouldBe(201, reply.Text);
        UploadClient.FileOf(reply).GetProperty("complete").GetBoolean().ShouldBeTrue();
        UploadClient.FileOf(reply).GetProperty("size").GetInt64().ShouldBe(size);
        UploadClient.FileOf(reply).GetProperty("sha256").GetString().ShouldBe(Seed.Sha256(bytes));
    }

    [Fact]
    public async Task A_file_of_no_bytes_is_refused_on_every_path()
    {
        (await _client.BeginAsync("custom/nothing", [])).Json.GetProperty("size")[0].GetString().ShouldBe("Ensure this value is greater than or equal to 1.");
        (await _region.AdminAsync("PUT", "boot-resources/?name=custom/nothing&architecture=amd64/generic", new ByteArrayContent([]))).Status.ShouldBe(400);
        (await _client.TusAsync("POST", "/MAAS/uploads/", headers: [("Upload-Length", "0"), ("Upload-Metadata", UploadClient.Metadata(("name", "custom/nothing"), ("architecture", "amd64/generic")))])).Status.ShouldBe(400);
        using var body = new MultipartFormDataContent
        {
            { new StringContent("custom/nothing"), "name" }, { new StringContent("amd64/generic"), "architecture" }, { new ByteArrayContent([]), "content", "content" },
        };
        (await _region.AdminAsync("POST", "boot-resources/", body)).Json.GetProperty("content")[0].GetString().ShouldBe("The submitted file is empty.");
        (await _region.UserAsync("GET", "boot-resources/")).Text.ShouldNotContain("custom/nothing");
    }

    [Fact]
    public async Task An_empty_body_and_a_wrong_digest_are_refused()
    {
        (await _region.AdminAsync("PUT", "boot-resources/?name=custom/b0&architecture=amd64/generic", new ByteArrayContent([]))).Text.ShouldBe("Missing data.");
        (await _region.AdminAsync("PUT", $"boot-resources/?name=custom/b1&architecture=amd64/generic&sha256={new string('a', 64)}", new ByteArrayContent([1])))
            .Text.ShouldBe("Saved content does not match given SHA256 value.");
        (await _region.AdminAsync("PUT", "boot-resources/?name=debian/1", new ByteArrayContent([1]))).Status.ShouldBe(400);
    }
}
