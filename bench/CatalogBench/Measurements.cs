using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Images.Planning;
using BootDepot.Images.Products;
using BootDepot.Images.Retention;
using BootDepot.Region.Imports;
using BootDepot.Region.Imports.Planning;
using BootDepot.Region.Lifetimes;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.CatalogBench;

/// <summary>One row of the table.</summary>
internal sealed record Measured(string What, double Median, double P95, double Cpu)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Median:0.0} | {P95:0.0} | {Cpu:0.0}");
}

/// <summary>What is measured of a catalogue, whatever its database.</summary>
internal static class Measurements
{
    private const int SourceId = 1;

    public static async Task<List<Measured>> RunAsync(CatalogOptions options, CancellationToken none)
    {
        using var catalog = new CatalogDatabase(options);
        await catalog.EnsureReadyAsync(none);
        await LargeCatalog.FillAsync(options, resources: 10_000, filesPerSet: 20, none);
        var held = await CatalogSnapshot.ReadAsync(catalog, none);
        var images = held.Sets.Select(Offer).ToList();
        var store = new ListedStore(held.Held);
        return
        [
            await MeasureAsync("list of 10,000 resources", 200, () => WithContextAsync(catalog, c => ResourceList.ListAsync(c, kind: null, none))),
            await MeasureAsync("one resource", 400, () => WithContextAsync(catalog, c => ResourceList.ReadOrNullAsync(c, 500, none))),
            await MeasureAsync("who uses a blob", 400, () => WithContextAsync(catalog, c => c.Files.CountAsync(f => f.Sha256 == "00", none))),
            await MeasureAsync("published sets, all files", 8, () => catalog.SnapshotAsync(CountPublishedAsync, none)),
            await MeasureAsync("plan, nothing new", 8, () => PlanAsync(catalog, images, none)),
            await MeasureAsync("collection, 200,000 blobs", 8, () => new BlobCollection(catalog, store, new ImportOptions(), TimeProvider.System).RunAsync(dryRun: false, none)),
            await MeasureAsync("change, synced to disk", 200, () => catalog.ChangeAsync(TouchAsync, none)),
        ];
    }

    private static async Task WithContextAsync(CatalogDatabase catalog, Func<CatalogContext, Task> run)
    {
        await using var context = await catalog.CreateDbContextAsync();
        await run(context);
    }

    private static async Task<int> CountPublishedAsync(CatalogContext context, CancellationToken cancel)
    {
        var files = 0;
        await foreach (var set in PublishedSets.ReadAsync(context, cancel))
            files += set.Files.Count;
        return files;
    }

    // What an import does when its documents are the same: reads the catalogue, and finds that all of it is there.
    private static async Task PlanAsync(CatalogDatabase catalog, List<OfferedImage> images, CancellationToken cancel)
    {
        var snapshot = await CatalogSnapshot.ReadAsync(catalog, cancel);
        var source = new PlanSource(SourceId, Priority: 1, IsEnabled: true, IsWhollyRead: true, [], images);
        var plan = Planner.Plan([source], snapshot.Sets, snapshot.Held, new RetentionPolicy(1, 0));
        if (plan.Blobs.Count > 0)
            throw new InvalidOperationException($"{plan.Blobs.Count} blobs would be fetched, of images that are all held.");
    }

    private static Task TouchAsync(CatalogContext context, CancellationToken cancel) =>
        context.Files.Where(f => f.Id == 7).ExecuteUpdateAsync(s => s.SetProperty(f => f.StoredAt, DateTimeOffset.UnixEpoch), cancel);

    private static OfferedImage Offer(HeldSet set) => new()
    {
        Key = set.Key,
        ContentId = "com.ubuntu.maas:stable:v3:download",
        ProductName = "com.ubuntu.maas.stable:v3:boot:" + set.Key,
        Os = "ubuntu",
        Release = set.Key.ToString(),
        Subarch = "generic",
        Label = set.Label,
        Subarches = set.Subarches,
        Version = set.Version,
        Files = [.. set.Files.Select(f => new OfferedFile(f.Filename, FileType.DefaultUpload, f.Digest, f.Size, f.Filename, f.Filename))],
    };

    private static async Task<Measured> MeasureAsync(string what, int times, Func<Task> run)
    {
        var walls = new List<double>(times);
        var cpu = TimeSpan.Zero;
        for (var i = 0; i < times; i++)
        {
            // The first quarter warms up.
            if (i == times / 4)
                cpu = Environment.CpuUsage.TotalTime;
            var began = Stopwatch.GetTimestamp();
            await run();
            walls.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        var warm = walls.Skip(times / 4).Order().ToList();
        return new Measured(what, warm[warm.Count / 2], warm[(int)(warm.Count * 0.95)], (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / warm.Count);
    }
}
