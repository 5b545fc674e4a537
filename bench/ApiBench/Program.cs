using System;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Region.Auth;
using BootDepot.Region.Hosting;
using BootDepot.Testing;

// A region with 10,000 images of 20 files each (200,000 files), asked over loopback by one client, one request at a time.
// The time is from the first byte sent to the last byte read; the OAuth check is part of it.
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200;
using var folder = new TempFolder();
var options = new RegionOptions { DataDirectory = folder.Path, Url = "http://127.0.0.1:0", DefaultSource = null, AutoImport = false };
await using var region = await RegionHost.StartAsync(options, CancellationToken.None);
await LargeCatalog.FillAsync(CatalogOptions.Sqlite(folder["bootdepot.db"]), resources: 10_000, filesPerSet: 20, CancellationToken.None);

Console.WriteLine("| request | bytes | p50 ms | p95 ms | max ms | server CPU ms |");
Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
await MeasureAsync("GET describe/", "describe/", null);
await MeasureAsync("GET users/?op=whoami", "users/?op=whoami", region.FirstKey);
await MeasureAsync("GET boot-resources/ (10,000)", "boot-resources/", region.FirstKey);
await MeasureAsync("GET boot-resources/5000/", "boot-resources/5000/", region.FirstKey);
using var process = Process.GetCurrentProcess();
Console.WriteLine();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Peak resident memory, client included: {process.PeakWorkingSet64 / 1048576} MiB."));

async Task MeasureAsync(string name, string path, ApiKeyFacts? key)
{
    for (var i = 0; i < 20; i++)
        await SendAsync(path, key);
    var times = new double[rounds];
    var bytes = 0L;
    using var self = Process.GetCurrentProcess();
    var cpu = self.TotalProcessorTime;
    for (var i = 0; i < rounds; i++)
    {
        var start = Stopwatch.GetTimestamp();
        bytes = await SendAsync(path, key);
        times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    self.Refresh();
    var perRequest = (self.TotalProcessorTime - cpu).TotalMilliseconds / rounds;
    Array.Sort(times);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {bytes} | {times[rounds / 2]:0.0} | {times[rounds * 95 / 100]:0.0} | {times[^1]:0.0} | {perRequest:0.0} |"));
}

// A bare socket: a general HTTP client would cost as much as the server.
async Task<long> SendAsync(string path, ApiKeyFacts? key)
{
    using var tcp = new TcpClient { NoDelay = true };
    await tcp.ConnectAsync(region.Url.Host, region.Url.Port);
    var stream = tcp.GetStream();
    await stream.WriteAsync(Encoding.ASCII.GetBytes(
        $"GET /MAAS/api/2.0/{path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n{Authorization(key)}\r\n"));
    var buffer = new byte[256 * 1024];
    long all = 0;
    int read;
    while ((read = await stream.ReadAsync(buffer)) > 0)
    {
        if (all == 0 && !buffer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8))
            throw new InvalidOperationException(Encoding.ASCII.GetString(buffer, 0, read));
        all += read;
    }

    return all;
}

static string Authorization(ApiKeyFacts? key) => key is null
    ? ""
    : string.Create(
        CultureInfo.InvariantCulture,
        $"Authorization: OAuth oauth_nonce=\"{Guid.NewGuid():N}\", oauth_timestamp=\"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}\", oauth_version=\"1.0\", oauth_signature_method=\"PLAINTEXT\", oauth_consumer_key=\"{key.ConsumerKey}\", oauth_token=\"{key.TokenKey}\", oauth_signature=\"%26{key.Secret}\"\r\n");
