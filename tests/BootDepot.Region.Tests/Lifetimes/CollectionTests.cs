using System;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Region.Tests.Imports;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>What is removed when, and what the storage report says of it.</summary>
public sealed class CollectionTests
{
    [Fact]
    public async Task The_grace_period_survives_a_restart()
    {
        var clock = new Testing.ManualClock(DateTimeOffset.UtcNow);
        await using var f = await LifetimeFixture.CreateAsync(
            ImportFixture.Quick with { Grace = TimeSpan.FromHours(4), CollectionInterval = TimeSpan.FromDays(9) }, adjust: o => o with { Time = clock });
        await f.ImportAsync();
        var first = await f.BlobsAsync();
        await f.ImportVersionAsync("20260201");
        var both = await f.BlobsAsync();
        both.Count.ShouldBeGreaterThan(first.Count);
        (await CollectAsync(f)).ShouldBe((0, 0));
        clock.Advance(TimeSpan.FromHours(3));
        var collection = f.Region.Get<BootDepot.Region.Lifetimes.BlobCollection>();
        (await collection.RunAsync(dryRun: true, default)).Blobs.ShouldBe(0);
        clock.Advance(TimeSpan.FromHours(1.1));
        (await collection.RunAsync(dryRun: true, default)).Blobs.ShouldBe(4, "a dry run says what would go");
        (await f.BlobsAsync()).ShouldBe(both);
        // Not through the API: its keys are only good at the present time.
        var report = await collection.RunAsync(dryRun: false, default);
        (report.Blobs, report.Versions).ShouldBe((4, 1));
        (await f.BlobsAsync()).Count.ShouldBe(first.Count);
        (await f.ImportAsync()).FetchedBytes.ShouldBe(0);
    }

    [Fact]
    public async Task What_nothing_refers_to_waits_from_when_it_was_seen_and_goes_whatever_happened_between()
    {
        await using var f = await LifetimeFixture.CreateAsync(ImportFixture.Quick with { Grace = TimeSpan.FromSeconds(1) });
        await f.ImportAsync();
        var known = await f.BlobsAsync();
        await using (var writer = await f.Blobs.WriteAsync(Blobs.PartialName.OfUpload("stray"), 3, default))
        {
            await writer.AppendAsync(new byte[] { 1, 2, 3 }, default);
            await writer.CommitAsync(null, default);
        }

        (await CollectAsync(f)).Blobs.ShouldBe(0);
        await f.Region.RestartAsync();
        await ImportFixture.WaitAsync(() => DateTimeOffset.UtcNow - f.Region.Get<BootDepot.Catalog.CatalogDatabase>().CreateDbContext().UnreferencedBlobs.Single().Since >= TimeSpan.FromSeconds(1));
        // The restarted region has the default grace of hours, so the wait is asked of a collector with the short one.
        var collection = new BootDepot.Region.Lifetimes.BlobCollection(
            f.Catalog, f.Blobs, ImportFixture.Quick with { Grace = TimeSpan.FromSeconds(1) }, TimeProvider.System);
        (await collection.RunAsync(dryRun: false, default)).Blobs.ShouldBe(1);
        (await f.BlobsAsync()).ShouldBe(known);
    }

    [Fact]
    public async Task The_storage_report_says_what_uses_how_much()
    {
        await using var f = await LifetimeFixture.CreateAsync(ImportFixture.Quick with { Grace = TimeSpan.FromHours(1) });
        await f.ImportAsync();
        await f.ImportVersionAsync("20260201");
        var report = (await f.Region.UserAsync("GET", "storage/")).Json;
        report.GetProperty("level").GetString().ShouldBe("ok");
        report.GetProperty("served").GetInt64().ShouldBe(8006 + 500);
        report.GetProperty("deleted").GetInt64().ShouldBe(8006);
        report.GetProperty("reclaimable").GetInt64().ShouldBe(8006);
        (await f.Region.UserAsync("POST", "storage/?op=collect")).Status.ShouldBe(403);
    }

    private static async Task<(int Blobs, int Versions)> CollectAsync(LifetimeFixture f)
    {
        var reply = await f.Region.AdminAsync("POST", "storage/?op=collect");
        reply.Status.ShouldBe(200, reply.Text);
        return (reply.Json.GetProperty("blobs").GetInt32(), reply.Json.GetProperty("versions").GetInt32());
    }
}
