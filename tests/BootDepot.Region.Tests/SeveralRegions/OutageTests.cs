using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.S3;
using BootDepot.Region.Hosting;
using BootDepot.Region.Imports;
using BootDepot.Testing;
using BootDepot.Transfers;

namespace BootDepot.Region.Tests.SeveralRegions;

/// <summary>What a region leans on goes away for a while in the middle of everything. The length is set by <c>BOOTDEPOT_OUTAGE_SECONDS</c>.</summary>
[Trait("Category", "Slow")]
public sealed class OutageTests(ITestOutputHelper output)
{
    private const int ImageSize = 16 << 20;
    private const int BytesPerSecond = 2_000_000;
    private const int Chunk = 1 << 20;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("BOOTDEPOT_OUTAGE_SECONDS") ?? "6", CultureInfo.InvariantCulture));

    [Fact]
    public async Task An_import_and_an_upload_outlive_PostgreSQL_restarting_and_S3_refusing()
    {
        var postgres = await PostgresServer.StartAsync();
        var s3 = await S3Server.StartGatewayAsync();
        using var folder = new TempFolder();
        await using var mirror = await FakeMirror.StartAsync();
        using var stream = new SignedTree();
        try
        {
            var bucket = new S3Options { Endpoint = s3.Endpoint, Bucket = "outage", AccessKey = s3.AccessKey, SecretKey = s3.SecretKey };
            await s3.MakeBucketAsync(bucket.Bucket);
            await using var region = new RegionProcess(folder["data"], postgres.ConnectionTo(await postgres.CreateDatabaseAsync()), JsonSerializer.Serialize(bucket));
            await region.StartAsync();
            using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
            Fill(mirror, stream);
            (await region.SendAsync(http, "POST", "boot-sources/", Seed.Form(("url", mirror.Url), ("keyring_data", Convert.ToBase64String(stream.Keyring))))).Status.ShouldBe(201);
            (await region.SendAsync(http, "POST", "boot-resources/?op=import")).Status.ShouldBe(200);
            using var ends = new CancellationTokenSource(TimeSpan.FromMinutes(15));
            var bytes = Seed.Bytes(24 * Chunk, 77);
            var upload = UploadAsync(region, http, bytes, ends.Token);

            await UntilAsync(() => Task.FromResult(mirror.BytesSent > ImageSize / 4), ends.Token);
            await s3.PauseAsync();
            await DuringAsync(Outage, async () =>
            {
                // What needs no image bytes is answered as ever.
                var list = await region.SendAsync(http, "GET", "boot-sources/");
                list.Status.ShouldBe(200, list.Text);
            });
            region.HasEnded.ShouldBeFalse();
            (await region.SendAsync(http, "GET", "imports/current/")).Text.ShouldContain("Waiting for the store: ");
            await s3.ResumeAsync();

            await UntilAsync(async () => (await region.SendAsync(http, "GET", "boot-resources/?op=is_importing")).Status == 200, ends.Token);
            await postgres.PauseAsync();
            await DuringAsync(Outage / 2, async () =>
            {
                var list = await region.SendAsync(http, "GET", "boot-sources/");
                list.Status.ShouldBe(503, list.Text);
                list.Text.ShouldContain("PostgreSQL");
            });
            region.HasEnded.ShouldBeFalse();
            await postgres.ResumeAsync();

            var file = await upload;
            await UntilAsync(
                async () => await region.SendAsync(http, "GET", "boot-resources/?include_sets=true") is { Status: 200 } list
                    && list.Json.EnumerateArray().Count(r => r.GetProperty("sets").EnumerateObject().Any(s => s.Value.GetProperty("complete").GetBoolean())) == 4,
                ends.Token);
            region.HasEnded.ShouldBeFalse();
            var whole = await region.SendAsync(http, "GET", $"/MAAS/images-stream/sha256/{file}/x");
            Seed.Sha256(whole.Body).ShouldBe(file);
            // By itself: a run that something cut off was begun again, and none gave anything up.
            var runs = (await region.SendAsync(http, "GET", "imports/")).Json.EnumerateArray().Select(r => r.GetProperty("state").GetString()).ToList();
            runs.ShouldNotContain("incomplete");
            output.WriteLine($"{mirror.BytesSent} bytes sent for {3 * ImageSize}; runs, newest first: {string.Join(", ", runs)}");
        }
        finally
        {
            await postgres.StopAsync();
            await s3.StopAsync();
        }
    }

    [Fact]
    public async Task An_import_that_ended_because_its_store_was_away_is_begun_again_when_the_store_answers()
    {
        var s3 = await S3Server.StartGatewayAsync();
        await using var mirror = await FakeMirror.StartAsync();
        using var stream = new SignedTree();
        try
        {
            await s3.MakeBucketAsync("away");
            var bucket = new S3Options { Endpoint = s3.Endpoint, Bucket = "away", AccessKey = s3.AccessKey, SecretKey = s3.SecretKey };
            var impatient = new ImportOptions
            {
                Transfers = new TransferSettings { StorePatience = TimeSpan.FromSeconds(1) }, LeaseDuration = TimeSpan.FromSeconds(4),
            };
            await using var region = await RegionFixture.StartAsync(
                o => o with { Blobs = new BlobStorage.InS3(bucket), Imports = impatient, AutoImport = true });
            Fill(mirror, stream);
            (await region.AdminAsync("POST", "boot-sources/", Seed.Form(("url", mirror.Url), ("keyring_data", Convert.ToBase64String(stream.Keyring))))).Status.ShouldBe(201);
            (await region.AdminAsync("POST", "boot-resources/?op=import")).Status.ShouldBe(200);
            using var ends = new CancellationTokenSource(TimeSpan.FromMinutes(10));
            await UntilAsync(() => Task.FromResult(mirror.BytesSent > ImageSize / 8), ends.Token);
            await s3.PauseAsync();
            await UntilAsync(async () => (await region.AdminAsync("GET", "imports/")).Text.Contains("interrupted", StringComparison.Ordinal), ends.Token);
            (await region.AdminAsync("GET", "imports/")).Text.ShouldContain("blobs-unreachable");
            mirror.BeforeBytes = null;
            await s3.ResumeAsync();
            await UntilAsync(
                async () => (await region.AdminAsync("GET", "boot-resources/?include_sets=true")).Json.EnumerateArray()
                    .Count(r => r.GetProperty("sets").EnumerateObject().Any(s => s.Value.GetProperty("complete").GetBoolean())) == 3,
                ends.Token);
        }
        finally
        {
            await s3.StopAsync();
        }
    }

    /// <summary>Chunk by chunk, as a client that asks how far it is when something failed.</summary>
    private async Task<string> UploadAsync(RegionProcess region, HttpClient http, byte[] bytes, CancellationToken cancel)
    {
        var sha256 = Seed.Sha256(bytes);
        var begun = await region.SendAsync(http, "POST", "boot-resources/", Seed.Form(
            ("name", "outage"), ("architecture", "amd64/generic"), ("sha256", sha256), ("size", bytes.Length.ToString(CultureInfo.InvariantCulture)), ("force", "true")));
        var uri = Uploads.UploadClient.UriOrNull(begun)!;
        var failures = 0;
        for (long offset = 0; offset < bytes.Length;)
        {
            var answer = await region.SendAsync(http, "PUT", uri, new ByteArrayContent(bytes, (int)offset, Chunk));
            if (answer.Status == 200)
            {
                offset += Chunk;
                await Task.Delay(300, cancel);
                continue;
            }

            // Never "not found", never "bad request": the client may come again.
            answer.Status.ShouldBe(503, answer.Text);
            failures++;
            await UntilAsync(
                async () =>
                {
                    var progress = await region.SendAsync(http, "GET", uri);
                    if (progress.Status != 200)
                        return false;
                    offset = progress.Json.GetProperty("received").GetInt64();
                    return true;
                },
                cancel);
        }

        output.WriteLine($"upload: {failures} refusals");
        return sha256;
    }

    private static void Fill(FakeMirror mirror, SignedTree stream)
    {
        for (var image = 0; image < 3; image++)
            stream.AddUbuntu(mirror, $"o{image}", $"{image}", size: ImageSize / 4);
        stream.Publish(mirror);
        mirror.Pace(BytesPerSecond);
    }

    private static async Task DuringAsync(TimeSpan time, Func<Task> look)
    {
        var began = Stopwatch.GetTimestamp();
        do
        {
            await look();
            await Task.Delay(500);
        }
        while (Stopwatch.GetElapsedTime(began) < time);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancel)
    {
        while (!await condition())
            await Task.Delay(200, cancel);
    }
}
