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
        using var other = new CatalogDatabase(CatalogOptions.Sqlite(System.IO.Path.Combine(region.DataDirectory, "bootdepot.db")));
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
}
