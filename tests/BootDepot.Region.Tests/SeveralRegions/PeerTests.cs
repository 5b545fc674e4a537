using System;
using System.Threading.Tasks;
using BootDepot.Blobs.Files;
using BootDepot.Images;
using BootDepot.Region.Hosting;
using BootDepot.Region.Tests.Uploads;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.SeveralRegions;

/// <summary>Regions that share a PostgreSQL catalogue, each with files of its own.</summary>
[Trait("Backend", "Files")]
public sealed class PeerTests
{
    private const int Size = 3 << 20;

    [Fact]
    public async Task What_one_region_stored_is_copied_by_the_other_and_outlives_it()
    {
        var (catalog, remove) = await CatalogFixture.CreatePostgresAsync();
        try
        {
            await using var one = await RegionFixture.StartAsync(o => o with { Catalog = catalog });
            var before = await StoreAsync(one, "custom/before", 41);
            await using var other = await StartBesideAsync(catalog, one);
            var after = await StoreAsync(one, "custom/after", 42);
            await UntilHeldAsync(other, before);
            await UntilHeldAsync(other, after);
            await one.StopHostAsync();
            foreach (var digest in new[] { before, after })
                Seed.Sha256((await other.SendAsync("GET", $"/MAAS/images-stream/sha256/{digest.Hex}/x")).Body).ShouldBe(digest.Hex);
            (await other.AdminAsync("GET", "boot-resources/")).Text.ShouldContain("custom/after");
        }
        finally
        {
            await remove();
        }
    }

    [Fact]
    public async Task What_is_asked_for_before_it_was_copied_is_fetched_then_and_what_nobody_has_is_a_clear_refusal()
    {
        var (catalog, remove) = await CatalogFixture.CreatePostgresAsync();
        try
        {
            await using var one = await RegionFixture.StartAsync(o => o with { Catalog = catalog });
            var digest = await StoreAsync(one, "custom/asked", 43);
            await using var other = await StartBesideAsync(catalog, one);
            var path = $"/MAAS/images-stream/sha256/{digest.Hex}/x";
            for (var look = 0; look < 3; look++)
            {
                // As if a disk had lost it.
                await OwnFiles(other).DeleteAsync(digest, default);
                Seed.Sha256((await other.SendAsync("GET", path)).Body).ShouldBe(digest.Hex);
                (await OwnFiles(other).SizeOrNullAsync(digest, default)).ShouldBe(Size);
            }

            await OwnFiles(one).DeleteAsync(digest, default);
            Reply refusal;
            do
            {
                // A copy that was under way in the background may still come to its end, once.
                await OwnFiles(other).DeleteAsync(digest, default);
                refusal = await other.SendAsync("GET", path);
            }
            while (refusal.Status == 200);

            refusal.Status.ShouldBe(503);
            refusal.Text.ShouldContain("no other region gives it");
            (await other.SendAsync("GET", path + "?own")).Status.ShouldBe(404);
        }
        finally
        {
            await remove();
        }
    }

    [Fact]
    public async Task What_is_in_no_public_stream_is_copied_by_the_other_region_and_given_to_nobody_else()
    {
        var (catalog, remove) = await CatalogFixture.CreatePostgresAsync();
        try
        {
            await using var one = await RegionFixture.StartAsync(o => o with { Catalog = catalog });
            (await one.AdminAsync("POST", "views/", Seed.Form(("name", "tenant"), ("images", "uploaded:custom/secret"), ("private", "true"), ("exclusive", "true")))).Status.ShouldBe(200);
            var digest = await StoreAsync(one, "custom/secret", 44);
            await using var other = await StartBesideAsync(catalog, one);
            await UntilHeldAsync(other, digest);
            foreach (var region in new[] { one, other })
            {
                var path = $"/MAAS/images-stream/sha256/{digest.Hex}/x";
                (await region.SendAsync("GET", path)).Status.ShouldBe(404);
                (await region.SendAsync("GET", path + "?own")).Status.ShouldBe(404);
                using var guess = new System.Net.Http.HttpRequestMessage(System.Net.Http.HttpMethod.Get, path + "?own");
                guess.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("peer:" + digest.Hex)));
                using var refused = await region.Http.SendAsync(guess);
                ((int)refused.StatusCode).ShouldBe(404);
            }
        }
        finally
        {
            await remove();
        }
    }

    private static async Task<Digest> StoreAsync(RegionFixture region, string name, int seed)
    {
        var bytes = Seed.Bytes(Size, seed);
        (await new UploadClient(region).WholeAsync(name, bytes)).Status.ShouldBe(200);
        return Digest.Parse(Seed.Sha256(bytes));
    }

    private static Task<RegionFixture> StartBesideAsync(Catalog.CatalogOptions catalog, RegionFixture peer) =>
        RegionFixture.StartAsync(o => o with { Catalog = catalog, Blobs = new BlobStorage.InFiles { Peers = [peer.Host.Url] } }, peer);

    private static FileBlobStore OwnFiles(RegionFixture region) => new(new DataFolder(region.DataDirectory).Blobs, TimeProvider.System);

    private static async Task UntilHeldAsync(RegionFixture region, Digest digest)
    {
        var files = OwnFiles(region);
        while (await files.SizeOrNullAsync(digest, TestContext.Current.CancellationToken) != Size)
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }
}
