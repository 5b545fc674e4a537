using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Api;

/// <summary>What a question costs the database does not depend on how much is in it.</summary>
public sealed class QueryCountTests(ITestOutputHelper output)
{
    private const int Few = 3;
    private const int Many = 60;

    [Fact]
    public async Task Each_endpoint_that_is_read_sends_as_many_queries_for_many_images_as_for_few()
    {
        await using var region = await RegionFixture.StartAsync();
        await Seed.SourceAsync(region);
        await LargeCatalog.FillAsync(region.Catalog, Few, filesPerSet: 2, CancellationToken.None);
        var paths = await PathsAsync(region);
        paths.Count.ShouldBeGreaterThan(15);
        using var counter = await CommandCounter.StartAsync(region.Catalog);
        var few = await CountAsync(region, counter, paths);
        await LargeCatalog.FillAsync(region.Catalog, Many, filesPerSet: 4, CancellationToken.None);
        var many = await CountAsync(region, counter, paths);
        many.Where(p => p.Value > few[p.Key]).Select(p => $"{p.Key}: {few[p.Key]} queries for {Few} images, {p.Value} for {Many}").ShouldBeEmpty();
        foreach (var (path, count) in many)
            output.WriteLine($"{count} {path}");
        // The counter does count.
        few["boot-resources/?include_sets=true"].ShouldBeInRange(1, 6);
    }

    /// <summary>Every path that the region describes and an administrator reads.</summary>
    private static async Task<List<string>> PathsAsync(RegionFixture region)
    {
        var first = (await region.AdminAsync("GET", "boot-resources/")).Json[0].GetProperty("id").GetInt32();
        List<string> paths = [$"boot-resources/{first}/", "boot-resources/?include_sets=true", "boot-sources/1/", "boot-sources/1/selections/"];
        foreach (var resource in (await region.AdminAsync("GET", "describe/")).Json.GetProperty("resources").EnumerateArray())
        {
            if (!resource.TryGetProperty("auth", out var endpoint) || endpoint.ValueKind == JsonValueKind.Null)
                continue;
            var path = endpoint.GetProperty("path").GetString()!;
            if (path.Contains('{', StringComparison.Ordinal))
                continue;
            foreach (var action in endpoint.GetProperty("actions").EnumerateArray().Where(a => a.GetProperty("method").GetString() == "GET"))
                paths.Add(path + (action.GetProperty("op").GetString() is { } op ? $"?op={op}" : ""));
        }

        return [.. paths.Distinct()];
    }

    private static async Task<Dictionary<string, int>> CountAsync(RegionFixture region, CommandCounter counter, List<string> paths)
    {
        var counts = new Dictionary<string, int>();
        foreach (var path in paths)
        {
            var least = int.MaxValue;
            // The region also looks at its catalogue by itself now and then.
            for (var round = 0; round < 3; round++)
            {
                // No answer is the one that was kept from before.
                await region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", "http_proxy"), ("value", $"http://proxy{round}.example/")));
                counter.Reset();
                (await region.AdminAsync("GET", path)).Status.ShouldBeLessThan(500, path);
                least = Math.Min(least, counter.Commands.Count);
            }

            counts[path] = least;
        }

        return counts;
    }
}
