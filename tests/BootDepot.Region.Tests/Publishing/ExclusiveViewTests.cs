using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog.Resources;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Publishing;

/// <summary>Images that only private views have: neither named nor given to anybody else.</summary>
public sealed class ExclusiveViewTests : IAsyncLifetime
{
    private const string Own = "/MAAS/images-stream/";
    private const string Secret = "the tenant's disk";
    private const string Shared = "a root that the public has, too";
    private RegionFixture _region = null!;

    public async ValueTask InitializeAsync()
    {
        _region = await RegionFixture.StartAsync(o => o with { DefaultSource = null, AutoImport = false });
        await Stock.AddNobleAsync(_region);
        await AddUploadAsync("golden", "20260203", ("root-dd.gz", "a public disk"), ("root-tgz", Shared));
        await AddUploadAsync("tenant", "20260203", ("root-dd.gz", Secret), ("root-tgz", Shared));
    }

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Fact]
    public async Task What_an_exclusive_view_takes_is_named_and_given_to_its_tokens_only()
    {
        await CreateAsync("all", "*/*");
        (await NamesAsync(Own)).ShouldContain("custom/tenant");
        var before = await UpdatedAsync(Own, "custom");
        (await StatusAsync(Own + PathOf(Secret))).ShouldBe(200);

        await CreateAsync("tenant", "uploaded:custom/tenant", ("private", "true"), ("exclusive", "true"));
        await CreateAsync("neighbour", "ubuntu/*", ("private", "true"));
        var token = await TokenAsync("tenant");
        var foreign = await TokenAsync("neighbour");

        // Nobody else is told of it, at once, and what one was told of before is there no more.
        foreach (var root in new[] { Own, Own + "views/all/" })
        {
            (await NamesAsync(root)).ShouldBe(["custom/golden", "ubuntu/noble"]);
            (await StatusAsync(root + PathOf(Secret))).ShouldBe(404);
            (await StatusAsync(root + PathOf(Secret), token)).ShouldBe(404);
            (await StatusAsync(root + PathOf(Secret) + "?own")).ShouldBe(404);
            (await StatusAsync(root + PathOf(Secret), method: HttpMethod.Head)).ShouldBe(404);
        }

        (await UpdatedAsync(Own, "custom")).ShouldBeGreaterThan(before);
        (await StatusAsync(Own + "views/neighbour/" + PathOf(Secret), foreign)).ShouldBe(404);
        (await StatusAsync($"{Own}private/{foreign}/{PathOf(Secret)}")).ShouldBe(404);
        foreach (var wrong in new[] { null, foreign, "guessed" })
        {
            (await StatusAsync(Own + "views/tenant/streams/v1/custom.sjson", wrong)).ShouldBe(401);
            (await StatusAsync(Own + "views/tenant/" + PathOf(Secret), wrong)).ShouldBe(401);
        }

        // Its own token has it whole, by both ways.
        (await NamesAsync(Own + "views/tenant/", token)).ShouldBe(["custom/tenant"]);
        foreach (var (root, sent) in new[] { (Own + "views/tenant/", token), ($"{Own}private/{token}/", null) })
        {
            var keyring = Keyring.Parse(await BytesAsync(root + "streams/v1/keyring.gpg", sent));
            ClearSignedText.Verify(await BytesAsync(root + "streams/v1/custom.sjson", sent), keyring, new VerificationPolicy(DateTimeOffset.UtcNow));
            var items = await ItemsAsync(root, sent);
            items.Count.ShouldBe(2);
            foreach (var item in items)
                Seed.Sha256(await BytesAsync(root + item["path"], sent)).ShouldBe(item["sha256"]);
        }

        // A blob that the public has, too, stays public.
        (await StatusAsync(Own + PathOf(Shared))).ShouldBe(200);
        (await StatusAsync(Own + "views/all/" + PathOf("a public disk"))).ShouldBe(200);

        (await _region.AdminAsync("POST", "views/tenant/?op=revoke_token", Seed.Form(("token_name", "site")))).Status.ShouldBe(204);
        (await StatusAsync(Own + "views/tenant/" + PathOf(Secret), token)).ShouldBe(401);
    }

    [Fact]
    public async Task It_is_public_again_as_soon_as_the_view_says_so_and_dates_only_rise()
    {
        await CreateAsync("tenant", "uploaded:custom/tenant", ("private", "true"), ("exclusive", "true"));
        var updated = await UpdatedAsync(Own, "custom");
        foreach (var (method, form) in new[] { ("PUT", Seed.Form(("exclusive", "false"))), ("PUT", Seed.Form(("images", "uploaded:custom/none"))), ("DELETE", null) })
        {
            (await NamesAsync(Own)).ShouldNotContain("custom/tenant");
            (await StatusAsync(Own + PathOf(Secret))).ShouldBe(404);
            (await _region.AdminAsync(method, "views/tenant/", form)).Status.ShouldBeOneOf(200, 204);
            (await NamesAsync(Own)).ShouldContain("custom/tenant");
            (await StatusAsync(Own + PathOf(Secret))).ShouldBe(200);
            var opened = await UpdatedAsync(Own, "custom");
            opened.ShouldBeGreaterThan(updated);
            if (method == "PUT")
                await _region.AdminAsync("PUT", "views/tenant/", Seed.Form(("images", "uploaded:custom/tenant"), ("exclusive", "true")));
            updated = await UpdatedAsync(Own, "custom");
            updated.ShouldBeGreaterThanOrEqualTo(opened);
        }
    }

    [Fact]
    public async Task What_is_not_an_image_yet_or_no_more_is_not_given_either_and_boot_loaders_are()
    {
        await Stock.AddAsync(
            _region, "grub-efi-signed/uefi", "amd64/generic", "20260203", [("grub2-signed", "loader")], r => r.BootloaderType = "uefi");
        await CreateAsync("tenant", "*/*", ("private", "true"), ("exclusive", "true"));
        (await StatusAsync(Own + PathOf("loader"))).ShouldBe(200);
        (await StatusAsync(Own + PathOf("a public disk"))).ShouldBe(404);
        await _region.AdminAsync("PUT", "views/tenant/", Seed.Form(("images", "uploaded:custom/tenant")));

        // Bytes that nothing public refers to: an upload before its end, or what a deleted image left behind.
        await Stock.StoreAsync(_region.Get<IBlobStore>(), Encoding.UTF8.GetBytes("not an image yet"));
        (await StatusAsync(Own + PathOf("not an image yet"))).ShouldBe(404);
        await AddUploadAsync("tenant", "20260301", ("root-dd.gz", "the tenant's next disk"));
        (await StatusAsync(Own + PathOf("the tenant's next disk"))).ShouldBe(404);
        var id = (await _region.AdminAsync("GET", "boot-resources/?type=uploaded")).Json.EnumerateArray()
            .Single(r => r.GetProperty("name").GetString()!.EndsWith("tenant", StringComparison.Ordinal)).GetProperty("id").GetInt32();
        (await _region.AdminAsync("DELETE", $"boot-resources/{id}/")).Status.ShouldBe(204);
        (await StatusAsync(Own + PathOf(Secret))).ShouldBe(404);
    }

    [Fact]
    public async Task A_view_that_is_exclusive_and_public_is_refused_and_the_way_out_is_named()
    {
        var made = await _region.AdminAsync("POST", "views/", Seed.Form(("name", "a"), ("images", "*/*"), ("exclusive", "true")));
        made.Status.ShouldBe(400, made.Text);
        made.Json.GetProperty("exclusive")[0].GetString()!.ShouldContain("private=true");
        await CreateAsync("a", "uploaded:*/*", ("private", "true"), ("exclusive", "true"));
        (await _region.AdminAsync("PUT", "views/a/", Seed.Form(("private", "false")))).Status.ShouldBe(400);
        (await StatusAsync(Own + PathOf(Secret))).ShouldBe(404);
        var opened = await _region.AdminAsync("PUT", "views/a/", Seed.Form(("private", "false"), ("exclusive", "false")));
        (opened.Status, opened.Json.GetProperty("exclusive").GetBoolean()).ShouldBe((200, false));
        (await StatusAsync(Own + PathOf(Secret))).ShouldBe(200);
    }

    private static string PathOf(string content) => $"sha256/{Seed.Sha256(Encoding.UTF8.GetBytes(content))}/x";

    private Task<ResourceSet> AddUploadAsync(string name, string version, params (string Filename, string Content)[] files) => Stock.AddAsync(
        _region, name, "amd64/generic", version, [.. files], r => r.Kind = ResourceKind.Uploaded, s => s.Label = "uploaded");

    private async Task CreateAsync(string name, string images, params (string, string)[] more)
    {
        var made = await _region.AdminAsync("POST", "views/", Seed.Form([("name", name), ("images", images), .. more]));
        made.Status.ShouldBe(200, made.Text);
    }

    private async Task<string> TokenAsync(string view)
    {
        var token = (await _region.AdminAsync("POST", $"views/{view}/?op=create_token", Seed.Form(("token_name", "site")))).Json.GetProperty("token").GetString()!;
        SecretWatch.Know("token of a view", token);
        return token;
    }

    private async Task<int> StatusAsync(string path, string? token = null, HttpMethod? method = null)
    {
        using var response = await SendAsync(path, token, method ?? HttpMethod.Get);
        return (int)response.StatusCode;
    }

    private async Task<byte[]> BytesAsync(string path, string? token)
    {
        using var response = await SendAsync(path, token, HttpMethod.Get);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string? token, HttpMethod method)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("any:" + token)));
        return await _region.Http.SendAsync(request);
    }

    private async Task<List<FlatItem>> ItemsAsync(string root, string? token = null)
    {
        var items = new List<FlatItem>();
        foreach (var index in new[] { "index", "custom" })
        {
            if (await StatusAsync($"{root}streams/v1/{index}.json", token) == 404)
                continue;
            foreach (var entry in DocumentReader.ReadIndex(await BytesAsync($"{root}streams/v1/{index}.json", token)).Entries.Values)
                items.AddRange(DocumentReader.ReadProducts(await BytesAsync(root + entry.PathText!, token)).Flatten());
        }

        return items;
    }

    private async Task<IReadOnlyList<string>> NamesAsync(string root, string? token = null) =>
        [.. (await ItemsAsync(root, token)).Select(i => $"{i["os"]}/{i["release"]}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private async Task<DateTimeOffset> UpdatedAsync(string root, string index) =>
        StreamTime.ParseOrNull(DocumentReader.ReadIndex(await BytesAsync($"{root}streams/v1/{index}.json", null)).Updated)!.Value;
}
