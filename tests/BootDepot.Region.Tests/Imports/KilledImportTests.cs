using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Simplestreams.Documents;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Imports;

/// <summary>
/// A region that is killed over and over while it imports, and whose connections are cut, ends with everything, fetched
/// (nearly) once; and whoever looks at it in between is never told of a file that cannot be had whole.
/// </summary>
public sealed class KilledImportTests
{
    private const int Images = 15; // of 4 files each
    private const int Kills = 20;
    private const int Cuts = 20;

    // BOOTDEPOT_KILLED_IMPORT_BYTES makes it smaller while one works on it.
    private static readonly long Total = long.Parse(
        Environment.GetEnvironmentVariable("BOOTDEPOT_KILLED_IMPORT_BYTES") ?? "2147483648", CultureInfo.InvariantCulture);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Twenty_kills_and_twenty_cuts_cost_almost_nothing_and_show_nothing_unfinished()
    {
        using var data = new TempFolder();
        await using var mirror = await FakeMirror.StartAsync();
        using var stream = new SignedTree();
        var total = Compose(mirror, stream);
        var random = new Random(4711);
        using var pace = new Pace(mirror, total, random);

        await using var region = new RegionProcess(data.Path);
        await region.StartAsync();
        await region.AddSourceAsync(mirror.Url, stream.Keyring);
        await region.PostAsync("boot-resources/?op=import");
        using var watching = new CancellationTokenSource();
        var watcher = WatchAsync(region, watching.Token);
        for (var kill = 1; kill <= Kills; kill++)
        {
            var mark = (long)(total * (kill - random.NextDouble()) / (Kills + 1));
            await WaitAsync(() => mirror.BytesSent >= mark, TimeSpan.FromMinutes(15));
            region.Kill();
            await region.StartAsync(); // goes on by itself
        }

        // What a killed process had begun still says that it runs until the next one takes it over; by then nothing may be importing.
        JsonElement current = default;
        await WaitAsync(
            async () =>
            {
                current = JsonDocument.Parse((await region.GetAsync("imports/current/"))!).RootElement;
                return current.GetProperty("state").GetString() != "running" && await region.GetAsync("boot-resources/?op=is_importing") == "false";
            },
            TimeSpan.FromMinutes(15));
        current.GetProperty("state").GetString().ShouldBe("done", current.ToString());
        await WaitAsync(() => watcher.IsCompleted || region.SeenFiles.Count >= Images * 4, TimeSpan.FromMinutes(15));
        await watching.CancelAsync();
        (await watcher).ShouldBeEmpty("nothing that was named could not be had whole");
        region.SeenFiles.Count.ShouldBe(Images * 4, "all files were at last published, and fetched bit by bit");
        pace.CutsLeft.ShouldBe(0);
        var ratio = (double)mirror.BytesSent / total;
        TestContext.Current.TestOutputHelper?.WriteLine($"{total} bytes, {mirror.BytesSent} sent: {ratio:0.0000}");
        ratio.ShouldBeLessThanOrEqualTo(1.02);
    }

    private static long Compose(FakeMirror mirror, SignedTree stream)
    {
        var total = 0L;
        for (var image = 0; image < Images; image++)
        {
            var release = $"r{image}";
            var product = stream.AddUbuntu(mirror, release, $"{image}");
            var items = product.Versions.Values.Single().Items.Keys.Select((name, i) =>
            {
                var size = name == "manifest" ? 5000 : (Total / Images / 6 * (i + 1)) + image;
                var bytes = new GeneratedBytes((image * 10) + i, size);
                mirror.Put($"{release}/{name}", bytes);
                total += size;
                return SignedTree.Item(name, name, $"{release}/{name}", bytes);
            }).ToList();
            stream.Add(SignedTree.Ubuntu, product with
            {
                Versions = SignedTree.Map([new ProductVersion { Name = "1", Items = SignedTree.Map(items, i => i.Name) }], v => v.Name),
            });
        }

        stream.Publish(mirror);
        return total;
    }

    // Reads the stream again and again; every file it names is fetched whole, once.
    private static async Task<List<string>> WatchAsync(RegionProcess region, CancellationToken cancel)
    {
        var wrong = new List<string>();
        while (!cancel.IsCancellationRequested && wrong.Count == 0)
        {
            try
            {
                await LookAsync(region, wrong, cancel);
                await Task.Delay(50, cancel);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                // It was killed at this moment.
            }
        }

        return wrong;
    }

    private static async Task LookAsync(RegionProcess region, List<string> wrong, CancellationToken cancel)
    {
        var stream = $"{region.Url}MAAS/images-stream/";
        var index = DocumentReader.ReadIndex(await region.Http.GetByteArrayAsync($"{stream}streams/v1/index.json", cancel));
        foreach (var entry in index.Entries.Values)
        {
            var document = DocumentReader.ReadProducts(await region.Http.GetByteArrayAsync(stream + entry.PathText, cancel));
            foreach (var item in document.Flatten())
            {
                var sha = item.GetSha256OrNull()!;
                if (region.SeenFiles.ContainsKey(sha))
                    continue;
                using var response = await region.Http.GetAsync(
                    stream + item["path"], HttpCompletionOption.ResponseHeadersRead, cancel);
                if (!response.IsSuccessStatusCode)
                {
                    wrong.Add($"{item["path"]}: {response.StatusCode}");
                    continue;
                }

                await using var body = await response.Content.ReadAsStreamAsync(cancel);
                var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(body, cancel));
                if (found == sha)
                    region.SeenFiles.TryAdd(sha, true);
                else
                    wrong.Add($"{item["path"]}: {found} instead of {sha}");
            }
        }

        await LookAtApiAsync(region, wrong, cancel);
    }

    // What the API calls complete has to be so in the stream or with the next look at it.
    private static async Task LookAtApiAsync(RegionProcess region, List<string> wrong, CancellationToken cancel)
    {
        if (await region.GetAsync("boot-resources/") is not { } list)
            return;
        foreach (var resource in JsonDocument.Parse(list).RootElement.EnumerateArray())
        {
            var detail = await region.GetAsync($"boot-resources/{resource.GetProperty("id").GetInt32()}/");
            if (detail is null)
                continue;
            foreach (var set in JsonDocument.Parse(detail).RootElement.GetProperty("sets").EnumerateObject())
            {
                if (!set.Value.GetProperty("complete").GetBoolean())
                    continue;
                foreach (var file in set.Value.GetProperty("files").EnumerateObject())
                {
                    if (!file.Value.GetProperty("complete").GetBoolean())
                        wrong.Add($"{resource.GetProperty("name")} {set.Name} {file.Name} is not complete in a complete set");
                }
            }
        }
    }

    private static Task WaitAsync(Func<bool> condition, TimeSpan patience) => WaitAsync(() => Task.FromResult(condition()), patience);

    private static async Task WaitAsync(Func<Task<bool>> condition, TimeSpan patience)
    {
        using var cancel = new CancellationTokenSource(patience);
        while (!await condition())
            await Task.Delay(20, cancel.Token);
    }

    /// <summary>
    /// Serves as fast as a good line and as the region reads, so that bytes that were sent were also received; and cuts connections.
    /// </summary>
    private sealed class Pace : IDisposable
    {
        private const long BytesPerSecond = 25_000_000;
        private readonly Lock _gate = new();
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private readonly Queue<long> _cuts;
        private readonly FakeMirror _mirror;
        private long _granted;

        public Pace(FakeMirror mirror, long total, Random random)
        {
            _mirror = mirror;
            _cuts = new Queue<long>(Enumerable.Range(0, Cuts).Select(i => (long)(total * (i + random.NextDouble()) / (Cuts + 1))));
            mirror.BeforeBytes = BeforeAsync;
        }

        public int CutsLeft => _cuts.Count;

        public void Dispose() => _mirror.BeforeBytes = null;

        private async Task BeforeAsync(Microsoft.AspNetCore.Http.HttpContext http, long at)
        {
            TimeSpan due;
            lock (_gate)
            {
                if (at > 0 && _cuts.TryPeek(out var mark) && _mirror.BytesSent >= mark)
                {
                    _cuts.Dequeue();
                    http.Abort();
                    return;
                }

                _granted = Math.Max(_granted, (long)(_watch.Elapsed.TotalSeconds * BytesPerSecond)) + (64 * 1024);
                due = TimeSpan.FromSeconds((double)_granted / BytesPerSecond);
            }

            var wait = due - _watch.Elapsed;
            if (wait > TimeSpan.FromMilliseconds(1))
                await Task.Delay(wait, http.RequestAborted);
            await Unread.EmptiedAsync(http.Connection.RemotePort, http.Connection.LocalPort, http.RequestAborted);
        }
    }

    /// <summary>A region as a process, on one data directory, started and killed at will.</summary>
    private sealed class RegionProcess(string data) : IAsyncDisposable
    {
        private Process? _process;
        private string _key = "";

        public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromMinutes(5) };

        public Uri Url { get; private set; } = new("http://127.0.0.1:1/");

        public ConcurrentDictionary<string, bool> SeenFiles { get; } = new();

        public async Task StartAsync()
        {
            var start = new ProcessStartInfo(PathOfProgram()) { UseShellExecute = false, RedirectStandardOutput = true, ArgumentList = { data } };
            _process = Process.Start(start)!;
            var line = await _process.StandardOutput.ReadLineAsync() ?? throw new IOException("The region ended at its start.");
            var words = line.Split(' ');
            Url = new Uri(words[0]);
            if (words.Length > 1)
                _key = words[1];
        }

        public void Kill()
        {
            _process!.Kill(); // SIGKILL
            _process.WaitForExit();
            _process.Dispose();
            _process = null;
        }

        public async Task AddSourceAsync(string url, byte[] keyring)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["url"] = url,
                ["keyring_data"] = Convert.ToBase64String(keyring),
            });
            using var response = await SendAsync(HttpMethod.Post, "boot-sources/", form);
            response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        }

        public async Task PostAsync(string path)
        {
            using var response = await SendAsync(HttpMethod.Post, path, null);
            response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        }

        /// <summary>The answer; null when there was none.</summary>
        public async Task<string?> GetAsync(string path)
        {
            try
            {
                using var response = await SendAsync(HttpMethod.Get, path, null);
                return response.IsSuccessStatusCode ? (await response.Content.ReadAsStringAsync()).Trim() : null;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }

        public ValueTask DisposeAsync()
        {
            if (_process is not null)
                Kill();
            Http.Dispose();
            return default;
        }

        private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body)
        {
            var key = _key.Split(':');
            var request = new HttpRequestMessage(method, new Uri(Url, "MAAS/api/2.0/" + path)) { Content = body };
            request.Headers.TryAddWithoutValidation(
                "Authorization",
                $"OAuth oauth_version=\"1.0\", oauth_signature_method=\"PLAINTEXT\", oauth_consumer_key=\"{key[0]}\", oauth_token=\"{key[1]}\", "
                + $"oauth_signature=\"%26{key[2]}\", oauth_nonce=\"{Guid.NewGuid():N}\", oauth_timestamp=\"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}\"");
            return Http.SendAsync(request);
        }

        // Built beside this project, in the same configuration.
        private static string PathOfProgram() => Path.Combine(
            AppContext.BaseDirectory.Replace("BootDepot.Region.Tests", "BootDepot.Region.Process", StringComparison.Ordinal),
            "BootDepot.Region.Process");
    }
}
