using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Cli.Tests.Server;

/// <summary>What servers tell an OpenTelemetry collector.</summary>
public sealed class TelemetryTests : IAsyncLifetime
{
    private const string Password = "word-of-the-source";

    private readonly TempFolder _folder = new();
    private readonly Cli _cli = new() { ProgramName = "bootdepot" };
    private readonly SignedTree _tree = new();
    private readonly ConcurrentBag<string> _heard = [];
    private readonly List<Process> _running = [];
    private FakeMirror _mirror = null!;
    private FakeCollector _collector = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _collector = await FakeCollector.StartAsync();
        _mirror = await FakeMirror.StartAsync();
        _tree.AddUbuntu(_mirror);
        _tree.Publish(_mirror);
        _mirror.BeforeBytes = (http, _) =>
        {
            _heard.Add(http.Request.Headers.TraceParent.ToString());
            return Task.CompletedTask;
        };
        _cli.WriteFile("vendor.gpg", _tree.Keyring);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        await _collector.DisposeAsync();
        await _mirror.DisposeAsync();
        _tree.Dispose();
        _cli.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task From_the_source_over_the_region_to_the_rack_it_is_one_trace()
    {
        var (region, key) = await RegionAsync();
        _cli.Environment["BOOTDEPOT_URL"] = region;
        _cli.Environment["BOOTDEPOT_API_KEY"] = key;
        var token = (await OkAsync("admin", "rack-token", "--data", _folder["region"])).Trim();
        await StartAsync("The rack", "rack", "--region", region, "--data", _folder["rack"], "--token", token, "--http", "http://127.0.0.1:0");
        await UntilAsync(() => _collector.Spans.Any(s => s.Name == "sync")); // the rack has looked at an empty stream

        var source = new UriBuilder(_mirror.Url + "/") { UserName = "mirror", Password = Password };
        await OkAsync("sources", "add", source.Uri.AbsoluteUri, "--keyring", "vendor.gpg");
        await UntilAsync(async () => (await _cli.RunAsync("select", "ubuntu/noble", "--arch", "amd64")).Code == 0); // its offers are read
        await OkAsync("import", "--wait");

        bool IsWhole(IReadOnlyList<CollectedSpan> all, CollectedSpan import)
        {
            var trace = all.Where(s => s.Trace == import.Trace).ToList();
            var request = trace.SingleOrDefault(s => s.Id == import.Parent); // of who asked for the import
            var fetch = trace.FirstOrDefault(s => s.Scope == "BootDepot.Transfers" && IsOf(s, _mirror.Url));
            var sync = trace.FirstOrDefault(s => s.Scope == "BootDepot.Rack" && s.Name == "sync");
            // The rack's copying, and the region's side of the very same requests.
            var calls = trace.Where(s => s.Scope == "BootDepot.Transfers" && IsOf(s, region)).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
            var answers = trace.Where(s => s.Scope == "BootDepot.Region" && calls.Contains(s.Parent)).ToList();
            return request is { Scope: "BootDepot.Region", Name: "POST /MAAS/api/2.0/" } && fetch is not null && sync is not null
                && answers.Any(a => a.Name == "GET /MAAS/images-stream/" && a.Tags["url.path"].Contains("sha256", StringComparison.Ordinal));
        }

        try
        {
            await UntilAsync(() => _collector.Spans is var all && all.Any(s => s.Name == "import" && IsWhole(all, s)));
        }
        catch (OperationCanceledException e)
        {
            throw new InvalidOperationException("There is no such trace among\n" + string.Join('\n', _collector.Spans.Select(s => $"{s.Trace} {s.Parent} > {s.Id} {s.Scope} {s.Name} {s.Tags.GetValueOrDefault("url.full")}")), e);
        }

        var whole = _collector.Spans.First(s => s.Name == "import" && IsWhole(_collector.Spans, s));
        _heard.ShouldContain(t => t.Contains(whole.Trace, StringComparison.Ordinal)); // the source could go on with it
        await UntilAsync(() => _collector.Everything.Contains("bootdepot.transfer.received", StringComparison.Ordinal));
        var everything = _collector.Everything;
        foreach (var secret in key.Split(':').Append(token.Split(':')[^1]).Append(Password))
            everything.ShouldNotContain(secret);
        everything.ShouldNotContain("Bearer");
    }

    [Fact]
    public async Task Without_a_collector_servers_hear_of_no_trace()
    {
        await OkAsync("stream", "ls", _mirror.Url, "--keyring", "vendor.gpg");
        _heard.ShouldNotBeEmpty();
        _heard.ShouldAllBe(t => t == "");
    }

    [Fact]
    public async Task A_collector_that_is_no_URL_ends_the_server_at_once()
    {
        _cli.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4317";
        var run = await _cli.RunAsync("region", "--data", "data");
        run.Code.ShouldBe(2);
        run.Error.ShouldContain("collector:4317");
        run.Error.ShouldContain("telemetry-invalid");
    }

    private static bool IsOf(CollectedSpan span, string url) =>
        span.Tags.GetValueOrDefault("url.full") is { } full && full.StartsWith(new Uri(url).GetLeftPart(UriPartial.Authority) + "/", StringComparison.Ordinal);

    private async Task<(string Url, string Key)> RegionAsync()
    {
        var lines = await StartAsync("Another:", "region", "--data", _folder["region"], "--listen", "http://127.0.0.1:0", "--no-default-source", "--no-auto-import");
        var url = lines.Single(l => l.Contains("answers on", StringComparison.Ordinal)).Split(' ').Last();
        return (url, lines.Single(l => l.Contains("API key", StringComparison.Ordinal)).Split(' ').Last());
    }

    /// <summary>Starts a server that tells the collector, and reads what it says until a line begins so.</summary>
    private async Task<List<string>> StartAsync(string until, params string[] words)
    {
        var start = new ProcessStartInfo(ProcessTests.Executable, words) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["HOME"] = _cli.Home;
        start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Url;
        start.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        start.Environment["OTEL_BSP_SCHEDULE_DELAY"] = "200";
        start.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "500";
        start.Environment.Remove("JOURNAL_STREAM");
        var process = Process.Start(start)!;
        _running.Add(process);
        var lines = new List<string>();
        do
            lines.Add(await process.StandardOutput.ReadLineAsync(Ct) ?? throw new InvalidOperationException("It ended: " + string.Join('\n', lines)));
        while (!lines[^1].StartsWith(until, StringComparison.Ordinal));
        _ = SecretWatch.FollowAsync(string.Join(' ', words), process.StandardOutput);
        return lines;
    }

    private async Task<string> OkAsync(params string[] words)
    {
        var run = await _cli.RunAsync(words);
        run.Code.ShouldBe(0, $"{string.Join(' ', words)}: {run.Out}{run.Error}");
        return run.Out;
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (!await condition())
            await Task.Delay(50, limit.Token);
    }
}
