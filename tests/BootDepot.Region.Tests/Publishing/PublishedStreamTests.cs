using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog.Resources;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Publishing;

public sealed class PublishedStreamTests : IAsyncLifetime
{
    private const string Base = "/MAAS/images-stream/";
    private RegionFixture _region = null!;

    public async ValueTask InitializeAsync() => _region = await RegionFixture.StartAsync();

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Fact]
    public async Task An_empty_region_publishes_an_empty_index()
    {
        var index = await IndexAsync();
        index.Entries.Count.ShouldBe(0);
        (await GetAsync("streams/v1/custom.json")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Every_document_is_verified_by_its_three_forms()
    {
        await Stock.AddNobleAsync(_region);
        var keyring = Keyring.Parse((await GetAsync("streams/v1/keyring.gpg")).Body);
        foreach (var name in new[] { "index", "org.bootdepot:v3:download" })
        {
            var plain = await GetAsync($"streams/v1/{name}.json");
            var inline = await GetAsync($"streams/v1/{name}.sjson");
            var detached = await GetAsync($"streams/v1/{name}.json.gpg");
            plain.Status.ShouldBe(200);
            var text = ClearSignedText.Verify(inline.Body, keyring, Policy());
            DetachedSignature.Verify(detached.Body, plain.Body, keyring, Policy());
            if (name != "index")
                text.Text.ToArray().ShouldBe(plain.Body);
        }
    }

    [Fact]
    public async Task The_signed_index_points_at_signed_documents_and_the_plain_one_at_plain_ones()
    {
        await Stock.AddNobleAsync(_region);
        (await IndexAsync()).Entries.Values.Single().PathText.ShouldBe("streams/v1/org.bootdepot:v3:download.json");
        var signed = ClearSignedText.Verify(
            (await GetAsync("streams/v1/index.sjson")).Body, Keyring.Parse((await GetAsync("streams/v1/keyring.gpg")).Body), Policy());
        DocumentReader.ReadIndex(signed.Text.Span).Entries.Values.Single().PathText.ShouldBe("streams/v1/org.bootdepot:v3:download.sjson");
    }

    [Fact]
    public async Task A_set_keeps_its_product_name_its_unknown_keys_and_gets_a_manifest_that_can_be_fetched()
    {
        await Stock.AddNobleAsync(_region);
        var document = await ProductsAsync("org.bootdepot:v3:download");
        var product = document.Products["com.ubuntu.maas.stable:v3:boot:24.04:amd64:ga-24.04"];
        product.Tags["os"].TextOrNull.ShouldBe("ubuntu");
        product.Tags["release"].TextOrNull.ShouldBe("noble");
        product.Tags["version"].TextOrNull.ShouldBe("24.04");
        product.Tags["kflavor"].TextOrNull.ShouldBe("generic");
        product.Tags["subarches"].TextOrNull.ShouldBe("generic,ga-24.04");
        product.Tags["x-unknown"].MapOrNull!["kept"].ListOrNull!.Count.ShouldBe(2);
        var items = product.Versions["20260309"].Items;
        items.Keys.ShouldBe(["boot-initrd", "boot-kernel", "manifest", "squashfs"]);
        items["boot-kernel"].Tags["kpackage"].TextOrNull.ShouldBe("linux-generic");
        items["boot-kernel"].Tags["x-item"].ScalarOrNull.ShouldBe("1.50");
        foreach (var item in document.Flatten())
        {
            var reply = await GetAsync(item.GetPathOrNull()!.Value.ToUrlPath());
            reply.Status.ShouldBe(200);
            reply.Body.Length.ShouldBe((int)item.GetSizeOrNull()!.Value);
            Convert.ToHexStringLower(SHA256.HashData(reply.Body)).ShouldBe(item.GetSha256OrNull());
        }
    }

    [Fact]
    public async Task A_set_that_is_not_complete_is_not_named()
    {
        await Stock.AddNobleAsync(_region, complete: false);
        (await IndexAsync()).Entries.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Each_shape_has_its_document_and_what_strict_readers_reject_is_in_the_other_index()
    {
        await Stock.AddNobleAsync(_region);
        await Stock.AddAsync(_region, "centos/centos70", "amd64/generic", "20240622_01", [("root-tgz", "tarball"), ("manifest", "packages")]);
        await Stock.AddAsync(
            _region, "grub-efi-signed/uefi", "amd64/generic", "20230222.0", [("archive.tar.xz", "loader")],
            r => r.BootloaderType = "uefi",
            s =>
            {
                s.Files[0].ItemName = "grub2-signed";
                s.Files[0].ItemTags = """{"src_package":"grub2-signed","src_release":"jammy","src_version":"1"}""";
                s.ProductTags = """{"arches":"amd64"}""";
            });
        await Stock.AddAsync(_region, "rocky9-gold", "amd64/generic", "20260203", [("root-dd.gz", "disk")], r => r.Kind = ResourceKind.Uploaded);
        await Stock.AddAsync(_region, "windows/win2022", "amd64/generic", "20260203", [("root-dd.gz", "another disk")]);
        await Stock.AddAsync(_region, "debian/empty", "amd64/generic", "1", [("boot-kernel", ""), ("boot-initrd", "x")]);

        (await IndexAsync()).Entries.Keys.ShouldBe(["org.bootdepot:1:bootloader-download", "org.bootdepot:bases-download", "org.bootdepot:v3:download"]);
        var custom = DocumentReader.ReadIndex((await GetAsync("streams/v1/custom.json")).Body);
        custom.Entries.Keys.ShouldBe(["org.bootdepot:custom:download"]);
        (await ProductsAsync("org.bootdepot:custom:download")).Products.Count.ShouldBe(3);
        var loader = (await ProductsAsync("org.bootdepot:1:bootloader-download")).Products.Values.Single();
        loader.Tags.Keys.ShouldBe(["arch", "arches", "bootloader-type", "label", "os"]);
        loader.Versions.Values.Single().Items.Keys.ShouldBe(["grub2-signed"]);
    }

    [Fact]
    public async Task Documents_say_304_to_a_reader_that_has_them_and_change_with_their_content_only()
    {
        await Stock.AddNobleAsync(_region);
        var first = await GetAsync("streams/v1/index.sjson");
        var etag = first.Header("ETag")!;
        (await GetAsync("streams/v1/index.sjson", r => r.Headers.TryAddWithoutValidation("If-None-Match", etag))).Status.ShouldBe(304);
        await _region.RestartAsync();
        (await GetAsync("streams/v1/index.sjson")).Body.ShouldBe(first.Body);
        await Stock.AddNobleAsync(_region, "20260401");
        var second = await GetAsync("streams/v1/index.sjson", r => r.Headers.TryAddWithoutValidation("If-None-Match", etag));
        second.Status.ShouldBe(200);
        DocumentReader.ReadIndex((await GetAsync("streams/v1/index.json")).Body).UpdatedAt!.Value
            .ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(-5));
        (await ProductsAsync("org.bootdepot:v3:download")).Products.Values.Single().Versions.Keys.ShouldBe(["20260309", "20260401"]);
    }

    [Theory]
    [InlineData("bytes=0-9", 206, "bytes 0-9/20", "0123456789")]
    [InlineData("bytes=15-", 206, "bytes 15-19/20", "fghij")]
    [InlineData("bytes=-3", 206, "bytes 17-19/20", "hij")]
    [InlineData("bytes=-300", 206, "bytes 0-19/20", "0123456789abcdefghij")]
    [InlineData("bytes=19-500", 206, "bytes 19-19/20", "j")]
    [InlineData("bytes=20-", 416, "bytes */20", "")]
    [InlineData("bytes=-0", 416, "bytes */20", "")]
    [InlineData("bytes=0-1,5-6", 200, null, "0123456789abcdefghij")]
    [InlineData("bytes=9-3", 200, null, "0123456789abcdefghij")]
    [InlineData("lines=1-2", 200, null, "0123456789abcdefghij")]
    public async Task Items_are_served_in_ranges(string range, int status, string? contentRange, string body)
    {
        var (sha256, _) = await Stock.StoreAsync(_region.Get<IBlobStore>(), "0123456789abcdefghij"u8.ToArray());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Base}sha256/{sha256}/squashfs");
        request.Headers.TryAddWithoutValidation("Range", range);
        using var response = await _region.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldBe(body);
        response.Content.Headers.ContentRange?.ToString().ShouldBe(contentRange);
        response.Content.Headers.ContentLength.ShouldBe(body.Length);
        response.Headers.ETag!.Tag.ShouldBe($"\"{sha256}\"");
        response.Headers.CacheControl!.ToString().ShouldContain("immutable");
    }

    [Fact]
    public async Task A_range_with_another_If_Range_gives_the_whole_and_HEAD_gives_lengths()
    {
        var (sha256, size) = await Stock.StoreAsync(_region.Get<IBlobStore>(), "0123456789"u8.ToArray());
        var path = $"sha256/{sha256}/boot-kernel";
        (await GetAsync(path, r =>
        {
            r.Headers.Range = new RangeHeaderValue(5, null);
            r.Headers.TryAddWithoutValidation("If-Range", "\"other\"");
        })).Body.Length.ShouldBe(10);
        (await GetAsync(path, r =>
        {
            r.Headers.Range = new RangeHeaderValue(5, null);
            r.Headers.TryAddWithoutValidation("If-Range", $"\"{sha256}\"");
        })).Body.Length.ShouldBe(5);
        using var head = await _region.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Base + path));
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe(size);
        using var document = await _region.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Base + "streams/v1/index.json"));
        document.Content.Headers.ContentLength!.Value.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("streams/v1/no-such.json")]
    [InlineData("sha256/0000000000000000000000000000000000000000000000000000000000000000/x")]
    [InlineData("sha256/zz/x")]
    [InlineData("%2e%2e/%2e%2e/bootdepot.db")]
    public async Task What_is_not_there_is_a_404_with_a_body(string path)
    {
        var reply = await GetAsync(path);
        reply.Status.ShouldBe(404);
        reply.Body.Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Colons_may_be_percent_encoded_and_writing_is_refused()
    {
        await Stock.AddNobleAsync(_region);
        (await GetAsync("streams/v1/org.bootdepot%3Av3%3Adownload.json")).Status.ShouldBe(200);
        (await _region.SendAsync("POST", Base + "streams/v1/index.json")).Status.ShouldBe(405);
    }

    [Fact]
    public async Task The_signing_key_is_readable_by_its_owner_only()
    {
        await GetAsync("streams/v1/index.json");
        File.GetUnixFileMode(Path.Combine(_region.DataDirectory, "keys", "stream-signing.key"))
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Curl_gpgv_and_sha256sum_alone_verify_the_stream_and_every_file_in_it()
    {
        await Stock.AddNobleAsync(_region);
        await Stock.AddAsync(_region, "centos/centos70", "amd64/generic", "20240622_01", [("root-tgz", "tarball"), ("manifest", "packages")]);
        var script = $$"""
            set -eu
            cd "$(mktemp -d)"; trap 'rm -rf "$PWD"' EXIT
            base={{_region.Host.Url}}MAAS/images-stream
            curl -fsS -o keyring.gpg $base/streams/v1/keyring.gpg
            get() { mkdir -p "$(dirname "$1")"; curl -fsS -o "$1" "$base/$1"; }
            verify() { get "$1"; get "$1.gpg"; gpgv -q --keyring ./keyring.gpg "$1.gpg" "$1" 2>/dev/null; }
            verify streams/v1/index.json
            get streams/v1/index.sjson
            gpgv -q --keyring ./keyring.gpg streams/v1/index.sjson 2>/dev/null
            grep -o '"path": "[^"]*"' streams/v1/index.json | cut -d'"' -f4 | while read -r document; do
              verify "$document"
              awk -F'"' '/"path":/ { p = $4 } /"sha256":/ { print $4 "  " p }' "$document" >>sums
            done
            cut -c67- sums | while read -r item; do get "$item"; done
            sha256sum --strict -c sums | grep -c OK
            """;
        (await Shell.RunAsync(script)).ShouldBe("6\n");
    }

    private static VerificationPolicy Policy() => new(DateTimeOffset.UtcNow);

    private async Task<StreamIndex> IndexAsync() => DocumentReader.ReadIndex((await GetAsync("streams/v1/index.json")).Body);

    private async Task<ProductDocument> ProductsAsync(string contentId) =>
        DocumentReader.ReadProducts((await GetAsync($"streams/v1/{contentId}.json")).Body, expectedContentId: contentId);

    private async Task<Reply> GetAsync(string path, Action<HttpRequestMessage>? adjust = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Base + path);
        adjust?.Invoke(request);
        using var response = await _region.Http.SendAsync(request, CancellationToken.None);
        return await Reply.ReadAsync(response);
    }
}
