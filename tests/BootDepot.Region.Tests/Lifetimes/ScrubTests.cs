using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Region.Lifetimes;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>Bytes that rot are found, put aside, and fetched again.</summary>
public sealed class ScrubTests
{
    [Fact]
    public async Task A_flipped_bit_is_found_put_aside_and_fetched_again()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        await f.ImportAsync();
        var blobs = await f.BlobsAsync();
        Flip(f, blobs[2]);
        (await f.Region.AdminAsync("POST", "scrub/?op=start")).Status.ShouldBe(200);
        var state = await WaitAsync(f, s => s.GetProperty("damaged").GetArrayLength() == 1
            && s.GetProperty("damaged")[0].GetProperty("repaired_at").ValueKind != System.Text.Json.JsonValueKind.Null);
        var damaged = state.GetProperty("damaged")[0];
        damaged.GetProperty("sha256").GetString().ShouldBe(blobs[2]);
        damaged.GetProperty("problem").GetString().ShouldBe("damaged");
        damaged.GetProperty("used_by").GetString()!.Length.ShouldBeGreaterThan(10);
        (await f.BlobsAsync()).ShouldBe(blobs);
        Seed.Sha256(await File.ReadAllBytesAsync(PathOf(f, blobs[2]))).ShouldBe(blobs[2]);
        Directory.GetFiles(Path.Combine(f.Region.DataDirectory, "quarantine")).ShouldHaveSingleItem().ShouldContain(blobs[2]);
        (await f.VersionsAsync()).ShouldBe(["20260101 served"]);
        (await f.StreamVersionsAsync()).ShouldBe(["20260101"]);
    }

    [Fact]
    public async Task What_cannot_be_fetched_again_is_not_served_and_said()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        await f.ImportAsync();
        var kernel = f.Mirror.Requests.Single(r => r.Path.EndsWith("boot-kernel", StringComparison.Ordinal)).Path;
        f.Mirror.Remove(kernel.TrimStart('/'));
        var sha = (await f.BlobsAsync()).Single(b => f.Catalog.CreateDbContext().Files.Any(x => x.Sha256 == b && x.FileType == "boot-kernel"));
        File.Delete(PathOf(f, sha));
        var result = await f.Region.Get<BlobScrub>().RunAsync(_ => ValueTask.FromResult<long?>(null), default);
        result.Found.ShouldHaveSingleItem().Problem.ShouldBe("missing");
        (await f.Region.Get<BlobRepair>().RunAsync(default)).ShouldBe(0);
        (await f.VersionsAsync()).ShouldBe(["20260101 incomplete"]);
        (await f.StreamVersionsAsync()).ShouldBeEmpty();
        (await f.Region.UserAsync("GET", "storage/")).Json.GetProperty("damaged_blobs").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_scrub_that_was_cut_off_goes_on_where_it_was()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        await f.ImportAsync();
        var count = (await f.BlobsAsync()).Count;
        using var cut = new System.Threading.CancellationTokenSource();
        var asked = 0;
        await Should.ThrowAsync<OperationCanceledException>(f.Region.Get<BlobScrub>().RunAsync(
            async token =>
            {
                await cut.CancelAsync();
                asked++;
                token.ThrowIfCancellationRequested();
                return 0;
            },
            cut.Token));
        var result = await f.Region.Get<BlobScrub>().RunAsync(_ => ValueTask.FromResult<long?>(null), default);
        (result.Run.Blobs, result.Found.Count).ShouldBe((count, 0));
        result.Run.Id.ShouldBe(1);
        asked.ShouldBe(1);
    }

    private static string PathOf(LifetimeFixture f, string sha) => Path.Combine(f.Region.DataDirectory, "blobs", "sha256", sha[..2], sha);

    private static void Flip(LifetimeFixture f, string sha)
    {
        var path = PathOf(f, sha);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(path, bytes);
    }

    private static async Task<System.Text.Json.JsonElement> WaitAsync(LifetimeFixture f, Func<System.Text.Json.JsonElement, bool> condition)
    {
        for (var i = 0; ; i++)
        {
            var state = (await f.Region.UserAsync("GET", "scrub/")).Json;
            if (condition(state))
                return state;
            i.ShouldBeLessThan(600, state.ToString());
            await Task.Delay(50);
        }
    }
}
