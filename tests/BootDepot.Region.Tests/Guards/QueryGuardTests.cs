using System;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog.Imports;
using BootDepot.Images.Racks;
using BootDepot.Region.Changes;
using BootDepot.Region.Tests.Imports;
using BootDepot.Region.Tests.Publishing;
using BootDepot.Region.Tests.Uploads;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Guards;

/// <summary>
/// How many queries the paths send that are walked most, and that this does not grow with what is held. Counts hold on any machine, times
/// do not. Whoever adds a query on purpose raises the bound here; <c>QueryCountTests</c> has the rest of the API.
/// </summary>
public sealed class QueryGuardTests(ITestOutputHelper output)
{
    private const int Few = 10;
    private const int Many = 200;

    [Fact]
    public async Task Requests_of_clients_send_few_queries_and_no_more_for_200_images_than_for_10()
    {
        await using var region = await RegionFixture.StartAsync();
        using var counter = await CommandCounter.StartAsync(region.Catalog);
        (string Path, int Most)[] paths =
            [("boot-resources/", 2), ("boot-resources/?include_sets=true", 4), ("boot-resources/1/", 2), ("users/?op=whoami", 2)];
        foreach (var images in new[] { Few, Many })
        {
            await LargeCatalog.FillAsync(region.Catalog, images, filesPerSet: 3, CancellationToken.None);
            foreach (var (path, most) in paths)
            {
                await CheckAsync(counter, $"{path} of {images} images", most, async round =>
                {
                    // No answer is the one that was kept from before.
                    region.Get<ChangeSignal>().Raise();
                    counter.Reset();
                    (await region.AdminAsync("GET", path)).Status.ShouldBe(200);
                });
            }
        }
    }

    [Fact]
    public async Task A_download_by_the_stream_sends_none()
    {
        await using var region = await RegionFixture.StartAsync();
        var (sha256, _) = await Stock.StoreAsync(region.Get<IBlobStore>(), Seed.Bytes(100_000));
        using var counter = await CommandCounter.StartAsync(region.Catalog);
        await CheckAsync(counter, "download", 0, async _ =>
            (await region.SendAsync("GET", $"/MAAS/images-stream/sha256/{sha256}/squashfs")).Status.ShouldBe(200));
    }

    [Fact]
    public async Task A_stream_made_anew_sends_as_many_for_200_images_as_for_10_and_one_that_stands_sends_none()
    {
        await using var region = await RegionFixture.StartAsync();
        using var counter = await CommandCounter.StartAsync(region.Catalog);
        async Task AskAsync() => (await region.SendAsync("GET", "/MAAS/images-stream/streams/v1/index.sjson")).Status.ShouldBe(200);
        foreach (var images in new[] { Few, Many })
        {
            await LargeCatalog.FillAsync(region.Catalog, images, filesPerSet: 3, CancellationToken.None);
            await CheckAsync(counter, $"stream of {images} images made anew", 7, async _ =>
            {
                region.Get<ChangeSignal>().Raise();
                await AskAsync();
            });
            await CheckAsync(counter, $"stream of {images} images that stands", 0, _ => AskAsync());
            var next = 0;
            await CheckAsync(counter, $"stream of {images} images after one more came", 9, async _ =>
            {
                await Stock.AddAsync(region, "ubuntu/noble", "amd64/generic", $"{images}-{next++}", [("boot-kernel", "k")]);
                counter.Reset();
                await AskAsync();
            });
        }
    }

    [Fact]
    public async Task A_chunk_of_an_upload_sends_as_many_at_its_end_as_at_its_beginning()
    {
        await using var region = await RegionFixture.StartAsync();
        using var counter = await CommandCounter.StartAsync(region.Catalog);
        var client = new UploadClient(region);
        const int Chunks = 100;
        var bytes = Seed.Bytes(Chunks * 1000);
        var uri = UploadClient.UriOrNull(await client.BeginAsync("custom/chunks", bytes))!;
        var counts = new int[Chunks];
        for (var chunk = 0; chunk < Chunks; chunk++)
        {
            counter.Reset();
            (await client.PutAsync(uri, bytes[(chunk * 1000)..((chunk + 1) * 1000)])).Status.ShouldBe(200);
            counts[chunk] = counter.Commands.Count;
        }

        output.WriteLine($"chunks: {string.Join(' ', counts)}");
        // Without the first, which begins, and the last, which completes; of the others the most frequent, as the region looks around by itself.
        counts[1..^1].GroupBy(c => c).MaxBy(g => g.Count())!.Key.ShouldBeLessThanOrEqualTo(2);
        counts[^10..^1].Min().ShouldBe(counts[1..10].Min());
        counts[^1].ShouldBeLessThanOrEqualTo(15);
    }

    [Fact]
    public async Task An_import_that_finds_nothing_new_sends_as_many_for_200_images_as_for_10()
    {
        await using var fixture = await ImportFixture.CreateAsync();
        using var counter = await CommandCounter.StartAsync(fixture.CatalogOptions);
        var counts = new int[2];
        foreach (var (images, at) in new[] { (Few, 0), (Many, 1) })
        {
            for (var image = 0; image < images; image++)
                fixture.Stream.AddUbuntu(fixture.Mirror, $"r{image}", $"{image}.04", size: 10);
            fixture.Stream.Publish(fixture.Mirror);
                (await fixture.ImportAsync()).Problems.ShouldBeEmpty();
            (await fixture.ServedAsync()).Count.ShouldBe(images + 2);
            counts[at] = await CheckAsync(counter, $"import of {images} images, nothing new", 30, async _ =>
                (await fixture.ImportAsync()).State.ShouldBe(ImportState.Done));
        }

        // Now and then a run says how far it is.
        counts[1].ShouldBeLessThanOrEqualTo(counts[0] + 5);
    }

    [Fact]
    public async Task A_racks_report_and_question_send_as_many_for_200_images_as_for_10()
    {
        await using var region = await RegionFixture.StartAsync();
        using var counter = await CommandCounter.StartAsync(region.Catalog);
        var token = (await region.AdminAsync("POST", "racks/?op=create_token")).Json.GetProperty("token").GetString()!;
        var rack = JsonSerializer.Deserialize(
            (await SendAsync(region, HttpMethod.Post, "rack/enrolment/", null, JsonSerializer.Serialize(
                new RackEnrolmentRequest { Token = token, Hostname = "rack1" }, RackWire.Default.RackEnrolmentRequest))).Body,
            RackWire.Default.RackEnrolment)!;
        foreach (var images in new[] { Few, Many })
        {
            await LargeCatalog.FillAsync(region.Catalog, images, filesPerSet: 3, CancellationToken.None);
            var states = Enumerable.Range(0, images).Select(i => new RackImageState
            {
                Name = $"ubuntu/r{i:00000}", Architecture = "amd64/generic", Label = "stable", Version = "20260309", State = "synced",
            });
            var report = JsonSerializer.Serialize(new RackReport { Version = "1", Images = [.. states] }, RackWire.Default.RackReport);
            await CheckAsync(counter, $"report on {images} images", 3, async _ =>
                (await SendAsync(region, HttpMethod.Post, "rack/report/", rack.Key, report)).Status.ShouldBe(204));
            await CheckAsync(counter, $"a rack's question to a region of {images} images", 5, async _ =>
                (await SendAsync(region, HttpMethod.Get, "rack/configuration/", rack.Key, null)).Status.ShouldBe(200));
        }
    }

    private static async Task<Reply> SendAsync(RegionFixture region, HttpMethod method, string path, string? key, string? body)
    {
        using var request = new HttpRequestMessage(method, "/MAAS/api/2.0/" + path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        using var response = await region.Http.SendAsync(request);
        return await Reply.ReadAsync(response);
    }

    /// <summary>The least of several rounds: the region also looks at its catalogue by itself now and then.</summary>
    private async Task<int> CheckAsync(CommandCounter counter, string what, int most, Func<int, Task> act)
    {
        string[] least = [];
        for (var round = 0; round < 6; round++)
        {
            counter.Reset();
            await act(round);
            string[] commands = [.. counter.Commands];
            // The first round warms up.
            if (round == 1 || (round > 1 && commands.Length < least.Length))
                least = commands;
        }

        output.WriteLine($"{least.Length} {what}");
        least.Length.ShouldBeLessThanOrEqualTo(most, $"{what}:\n{string.Join("\n\n", least)}");
        return least.Length;
    }
}
