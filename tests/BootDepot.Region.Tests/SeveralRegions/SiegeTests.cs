using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Imports;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Tests.SeveralRegions;

/// <summary>
/// Two regions behind a load balancer, in use by everybody at once, while one of them is killed every few seconds. How long is set by
/// <c>BOOTDEPOT_SIEGE_SECONDS</c>.
/// </summary>
[Trait("Category", "Slow")]
public sealed class SiegeTests(ITestOutputHelper output)
{
    private const int Chunk = 256 << 10;
    private const int BytesPerSecond = 1_000_000;

    private static readonly TimeSpan Siege = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("BOOTDEPOT_SIEGE_SECONDS") ?? "40", CultureInfo.InvariantCulture));

    // Longer than a region needs to come back.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private int _reads;
    private int _healed;
    private int _uploads;
    private int _kills;
    private int _starts;

    [Fact]
    public async Task Reads_uploads_and_imports_go_on_while_one_region_after_the_other_is_killed()
    {
        await using var mirror = await FakeMirror.StartAsync();
        using var stream = new SignedTree();
        mirror.Pace(BytesPerSecond);
        // More than can be fetched in that time.
        var images = 2 + (int)(Siege.TotalSeconds * BytesPerSecond / (4 << 22));
        for (var image = 0; image < images; image++)
            stream.AddUbuntu(mirror, $"s{image:000}", $"{image}", size: 4 << 20);
        stream.Publish(mirror);

        await using var two = await TwoRegions.StartAsync();
        (await two.SendAsync(two.A, "POST", "boot-sources/", Seed.Form(("url", mirror.Url), ("keyring_data", Convert.ToBase64String(stream.Keyring))))).Status.ShouldBe(201);
        await two.BalanceAsync();
        using var end = new CancellationTokenSource(Siege);
        var users = new[] { ReadAsync(two, end.Token), UploadAsync(two, end.Token), ImportAsync(two, end.Token), KillAsync(two, end.Token), AloneAsync(two, end.Token) };
        await Task.WhenAll(users);

        // Then peace: what was begun is brought to an end.
        mirror.BeforeBytes = null;
        await AskAsync(two, "POST", "boot-resources/?op=import");
        await UntilAsync(async () =>
            (await AskAsync(two, "GET", "boot-resources/?include_sets=true&type=synced")).Json.EnumerateArray().ToList() is var list
            && list.Count == images && list.TrueForAll(r => r.GetProperty("sets").EnumerateObject().Single().Value.GetProperty("complete").GetBoolean()));
        using var catalog = two.OpenCatalog();
        await using var context = catalog.CreateDbContext();
        (await context.Sets.GroupBy(s => new { s.ResourceId, s.Version }).CountAsync(g => g.Count() > 1)).ShouldBe(0);
        (await context.Resources.CountAsync(r => r.Name.StartsWith("siege-"))).ShouldBe(_uploads);
        var total = images * ((4L << 22) + 6);
        var wasted = (mirror.BytesSent - total) / (double)total;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Siege.TotalSeconds:0} s: {_kills} kills, {_starts} imports begun, {_uploads} uploads, {_reads} reads of which {_healed} were asked again; {wasted:P2} of {total} bytes sent more than once"));
        // A short one, on a machine that has other things to do, shows less.
        wasted.ShouldBeLessThan(Siege >= TimeSpan.FromMinutes(5) ? 0.02 : 0.25);
        _kills.ShouldBeGreaterThan(Siege >= TimeSpan.FromMinutes(5) ? (int)(Siege.TotalSeconds / 15) : 1);
        _uploads.ShouldBeGreaterThan(0);
        _reads.ShouldBeGreaterThan(10);
    }

    private async Task KillAsync(TwoRegions two, CancellationToken end)
    {
        while (await PauseAsync(3000, 6000, end))
            await (_kills++ % 2 == 0 ? two.A : two.B).KillAndStartAsync();
    }

    /// <summary>Whatever is named can be fetched whole.</summary>
    private async Task ReadAsync(TwoRegions two, CancellationToken end)
    {
        while (await PauseAsync(50, 150, end))
        {
            var list = await AskAsync(two, "GET", "boot-resources/?include_sets=true");
            var digests = list.Json.EnumerateArray()
                .SelectMany(r => r.GetProperty("sets").EnumerateObject()).SelectMany(s => s.Value.GetProperty("files").EnumerateObject())
                .Where(f => f.Value.GetProperty("complete").GetBoolean()).Select(f => f.Value.GetProperty("sha256").GetString()!).ToList();
            (await AskAsync(two, "GET", "/MAAS/images-stream/streams/v1/index.sjson")).Status.ShouldBe(200);
            if (digests.Count == 0)
                continue;
            var digest = digests[Random.Shared.Next(digests.Count)];
            var file = await AskAsync(two, "GET", $"/MAAS/images-stream/sha256/{digest}/x");
            Seed.Sha256(file.Body).ShouldBe(digest);
        }
    }

    private async Task UploadAsync(TwoRegions two, CancellationToken end)
    {
        while (await PauseAsync(100, 200, end))
        {
            var bytes = Seed.Bytes((8 * Chunk) + _uploads, 1000 + _uploads);
            var form = new[]
            {
                ("name", $"siege-{_uploads}"), ("architecture", "amd64/generic"), ("sha256", Seed.Sha256(bytes)), ("force", "true"),
                ("size", bytes.Length.ToString(CultureInfo.InvariantCulture)),
            };
            // A begin whose answer was lost is begun again, and finds the same upload.
            var begun = await AskAsync(two, "POST", "boot-resources/", () => Seed.Form(form));
            var uri = Uploads.UploadClient.UriOrNull(begun);
            for (long offset = 0; uri is not null && offset < bytes.Length;)
            {
                var from = (int)offset;
                var length = Math.Min(Chunk, bytes.Length - from);
                var answer = await AskAsync(
                    two, "PUT", uri,
                    () =>
                    {
                        var body = new ByteArrayContent(bytes, from, length);
                        body.Headers.TryAddWithoutValidation("Content-Range", $"bytes {from}-{from + length - 1}/{bytes.Length}");
                        return body;
                    });
                answer.Status.ShouldBe(200, answer.Text);
                offset += length;
            }

            var id = begun.Json.GetProperty("id").GetInt32();
            (await AskAsync(two, "GET", $"boot-resources/{id}/")).Text.ShouldContain("\"complete\": true");
            _uploads++;
        }
    }

    private async Task ImportAsync(TwoRegions two, CancellationToken end)
    {
        while (await PauseAsync(0, 500, end))
        {
            await AskAsync(two, "POST", "boot-resources/?op=import");
            _starts++;
            if (!await PauseAsync(8000, 12000, end))
                return;
            await AskAsync(two, "POST", "boot-resources/?op=stop_import");
        }
    }

    /// <summary>Never two imports at the same time.</summary>
    private static async Task AloneAsync(TwoRegions two, CancellationToken end)
    {
        using var catalog = two.OpenCatalog();
        while (!end.IsCancellationRequested)
        {
            await using (var context = catalog.CreateDbContext())
                (await context.ImportRuns.CountAsync(r => r.State == ImportState.Running, CancellationToken.None)).ShouldBeLessThanOrEqualTo(1);
            await Task.Delay(200, CancellationToken.None);
        }
    }

    /// <summary>Through the load balancer, again and again while a region that is away is in the way.</summary>
    private async Task<Reply> AskAsync(TwoRegions two, string method, string path, Func<HttpContent>? body = null)
    {
        var began = Stopwatch.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var last = "";
            try
            {
                var answer = await two.BalancedAsync(method, path, body?.Invoke());
                if (answer.Status is not (502 or 503 or 504))
                {
                    if (method == "GET")
                    {
                        Interlocked.Increment(ref _reads);
                        if (attempt > 0)
                            Interlocked.Increment(ref _healed);
                    }

                    return answer;
                }

                last = $"{answer.Status} {answer.Text}";
            }
            catch (HttpRequestException e)
            {
                last = e.Message;
            }

            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"{method} {path} is not answered: {last}");
            await Task.Delay(100, CancellationToken.None);
        }
    }

    private static async Task<bool> PauseAsync(int least, int most, CancellationToken end)
    {
        await Task.Delay(Random.Shared.Next(least, most), end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !end.IsCancellationRequested;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (!await condition())
            await Task.Delay(500, patience.Token);
    }
}
