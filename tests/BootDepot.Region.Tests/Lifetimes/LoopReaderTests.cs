using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>
/// A mirror that reads the index and then everything that it names never meets something that is gone, whatever is changed meanwhile, and
/// however often the region is killed: it is refused while there is none, and nothing else.
/// </summary>
/// <remarks>
/// <c>BOOTDEPOT_READER_CHANGES=500 tests/BootDepot.Region.Tests/bin/Release/net10.0/BootDepot.Region.Tests --filter-class
/// '*LoopReaderTests' --show-live-output on</c> makes five hundred changes.
/// </remarks>
public sealed class LoopReaderTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const string Stream = "/MAAS/images-stream/";

    // Short, so that collections have something to remove; what an index named longer ago than that may be gone.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private static readonly int Changes = int.Parse(Environment.GetEnvironmentVariable("BOOTDEPOT_READER_CHANGES") ?? "20", CultureInfo.InvariantCulture);

    private readonly TempFolder _data = new();
    private readonly SignedTree _stream = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(1) };
    private readonly Random _random = new(20260309);
    private readonly CancellationTokenSource _ended = new();
    private FakeMirror _mirror = null!;
    private RegionProcess _region = null!;
    private long _collected;
    private int _kills;
    private int _rounds;
    private int _files;
    private int _late;
    private int _refusals;
    private volatile bool _hasCustom;

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Who_reads_the_index_gets_all_that_it_names_through_changes_collections_and_kills()
    {
        _mirror = await FakeMirror.StartAsync();
        _region = new RegionProcess(_data.Path) { Grace = Grace, KeepsPort = true };
        await _region.StartAsync();
        Publish("0");
        (await AskAsync("POST", "boot-sources/", ("url", _mirror.Url), ("keyring_data", Convert.ToBase64String(_stream.Keyring)))).Status.ShouldBe(201);
        (await AskAsync("POST", "maas/?op=set_config", ("name", "boot_images_keep_versions"), ("value", "3"))).Status.ShouldBe(200);
        await ImportAsync();
        var readers = Enumerable.Range(0, 2).Select(_ => ReadLoopAsync()).ToList();
        for (var change = 1; change <= Changes && !readers.Exists(r => r.IsFaulted); change++)
        {
            // In one of eight the region ends while the change is made, or a moment before or after.
            var kill = _random.Next(8) == 0 ? KillAsync(_random.Next(300)) : Task.CompletedTask;
            await ChangeAsync(change);
            await kill;
        }

        await _ended.CancelAsync();
        await Task.WhenAll(readers);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Changes} changes, {_kills} kills, {_collected} blobs collected; {_rounds} rounds of {_files} files, {_refusals} times refused, {_late} files gone {Grace.TotalSeconds} s after their index"));
        _rounds.ShouldBeGreaterThan(Changes / 20);
        _kills.ShouldBeGreaterThan(Changes / 25);
        if (Changes >= 500)
            _collected.ShouldBeGreaterThan(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _region.DisposeAsync();
        await _mirror.DisposeAsync();
        _stream.Dispose();
        _http.Dispose();
        _ended.Dispose();
        _data.Dispose();
    }

    private async Task KillAsync(int delay)
    {
        await Task.Delay(delay);
        await _region.KillAndStartAsync();
        Interlocked.Increment(ref _kills);
    }

    private async Task ChangeAsync(int change)
    {
        var image = ("image", "ubuntu/noble");
        switch (_random.Next(9))
        {
            case 0:
                await AskAsync("POST", "image-versions/?op=rollback", image);
                break;
            case 1 or 2:
                await AskAsync("POST", "image-versions/?op=promote", image);
                break;
            case 3 or 4:
                Publish(change.ToString("0000", CultureInfo.InvariantCulture));
                await ImportAsync();
                break;
            case 5:
                var resources = (await AskAsync("GET", "boot-resources/")).Json.EnumerateArray().ToList();
                if (resources.Count > 0)
                    await AskAsync("DELETE", $"boot-resources/{resources[_random.Next(resources.Count)].GetProperty("id")}/?force=true");
                break;
            case 6:
                var deleted = (await AskAsync("GET", "deleted-images/")).Json;
                if (deleted.GetArrayLength() > 0)
                    await AskAsync("POST", $"deleted-images/{deleted[0].GetProperty("id")}/?op=restore");
                break;
            case 7:
                await UploadAsync();
                break;
            default:
                var report = await AskAsync("POST", "storage/?op=collect");
                if (report.Status == 200)
                    _collected += report.Json.GetProperty("blobs").GetInt32();
                break;
        }
    }

    private void Publish(string version)
    {
        _stream.AddUbuntu(_mirror, version: version);
        // Without a manifest: the region writes one for its own stream.
        var jammy = _stream.AddUbuntu(_mirror, "jammy", "22.04", version);
        var only = jammy.Versions.Values.Single();
        _stream.Add(SignedTree.Ubuntu, jammy with
        {
            Versions = SignedTree.Map([only with { Items = SignedTree.Map(only.Items.Values.Where(i => i.Name != "manifest"), i => i.Name) }], v => v.Name),
        });
        _stream.AddLoader(_mirror);
        _stream.Publish(_mirror);
    }

    private async Task ImportAsync()
    {
        await AskAsync("POST", "boot-resources/?op=import");
        while ((await AskAsync("GET", "boot-resources/?op=is_importing")).Text.Trim() != "false")
            await Task.Delay(20);
    }

    private async Task UploadAsync()
    {
        var bytes = Seed.Bytes(3000, _random.Next(6));
        var begun = await AskAsync(
            "POST", "boot-resources/", ("name", "mine"), ("architecture", "amd64/generic"), ("sha256", Seed.Sha256(bytes)), ("force", "true"),
            ("size", bytes.Length.ToString(CultureInfo.InvariantCulture)));
        if (Uploads.UploadClient.UriOrNull(begun) is { } uri)
            await AskAsync("PUT", uri, () => new ByteArrayContent(bytes));
    }

    private Task<Reply> AskAsync(string method, string path, params (string, string)[] form) =>
        AskAsync(method, path, () => form.Length > 0 ? Seed.Form(form) : null);

    // As the administrator, again and again while there is no region.
    private async Task<Reply> AskAsync(string method, string path, Func<HttpContent?> body)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var reply = await _region.SendAsync(_http, method, path, body());
                if (reply.Status != 503)
                    return reply;
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(2))
            {
                Interlocked.Increment(ref _refusals);
            }

            await Task.Delay(50);
        }
    }

    private async Task ReadLoopAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            var read = Stopwatch.GetTimestamp();
            foreach (var index in new[] { "index", "custom" })
            {
                var isThere = index == "index" || _hasCustom;
                var reply = await AskAsync("GET", $"{Stream}streams/v1/{index}.json");
                // There is none of uploads before the first.
                if (reply.Status == 404 && !isThere)
                    continue;
                _hasCustom |= index == "custom";
                reply.Status.ShouldBe(200, index);
                await ReadAllAsync(reply.Json, read);
            }

            Interlocked.Increment(ref _rounds);
            await Task.Delay(50);
        }
    }

    private async Task ReadAllAsync(JsonElement index, long read)
    {
        foreach (var entry in index.GetProperty("index").EnumerateObject())
        {
            var path = entry.Value.GetProperty("path").GetString()!;
            var products = await AskAsync("GET", Stream + path);
            products.Status.ShouldBe(200, path);
            foreach (var (itemPath, sha256) in ItemsOf(products.Json))
            {
                var reply = await AskAsync("GET", Stream + itemPath);
                if (reply.Status == 404 && Stopwatch.GetElapsedTime(read) > Grace)
                {
                    Interlocked.Increment(ref _late);
                    continue;
                }

                reply.Status.ShouldBe(200, $"{path}: {itemPath}, {Stopwatch.GetElapsedTime(read)} after the index");
                Seed.Sha256(reply.Body).ShouldBe(sha256, itemPath);
                Interlocked.Increment(ref _files);
            }
        }
    }

    private static IEnumerable<(string Path, string Sha256)> ItemsOf(JsonElement document) =>
        from product in document.GetProperty("products").EnumerateObject()
        from version in product.Value.GetProperty("versions").EnumerateObject()
        from item in version.Value.GetProperty("items").EnumerateObject()
        select (item.Value.GetProperty("path").GetString()!, item.Value.GetProperty("sha256").GetString()!);
}
