using System;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Sources;
using BootDepot.Region.Imports;
using BootDepot.Region.Tests.Imports;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Tests.Publishing;

/// <summary>Parts of what is held, published as streams of their own.</summary>
public sealed class ViewTests : IAsyncLifetime
{
    private const string Edge = "/MAAS/images-stream/views/edge/";
    private RegionFixture _region = null!;

    public async ValueTask InitializeAsync()
    {
        _region = await RegionFixture.StartAsync(o => o with { DefaultSource = null, AutoImport = false });
        await Stock.AddNobleAsync(_region);
        await Stock.AddAsync(
            _region, "ubuntu/jammy", "arm64/ga-22.04", "20260309", [("boot-kernel", "jammy kernel"), ("boot-initrd", "jammy initrd"), ("squashfs", "jammy root")],
            r => (r.KernelFlavor, r.Subarches) = ("generic", "generic,ga-22.04"));
        await Stock.AddAsync(_region, "golden", "amd64/generic", "20260203", [("root-dd.gz", "disk")], r => r.Kind = ResourceKind.Uploaded, s => s.Label = "uploaded");
    }

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Fact]
    public async Task A_view_is_a_signed_stream_of_what_it_names_and_of_nothing_else()
    {
        var made = await _region.AdminAsync("POST", "views/", Seed.Form(("name", "edge"), ("images", "ubuntu/noble/amd64"), ("images", "uploaded:custom/golden")));
        made.Status.ShouldBe(200, made.Text);
        made.Json.GetProperty("path").GetString().ShouldBe(Edge);
        (await NamesAsync("index")).ShouldBe("ubuntu/noble");
        (await NamesAsync("custom")).ShouldBe("custom/golden");
        var keyring = Keyring.Parse((await _region.SendAsync("GET", Edge + "streams/v1/keyring.gpg")).Body);
        ClearSignedText.Verify((await _region.SendAsync("GET", Edge + "streams/v1/index.sjson")).Body, keyring, new VerificationPolicy(DateTimeOffset.UtcNow));
        foreach (var item in await ItemsAsync("index"))
        {
            var reply = await _region.SendAsync("GET", Edge + item["path"]);
            Convert.ToHexStringLower(SHA256.HashData(reply.Body)).ShouldBe(item["sha256"]);
        }

        // The region's own stream is as it was, and what a view shows follows what is held.
        DocumentReader.ReadIndex((await _region.SendAsync("GET", "/MAAS/images-stream/streams/v1/index.json")).Body).Entries.Values.Single().Products!.Count.ShouldBe(2);
        await Stock.AddNobleAsync(_region, "20260401");
        (await ItemsAsync("index")).Select(i => i["version_name"]).Distinct(StringComparer.Ordinal).ShouldBe(["20260309", "20260401"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_view_is_changed_and_deleted_and_made_again_and_never_goes_back_in_time()
    {
        await _region.AdminAsync("POST", "views/", Seed.Form(("name", "edge"), ("images", "*/*")));
        var first = await UpdatedAsync();
        (await NamesAsync("index")).ShouldBe("ubuntu/jammy ubuntu/noble");
        (await _region.AdminAsync("PUT", "views/edge/", Seed.Form(("images", "*/*/arm64")))).Json.GetProperty("images")[0].GetString().ShouldBe("*/*/arm64");
        (await NamesAsync("index")).ShouldBe("ubuntu/jammy");
        var second = await UpdatedAsync();
        second.ShouldBeGreaterThan(first);
        (await _region.AdminAsync("DELETE", "views/edge/")).Status.ShouldBe(204);
        (await _region.SendAsync("GET", Edge + "streams/v1/index.json")).Status.ShouldBe(404);
        (await _region.AdminAsync("GET", "views/")).Json.GetArrayLength().ShouldBe(0);
        await _region.AdminAsync("POST", "views/", Seed.Form(("name", "edge"), ("images", "*/*")));
        (await UpdatedAsync()).ShouldBeGreaterThan(second);
    }

    [Fact]
    public async Task What_cannot_be_a_view_is_refused_by_field()
    {
        foreach (var (name, images, field) in new[] { ("Edge", "*/*", "name"), ("../x", "*/*", "name"), ("", "*/*", "name"), ("a", "noble", "images"), ("a", "other:ubuntu/noble", "images"), ("a", "", "images") })
        {
            var reply = await _region.AdminAsync("POST", "views/", Seed.Form(("name", name), ("images", images)));
            (reply.Status, reply.Json.TryGetProperty(field, out _)).ShouldBe((400, true), $"{name} {images}: {reply.Text}");
        }

        await _region.AdminAsync("POST", "views/", Seed.Form(("name", "a"), ("images", "*/*")));
        (await _region.AdminAsync("POST", "views/", Seed.Form(("name", "a"), ("images", "*/*")))).Status.ShouldBe(400);
        (await _region.AdminAsync("PUT", "views/b/", Seed.Form(("images", "*/*")))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_private_view_opens_to_its_tokens_only_and_until_they_are_revoked()
    {
        await _region.AdminAsync("POST", "views/", Seed.Form(("name", "edge"), ("images", "ubuntu/noble"), ("private", "true")));
        await _region.AdminAsync("POST", "views/", Seed.Form(("name", "other"), ("images", "*/*"), ("private", "true")));
        var token = await TokenAsync("edge", "site");
        var foreign = await TokenAsync("other", "site");
        (await _region.AdminAsync("POST", "views/edge/?op=create_token", Seed.Form(("token_name", "site")))).Status.ShouldBe(400);
        (await _region.AdminAsync("GET", "views/edge/")).Text.ShouldNotContain(token);

        const string index = "streams/v1/index.sjson";
        using var refused = await _region.Http.GetAsync(Edge + index);
        ((int)refused.StatusCode, refused.Headers.WwwAuthenticate.Single().Scheme).ShouldBe((401, "Basic"));
        (await BasicAsync(Edge + index, "", foreign)).ShouldBe(401);
        (await BasicAsync(Edge + index, "", "guessed")).ShouldBe(401);
        (await BasicAsync(Edge + index, "any", token)).ShouldBe(200);
        (await BasicAsync(Edge + index, token, "")).ShouldBe(200);
        (await _region.SendAsync("GET", $"/MAAS/images-stream/private/{token}/{index}")).Status.ShouldBe(200);
        (await _region.SendAsync("GET", $"/MAAS/images-stream/private/guessed/{index}")).Status.ShouldBe(404);
        // The items, too, below the view's base.
        var path = Edge + (await ItemsAsync("index", token))[0]["path"];
        (await _region.SendAsync("GET", path)).Status.ShouldBe(401);
        (await BasicAsync(path, "any", token)).ShouldBe(200);

        (await _region.AdminAsync("POST", "views/edge/?op=revoke_token", Seed.Form(("token_name", "site")))).Status.ShouldBe(204);
        (await BasicAsync(Edge + index, "any", token)).ShouldBe(401);
        (await _region.SendAsync("GET", $"/MAAS/images-stream/private/{token}/{index}")).Status.ShouldBe(404);
        (await BasicAsync("/MAAS/images-stream/views/other/" + index, "any", foreign)).ShouldBe(200);
        (await _region.AdminAsync("GET", "events/?limit=50")).Text.ShouldNotContain(token);
        // Opened to all.
        (await _region.AdminAsync("PUT", "views/edge/", Seed.Form(("private", "false")))).Json.GetProperty("images")[0].GetString().ShouldBe("ubuntu/noble");
        (await _region.SendAsync("GET", Edge + index)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Another_region_imports_a_private_view_with_its_token_as_password()
    {
        await _region.AdminAsync("POST", "views/", Seed.Form(("name", "edge"), ("images", "ubuntu/noble"), ("private", "true")));
        var token = await TokenAsync("edge", "mirror");
        await using var second = await RegionFixture.StartAsync(o => o with { DefaultSource = null, AutoImport = false });
        var url = new UriBuilder(new Uri(_region.Host.Url, Edge)) { UserName = "view", Password = token };
        var keyring = await _region.Http.GetByteArrayAsync("/MAAS/images-stream/streams/v1/keyring.gpg");
        await second.Get<CatalogDatabase>().ChangeAsync(
            (db, _) =>
            {
                db.BootSources.Add(new BootSource { Url = url.Uri.AbsoluteUri, Name = "view", Priority = 1, KeyringData = keyring });
                return Task.CompletedTask;
            },
            CancellationToken.None);
        var control = second.Get<ImportControl>();
        await control.StartAsync("manual", "admin", CancellationToken.None);
        await ImportFixture.WaitAsync(() => !control.IsImportingHere);
        var progress = control.ProgressOrNull()!;
        progress.State.ShouldBe(ImportState.Done, string.Join('\n', progress.Problems));
        await using var db = await second.Get<CatalogDatabase>().CreateDbContextAsync();
        (await db.Resources.Select(r => r.Name).ToListAsync()).ShouldBe(["ubuntu/noble"]);
    }

    private async Task<string> TokenAsync(string view, string name)
    {
        var token = (await _region.AdminAsync("POST", $"views/{view}/?op=create_token", Seed.Form(("token_name", name)))).Json.GetProperty("token").GetString()!;
        SecretWatch.Know("token of a view", token);
        return token;
    }

    private async Task<int> BasicAsync(string path, string user, string password)
    {
        using var response = await _region.Http.SendAsync(Basic(path, user, password));
        return (int)response.StatusCode;
    }

    private static HttpRequestMessage Basic(string path, string user, string password)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        return request;
    }

    private async Task<byte[]> GetAsync(string path, string? token)
    {
        using var response = await _region.Http.SendAsync(Basic(Edge + path, "any", token ?? ""));
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync();
    }

    private async Task<FlatItem[]> ItemsAsync(string index, string? token = null)
    {
        var documents = DocumentReader.ReadIndex(await GetAsync($"streams/v1/{index}.json", token)).Entries.Values.ToList();
        var items = new System.Collections.Generic.List<FlatItem>();
        foreach (var entry in documents)
            items.AddRange(DocumentReader.ReadProducts(await GetAsync(entry.PathText!, token)).Flatten());
        return [.. items];
    }

    private async Task<string> NamesAsync(string index) => string.Join(
        ' ', (await ItemsAsync(index)).Select(i => $"{i["os"]}/{i["release"]}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private async Task<DateTimeOffset> UpdatedAsync() =>
        StreamTime.ParseOrNull(DocumentReader.ReadIndex(await GetAsync("streams/v1/index.json", null)).Updated)!.Value;
}
