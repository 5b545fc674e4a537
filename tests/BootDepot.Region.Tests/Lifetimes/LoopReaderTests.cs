using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Tests.Imports;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>A mirror that reads the index and then everything that it names never meets something that is gone.</summary>
public sealed class LoopReaderTests
{
    private const int Changes = 500;

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Who_reads_the_index_gets_all_that_it_names_through_500_changes_and_collections()
    {
        await using var f = await LifetimeFixture.CreateAsync(ImportFixture.Quick with { Grace = TimeSpan.FromMinutes(30) });
        await VersionTests.KeepAsync(f, 3);
        await f.ImportAsync();
        await f.ImportVersionAsync("20260102");
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => ReadLoopAsync(f, done.Token)).ToList();
        var random = new Random(20260309);
        for (var change = 0; change < Changes; change++)
            await ChangeAsync(f, random, change);
        await done.CancelAsync();
        var rounds = await Task.WhenAll(readers);
        rounds.Sum().ShouldBeGreaterThan(Changes / 20);
    }

    private static async Task ChangeAsync(LifetimeFixture f, Random random, int change)
    {
        (string, string) image = ("image", "ubuntu/noble");
        switch (random.Next(8))
        {
            case 0 or 1:
                await f.ActAsync("rollback", image);
                break;
            case 2 or 3:
                await f.ActAsync("promote", image);
                break;
            case 4:
                await f.ImportVersionAsync($"2026{(change / 28) + 2:00}{(change % 28) + 1:00}.{change}");
                break;
            case 5:
                var versions = (await f.Region.UserAsync("GET", "image-versions/?image=ubuntu/noble")).Json;
                if (versions.GetArrayLength() > 0)
                    await f.Region.AdminAsync("DELETE", $"boot-resources/{versions[0].GetProperty("resource_id")}/?force=true");
                break;
            case 6:
                var deleted = (await f.Region.UserAsync("GET", "deleted-images/")).Json;
                if (deleted.GetArrayLength() > 0)
                    await f.Region.AdminAsync("POST", $"deleted-images/{deleted[0].GetProperty("id")}/?op=restore");
                break;
            default:
                (await f.Region.AdminAsync("POST", "storage/?op=collect")).Status.ShouldBeOneOf(200, 409);
                break;
        }
    }

    private static async Task<int> ReadLoopAsync(LifetimeFixture f, CancellationToken done)
    {
        const string stream = "/MAAS/images-stream/";
        var rounds = 0;
        while (!done.IsCancellationRequested)
        {
            var index = await f.Region.SendAsync("GET", stream + "streams/v1/index.json");
            index.Status.ShouldBe(200);
            foreach (var entry in index.Json.GetProperty("index").EnumerateObject().ToList())
            {
                var path = entry.Value.GetProperty("path").GetString()!;
                var products = await f.Region.SendAsync("GET", stream + path);
                // The index may be older than the documents: one that the newer index does not name any more may be gone.
                if (products.Status == 404)
                    continue;
                products.Status.ShouldBe(200, path);
                foreach (var item in ItemsOf(products.Json))
                {
                    var reply = await f.Region.SendAsync("GET", stream + item.Path);
                    reply.Status.ShouldBe(200, item.Path);
                    Seed.Sha256(reply.Body).ShouldBe(item.Sha256);
                }
            }

            rounds++;
        }

        return rounds;
    }

    private static IEnumerable<(string Path, string Sha256)> ItemsOf(JsonElement document) =>
        from product in document.GetProperty("products").EnumerateObject()
        from version in product.Value.GetProperty("versions").EnumerateObject()
        from item in version.Value.GetProperty("items").EnumerateObject()
        select (item.Value.GetProperty("path").GetString()!, item.Value.GetProperty("sha256").GetString()!);
}
