using System.Linq;
using System.Threading.Tasks;
using BootDepot.Catalog;

namespace BootDepot.Region.Tests.Api;

/// <summary>The list of images is kept rendered; nobody may notice.</summary>
public sealed class ImageListTests
{
    [Fact]
    public async Task A_list_shows_every_commit_at_once_whoever_made_it()
    {
        await using var region = await RegionFixture.StartAsync();
        (await NamesAsync(region)).ShouldBeEmpty();
        await Seed.SyncedAsync(region, "ubuntu/noble");
        (await NamesAsync(region)).ShouldBe(["ubuntu/noble"]);

        // As another process would.
        using var other = new CatalogDatabase(region.Catalog);
        await other.ChangeAsync(
            (db, _) =>
            {
                db.Resources.Single().Name = "ubuntu/jammy";
                return Task.CompletedTask;
            },
            default);
        (await NamesAsync(region)).ShouldBe(["ubuntu/jammy"]);
        (await NamesAsync(region)).ShouldBe(["ubuntu/jammy"]);
        (await region.UserAsync("GET", "boot-resources/?type=uploaded")).ShouldBeJson(200, "[]");
    }

    private static async Task<string?[]> NamesAsync(RegionFixture region) =>
        [.. (await region.UserAsync("GET", "boot-resources/")).Json.EnumerateArray().Select(r => r.GetProperty("name").GetString())];

    [Fact]
    public async Task A_list_with_sets_has_each_image_as_it_is_read_alone()
    {
        await using var region = await RegionFixture.StartAsync();
        var synced = await Seed.SyncedAsync(region);
        var bytes = Seed.Bytes(1000, 950);
        var client = new Uploads.UploadClient(region);
        var path = Uploads.UploadClient.UriOrNull(await client.BeginAsync("custom/listed", bytes))!;
        await client.PutAsync(path, bytes[..250]);
        var list = (await region.UserAsync("GET", "boot-resources/?include_sets=true")).Json.EnumerateArray().ToList();
        list.Count.ShouldBe(2);
        foreach (var image in list)
        {
            var alone = (await region.UserAsync("GET", image.GetProperty("resource_uri").GetString()!)).Json;
            System.Text.Json.JsonElement.DeepEquals(image, alone).ShouldBeTrue(image.GetRawText());
        }

        list[0].GetProperty("id").GetInt32().ShouldBe(synced);
        list[1].GetRawText().ShouldContain("\"progress\": 25.0");
        (await region.UserAsync("GET", "boot-resources/?include_sets=true&type=uploaded")).Json.GetArrayLength().ShouldBe(1);
        (await region.UserAsync("GET", "boot-resources/?include_sets=false")).Json[0].TryGetProperty("sets", out _).ShouldBeFalse();
    }
}
