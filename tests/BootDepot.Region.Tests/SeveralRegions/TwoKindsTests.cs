using System.Threading.Tasks;
using BootDepot.Region.Tests.Uploads;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.SeveralRegions;

/// <summary>One process with catalogues of both kinds, as there is while a database is moved.</summary>
public sealed class TwoKindsTests
{
    [Fact]
    public async Task Regions_on_SQLite_and_on_PostgreSQL_work_in_one_process()
    {
        var (postgres, remove) = await CatalogFixture.CreatePostgresAsync();
        try
        {
            await using var one = await RegionFixture.StartAsync();
            await using var other = await RegionFixture.StartAsync(options => options with { Catalog = postgres });
            foreach (var region in new[] { one, other })
            {
                var client = new UploadClient(region);
                (await client.WholeAsync("custom/kinds", Seed.Bytes(1000, 31))).Status.ShouldBe(200);
                (await client.StatusAsync("custom/kinds")).GetProperty("state").GetString().ShouldBe("complete");
                (await region.UserAsync("GET", "boot-resources/")).Text.ShouldContain("custom/kinds");
            }
        }
        finally
        {
            await remove();
        }
    }
}
