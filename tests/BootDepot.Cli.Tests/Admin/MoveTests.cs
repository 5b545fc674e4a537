using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Cli.Tests.Admin;

/// <summary>
/// A region of one machine goes to PostgreSQL and S3, on to one PostgreSQL for everything, and back to one machine, by the commands of
/// the administrator.
/// </summary>
public sealed class MoveTests : IAsyncDisposable
{
    private const string Bucket = "moves";
    private readonly TempFolder _folder = new();
    private readonly Cli _cli = new() { ProgramName = "bootdepot" };
    private readonly HttpClient _http = new();

    [Fact]
    public async Task Database_and_blobs_go_there_and_back_and_nothing_is_lost()
    {
        var postgres = await PostgresServer.SharedAsync();
        var s3 = await S3Server.GatewayAsync();
        await s3.MakeBucketAsync(Bucket);
        var (first, second) = (postgres.ConnectionTo(await postgres.CreateDatabaseAsync()), postgres.ConnectionTo(await postgres.CreateDatabaseAsync()));
        var places = new[]
        {
            Yaml("one", ""),
            Yaml("two", $"database: \"{first}\"\nblobs:\n  store: s3\n  s3: {{endpoint: '{s3.Endpoint}', bucket: {Bucket}, access-key: {s3.AccessKey}, secret-key: {s3.SecretKey}}}\n"),
            Yaml("three", $"database: \"{second}\"\nblobs: {{store: postgresql}}\n"),
            Yaml("four", ""),
        };
        var was = await FillAsync(places[0]);
        was.Digests.Length.ShouldBe(4);
        for (var n = 1; n < places.Length; n++)
        {
            var (from, to) = (places[n - 1], places[n]);
            // Keys and identity are files of the data directory: an administrator copies them.
            await Shell.RunAsync($"mkdir -p {Data(to)} && cp -a {Data(from)}/keys {Data(to)}/");
            (await RunAsync("admin", "check", "--config", to)).ShouldContain("ok      blob store");
            (await RunAsync("admin", "move-database", "--config", from, "--to", to)).ShouldContain("holds the same as");
            (await RunAsync("admin", "move-blobs", "--config", from, "--to", to)).ShouldContain("4 blobs are in ");
            (await RunAsync("admin", "move-blobs", "--config", from, "--to", to)).ShouldContain("; 0 were copied now");
            var now = await RunningAsync(to, LookAsync);
            now.List.ShouldBe(was.List);
            now.Digests.ShouldBe(was.Digests);
        }

        // Never into one that holds something.
        var again = await _cli.RunAsync("admin", "move-database", "--config", places[0], "--to", places[3]);
        again.Code.ShouldNotBe(0);
        again.Error.ShouldContain("catalog-not-empty");
        var nowhere = await _cli.RunAsync("admin", "move-blobs", "--config", places[0], "--to", places[0]);
        nowhere.Code.ShouldNotBe(0);
        nowhere.Error.ShouldContain("move-nowhere");
    }

    [Fact]
    public async Task A_blob_that_is_damaged_is_named_and_stays_behind()
    {
        var from = Yaml("from", "");
        var to = Yaml("to", "");
        var was = await FillAsync(from);
        var damaged = Directory.EnumerateFiles(Data(from), was.Digests[1], SearchOption.AllDirectories).Single();
        File.SetAttributes(damaged, FileAttributes.Normal);
        var bytes = await File.ReadAllBytesAsync(damaged, TestContext.Current.CancellationToken);
        bytes[0] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes, TestContext.Current.CancellationToken);
        var run = await _cli.RunAsync("admin", "move-blobs", "--config", from, "--to", to);
        run.Code.ShouldBe(1);
        run.Error.ShouldContain($"{was.Digests[1]} is damaged in ");
        run.Out.ShouldContain("3 blobs are in ");
    }

    [Fact]
    public async Task Check_tells_every_mistake_at_once_and_what_does_not_answer()
    {
        var wrong = Path.Combine(_cli.Home, "wrong.yaml");
        await File.WriteAllTextAsync(wrong, "data: d\nlissten: http://127.0.0.1:1\nlisten: https://127.0.0.1:1\ntls: {listen: http://127.0.0.1:1, certificate: none.pem}\nauto-import: perhaps\nblobs: {store: tape}\n", TestContext.Current.CancellationToken);
        var mistakes = await _cli.RunAsync("admin", "check", "--config", wrong);
        mistakes.Code.ShouldBe(2);
        mistakes.Error.ShouldContain("lissten is no setting; listen is");
        mistakes.Error.ShouldContain("For TLS: tls.listen.");
        mistakes.Error.ShouldContain("http://127.0.0.1:1 is no https URL");
        mistakes.Error.ShouldContain("tls.key is missing");
        mistakes.Error.ShouldContain("tape");
        mistakes.Error.ShouldContain("perhaps");
        var away = Yaml("away", "database: 'Host=127.0.0.1;Port=1;Database=x;Username=x;Password=hush;Timeout=2'\nblobs:\n  store: s3\n  s3: {endpoint: 'http://127.0.0.1:1/', bucket: b, access-key: a, secret-key: hush}\n");
        var run = await _cli.RunAsync("admin", "check", "--config", away);
        run.Code.ShouldBe(1);
        run.Out.ShouldContain("FAILED  catalogue");
        run.Out.ShouldContain("FAILED  blob store");
        (run.Out + run.Error).ShouldNotContain("hush");
    }

    public async ValueTask DisposeAsync()
    {
        _cli.Dispose();
        _http.Dispose();
        _folder.Dispose();
        await ValueTask.CompletedTask;
    }

    private string Yaml(string name, string more)
    {
        var file = Path.Combine(_cli.Home, name + ".yaml");
        File.WriteAllText(file, $"data: {_folder[name]}\nlisten: http://127.0.0.1:0\ndefault-source: false\nauto-import: false\n{more}");
        return file;
    }

    private async Task<string> RunAsync(params string[] words)
    {
        var run = await _cli.RunAsync(words);
        run.Code.ShouldBe(0, run.Error + run.Out);
        return run.Out;
    }

    /// <summary>Runs a region as its operator does, and an act of its administrator.</summary>
    private async Task<Look> RunningAsync(string config, Func<Uri, Task<Look>> act)
    {
        using var process = Process.Start(new ProcessStartInfo(ProcessTests.Executable, ["region", "--config", config]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        try
        {
            string? line;
            do
                line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("The region ended.");
            while (!line.Contains("answers on", StringComparison.Ordinal));
            _ = SecretWatch.FollowAsync("region --config " + config, process.StandardOutput);
            var url = new Uri(line.Split(' ')[^1]);
            await RunAsync("login", "root", url.AbsoluteUri, (await RunAsync("admin", "api-key", "admin", "--config", config)).Trim());
            return await act(url);
        }
        finally
        {
            await Shell.RunAsync($"kill {process.Id}");
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Custom images of several sizes, one of them larger than a part of S3's.</summary>
    private Task<Look> FillAsync(string config) => RunningAsync(config, async url =>
    {
        foreach (var size in new[] { 1, 70_000, 3 << 20, 20 << 20 })
        {
            var bytes = new byte[size];
            new Random(size).NextBytes(bytes);
            _cli.WriteFile("image", bytes);
            await RunAsync("root", "boot-resources", "create", $"name=image-{size}", "architecture=amd64/generic", "filetype=ddraw", "force=true", "content@=image");
        }

        return await LookAsync(url);
    });

    /// <summary>What users see: the list, and the digests of the bytes that are served for each file.</summary>
    private async Task<Look> LookAsync(Uri url)
    {
        var list = await RunAsync("root", "boot-resources", "read", "include_sets=true");
        var digests = JsonDocument.Parse(list).RootElement.EnumerateArray()
            .SelectMany(r => r.GetProperty("sets").EnumerateObject()).SelectMany(s => s.Value.GetProperty("files").EnumerateObject())
            .Select(f => f.Value.GetProperty("sha256").GetString()!).Order(StringComparer.Ordinal).ToArray();
        foreach (var digest in digests)
        {
            await using var stream = await _http.GetStreamAsync(new Uri(url, $"/MAAS/images-stream/sha256/{digest}/x"));
            Convert.ToHexStringLower(await SHA256.HashDataAsync(stream)).ShouldBe(digest);
        }

        return new Look(list, digests);
    }

    private string Data(string config) => _folder[Path.GetFileNameWithoutExtension(config)];

    private sealed record Look(string List, string[] Digests);
}
