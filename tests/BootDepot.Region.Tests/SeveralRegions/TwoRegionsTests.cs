using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog.Imports;
using BootDepot.Images;
using BootDepot.Simplestreams.Documents;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Tests.SeveralRegions;

/// <summary>Real processes, a real PostgreSQL, a real S3 server, a real load balancer.</summary>
[Trait("Category", "Slow")]
public sealed class TwoRegionsTests(ITestOutputHelper output)
{
    private const int Chunk = 4 << 20;
    private const int ImageSize = 24 << 20;
    private const int Images = 3;
    // Slow, so that each step finds the import in the middle, whatever else the machine does.
    private const int BytesPerSecond = 2_000_000;

    [Fact]
    public async Task Chunks_of_one_upload_alternate_between_regions_of_which_one_is_killed_now_and_then()
    {
        await using var two = await TwoRegions.StartAsync();
        var bytes = new byte[(9 * Chunk) + 777];
        new Random(5).NextBytes(bytes);
        var begun = await two.SendAsync(two.B, "POST", "boot-resources/", Seed.Form([
            ("name", "shared"), ("architecture", "amd64/generic"), ("sha256", Seed.Sha256(bytes)),
            ("size", bytes.Length.ToString(CultureInfo.InvariantCulture))]));
        var uri = Uploads.UploadClient.UriOrNull(begun)!;

        for (var n = 0; n * Chunk < bytes.Length; n++)
        {
            var region = n % 2 == 0 ? two.A : two.B;
            var chunk = bytes.AsMemory(n * Chunk, Math.Min(Chunk, bytes.Length - (n * Chunk))).ToArray();
            var answer = await two.SendAsync(region, "PUT", uri, new ByteArrayContent(chunk));
            answer.Status.ShouldBe(200, $"chunk {n}: {answer.Text}");
            if (n % 4 == 2)
                await region.KillAndStartAsync();
        }

        await two.BalanceAsync();
        var id = begun.Json.GetProperty("id").GetInt32();
        for (var look = 0; look < 4; look++)
            (await two.BalancedAsync("GET", $"boot-resources/{id}/")).Text.ShouldContain("\"complete\": true");
        (await HashAsync(two, Digest.Parse(Seed.Sha256(bytes)))).ShouldBe(Seed.Sha256(bytes));

        // A nonce counts once in a region; a balancer may repeat a read at the other one (docs/decisions/0017).
        var header = RegionFixture.Sign(two.Key);
        (await StatusAsync(two.A, header)).ShouldBe(200);
        (await StatusAsync(two.A, header)).ShouldBe(401);
        (await StatusAsync(two.B, header)).ShouldBe(200);

        async Task<int> StatusAsync(RegionProcess region, string authorization)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(region.Url, "/MAAS/api/2.0/users/?op=whoami"));
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await two.Http.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task An_import_is_stopped_from_the_other_region_and_taken_over_from_a_killed_one()
    {
        await using var mirror = await FakeMirror.StartAsync();
        using var stream = new SignedTree();
        var digests = Compose(mirror, stream);
        mirror.Pace(BytesPerSecond);
        await using var two = await TwoRegions.StartAsync();
        (await two.SendAsync(two.A, "POST", "boot-sources/", Seed.Form([("url", mirror.Url), ("keyring_data", Convert.ToBase64String(stream.Keyring))]))).Status.ShouldBe(201);

        await two.SendAsync(two.A, "POST", "boot-resources/?op=import");
        await UntilAsync(() => Task.FromResult(mirror.BytesSent > ImageSize / 2));
        (await two.SendAsync(two.B, "POST", "boot-resources/?op=import")).Status.ShouldBe(200); // joins
        (await two.SendAsync(two.B, "GET", "boot-resources/?op=is_importing")).Text.Trim().ShouldBe("true");
        (await two.SendAsync(two.B, "GET", "imports/current/?wait=0.3")).Json.GetProperty("state").GetString().ShouldBe("running");
        var end = two.SendAsync(two.B, "GET", "imports/current/?wait=25");
        (await two.SendAsync(two.B, "POST", "boot-resources/?op=stop_import")).Status.ShouldBe(200);
        (await end).Json.GetProperty("state").GetString().ShouldBe("stopped");
        (await two.SendAsync(two.A, "GET", "boot-resources/?op=is_importing")).Text.Trim().ShouldBe("false");
        var whenStopped = await KeptAsync(two);

        mirror.Pace(BytesPerSecond);
        var asked = mirror.Requests.Count;
        await two.SendAsync(two.B, "POST", "boot-resources/?op=import");
        Dictionary<string, long> kept = [];
        await UntilAsync(async () => (kept = await KeptAsync(two)).Values.Sum() > whenStopped.Values.Sum() + (ImageSize / 4));
        CheckWentOn(mirror, asked, whenStopped);
        await two.B.KillAsync();
        var killed = TimeProvider.System.GetTimestamp();
        asked = mirror.Requests.Count;
        mirror.BeforeBytes = null;
        await UntilAsync(() => Task.FromResult(mirror.Requests.Skip(asked).Any(r => r.Path.EndsWith("squashfs", StringComparison.Ordinal))));
        var takenOver = TimeProvider.System.GetElapsedTime(killed);
        await two.B.StartAsync();
        await UntilAsync(async () => (await two.SendAsync(two.B, "GET", "boot-resources/?op=is_importing")).Text.Trim() == "false");

        using var catalog = two.OpenCatalog();
        await using var context = catalog.CreateDbContext();
        var runs = await context.ImportRuns.OrderBy(r => r.Id).Select(r => r.State).ToListAsync();
        runs.ShouldBe([ImportState.Stopped, ImportState.Interrupted, ImportState.Done]);
        (await context.Sets.CountAsync(s => s.CompletedAt != null)).ShouldBe(Images);
        (await context.Sets.CountAsync()).ShouldBe(Images);
        foreach (var digest in digests)
            (await HashAsync(two, digest)).ShouldBe(digest.Hex);
        takenOver.ShouldBeLessThan(TimeSpan.FromMinutes(2), "some seconds as a rule");
        CheckWentOn(mirror, asked, kept);
        output.WriteLine($"taken over after {takenOver.TotalSeconds:0.0} s: kept {string.Join(", ", kept)}");
    }

    /// <summary>How much of each image is kept, by its path at the mirror.</summary>
    private static async Task<Dictionary<string, long>> KeptAsync(TwoRegions two)
    {
        var store = two.OpenStore();
        await using var closing = (IAsyncDisposable)store;
        var partials = new Dictionary<PartialName, long>();
        await foreach (var partial in store.ListPartialsAsync(CancellationToken.None))
            partials.Add(partial.Name, partial.Received);
        var kept = new Dictionary<string, long>();
        foreach (var path in Enumerable.Range(0, Images).Select(PathOf))
        {
            var digest = Digest.Parse(Image(path).Sha256);
            kept.Add(path, await store.SizeOrNullAsync(digest, CancellationToken.None) ?? partials.GetValueOrDefault(PartialName.Of(digest)));
        }

        return kept;
    }

    private static string PathOf(int image) => $"r{image}/squashfs";

    private static GeneratedBytes Image(string path) => new((path[1] - '0') + 1, ImageSize);

    /// <summary>
    /// Each transfer after that many requests went on where it had been kept, or later: nothing that was kept is fetched again. (What a
    /// killed region had received since is lost with it.)
    /// </summary>
    private static void CheckWentOn(FakeMirror mirror, int after, Dictionary<string, long> kept)
    {
        foreach (var request in mirror.Requests.Skip(after).Where(r => r.Path.EndsWith("squashfs", StringComparison.Ordinal)))
        {
            var from = request.Range is null ? 0 : long.Parse(request.Range["bytes=".Length..^1], CultureInfo.InvariantCulture);
            from.ShouldBeGreaterThanOrEqualTo(kept[request.Path], request.Path);
        }
    }

    private static Digest[] Compose(FakeMirror mirror, SignedTree stream)
    {
        var digests = Enumerable.Range(0, Images).Select(image =>
        {
            var product = stream.AddUbuntu(mirror, $"r{image}", $"{image}");
            var bytes = Image(PathOf(image));
            mirror.Put(PathOf(image), bytes);
            var item = SignedTree.Item("squashfs", "squashfs", PathOf(image), bytes);
            stream.Add(SignedTree.Ubuntu, product with
            {
                Versions = SignedTree.Map([new ProductVersion { Name = "1", Items = SignedTree.Map([item], i => i.Name) }], v => v.Name),
            });
            return Digest.Parse(bytes.Sha256);
        }).ToArray();
        stream.Publish(mirror);
        return digests;
    }

    private static async Task<string> HashAsync(TwoRegions two, Digest digest)
    {
        var store = two.OpenStore();
        await using var closing = (IAsyncDisposable)store;
        await using var blob = await store.OpenOrNullAsync(digest, 0, CancellationToken.None) ?? throw new IOException($"{digest.Hex} is not in the store.");
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(blob));
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (!await condition())
            await Task.Delay(50, patience.Token);
    }
}
