using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Cli.Tests.Admin;

/// <summary>The executable with the configuration file of deploy/two-regions, and each way to tell it the credentials of an S3 server.</summary>
public sealed class DeployedTests : IDisposable
{
    private const string Bucket = "bootdepot"; // as in the file
    private static readonly Once<S3Server> Gateway = new(MakeBucketAsync);

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_regions_start_from_the_one_file_and_serve_what_either_stored()
    {
        var file = await DeployedAsync("deployed.yaml");
        await using var a = await RunningAsync("a", file, []);
        await Shell.RunAsync($"mkdir -p {_folder["b"]} && cp -a {_folder["a"]}/keys {_folder["b"]}/");
        // The password may come from the environment, and the name of the bucket may be a part of the host's.
        await using var proxy = await S3NameProxy.StartAsync(await Gateway.GetAsync());
        var virtually = Write("virtual.yaml", File.ReadAllText(file)
            .Replace((await Gateway.GetAsync()).Endpoint.ToString(), $"http://{S3Server.Name}/", StringComparison.Ordinal)
            .Replace("    secret-key: testing", "    path-style: false", StringComparison.Ordinal));
        await using var b = await RunningAsync("b", virtually, new() { ["BOOTDEPOT_BLOBS_S3_SECRET_KEY"] = "testing", ["http_proxy"] = proxy.Url.ToString() });

        using var cli = new Cli { ProgramName = "bootdepot" };
        var key = await cli.RunAsync("admin", "api-key", "admin", "--config", file, "--data", _folder["a"]);
        key.Code.ShouldBe(0, key.Error);
        (await cli.RunAsync("login", "root", b.Url.AbsoluteUri, key.Out.Trim())).Code.ShouldBe(0);
        var bytes = new byte[(9 << 20) + 1]; // more than a part of S3's
        new Random(9).NextBytes(bytes);
        cli.WriteFile("image", bytes);
        var created = await cli.RunAsync("root", "boot-resources", "create", "name=deployed", "architecture=amd64/generic", "filetype=ddraw", "force=true", "content@=image");
        created.Code.ShouldBe(0, created.Error + created.Out);
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        using var http = new HttpClient();
        foreach (var region in new[] { a, b })
            (await http.GetByteArrayAsync(new Uri(region.Url, $"/MAAS/images-stream/sha256/{sha256}/x"), Cancel)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        (await proxy.RequestsAsync()).ShouldContain($"{Bucket}.{S3Server.Name} PUT 200");
    }

    [Fact]
    public async Task A_bundle_is_imported_into_the_database_and_the_bucket_that_regions_share()
    {
        using var cli = new Cli { ProgramName = "bootdepot" };
        using var tree = new SignedTree();
        var file = await DeployedAsync("bundles.yaml");
        await using var region = await RunningAsync("bundles", file, []);
        byte[] kernel;
        await using (var mirror = await FakeMirror.StartAsync())
        {
            tree.AddUbuntu(mirror);
            tree.AddLoader(mirror);
            tree.Publish(mirror);
            kernel = mirror.Get("noble/amd64/20260309/boot-kernel");
            cli.WriteFile("vendor.gpg", tree.Keyring);
            await OkAsync("bundle", "export", mirror.Url, "site.bundle", "--keyring", "vendor.gpg", "--data", _folder["bundles"]);
        }

        await Shell.RunAsync($"'{ProcessTests.Executable}' admin stream-keyring --config '{file}' --data '{_folder["bundles"]}' > '{cli.Home}/region.gpg'");
        (await OkAsync("bundle", "import", "site.bundle", "--keyring", "region.gpg", "--config", file, "--data", _folder["bundles"])).ShouldContain("2 image versions added");

        await OkAsync("login", "root", region.Url.AbsoluteUri, (await OkAsync("admin", "api-key", "admin", "--config", file, "--data", _folder["bundles"])).Trim());
        (await OkAsync("root", "boot-resources", "read")).ShouldContain("ubuntu/noble");
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(kernel));
        using var http = new HttpClient();
        (await http.GetByteArrayAsync(new Uri(region.Url, $"/MAAS/images-stream/sha256/{sha256}/boot-kernel"), Cancel)).ShouldBe(kernel);

        async Task<string> OkAsync(params string[] words)
        {
            var run = await cli.RunAsync(words);
            run.Code.ShouldBe(0, $"{string.Join(' ', words)}: {run.Out}{run.Error}");
            return run.Out;
        }
    }

    [Fact]
    public async Task Credentials_come_from_the_environment_or_a_file_and_wrong_ones_are_told_from_a_server_that_is_away()
    {
        var s3 = await Gateway.GetAsync();
        var file = Write("none.yaml", $"default-source: false\nblobs:\n  store: s3\n  s3: {{endpoint: '{s3.Endpoint}', bucket: {Bucket}}}\n");
        var aws = Directory.CreateDirectory(_folder[".aws"]);
        var credentials = Path.Combine(aws.FullName, "credentials");

        (await CheckAsync(file, new() { ["AWS_ACCESS_KEY_ID"] = s3.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = s3.SecretKey })).ShouldContain("ok      blob store");
        var refused = await CheckAsync(file, new() { ["AWS_ACCESS_KEY_ID"] = s3.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = "wrong" });
        refused.ShouldContain("FAILED  blob store");
        refused.ShouldContain("[blobs-refused]");
        refused.ShouldContain("check the credentials");
        await File.WriteAllTextAsync(credentials, $"[default]\naws_access_key_id = {s3.AccessKey}\naws_secret_access_key = {s3.SecretKey}\n", Cancel);
        (await CheckAsync(file, [])).ShouldContain("ok      blob store");
        await File.WriteAllTextAsync(credentials, $"[default]\naws_access_key_id = nobody\naws_secret_access_key = {s3.SecretKey}\n", Cancel);
        (await CheckAsync(file, [])).ShouldContain("[blobs-refused]");
        (await CheckAsync(Write("bucket.yaml", File.ReadAllText(file).Replace(Bucket, "no-such-bucket", StringComparison.Ordinal)), new()
        {
            ["AWS_ACCESS_KEY_ID"] = s3.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = s3.SecretKey,
        })).ShouldContain("[blobs-refused]");
        var away = await CheckAsync(Write("away.yaml", File.ReadAllText(file).Replace(s3.Endpoint.ToString(), "http://127.0.0.1:1/", StringComparison.Ordinal)), []);
        away.ShouldContain("[blobs-unreachable]");
        away.ShouldNotContain("check the credentials");
    }

    private static async Task<S3Server> MakeBucketAsync()
    {
        var server = await S3Server.GatewayAsync();
        await server.MakeBucketAsync(Bucket);
        return server;
    }

    /// <summary>The file as it is delivered, with the names of the test's servers.</summary>
    private async Task<string> DeployedAsync(string name)
    {
        var postgres = await PostgresServer.SharedAsync();
        var s3 = await Gateway.GetAsync();
        var text = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "deploy", "two-regions", "bootdepot.yaml"), Cancel);
        foreach (var (was, now) in new[]
        {
            ("postgresql://bootdepot:PASSWORD@db.example:5432/bootdepot?sslmode=require", $"\"{postgres.ConnectionTo(await postgres.CreateDatabaseAsync())}\""),
            ("https://s3.example", s3.Endpoint.ToString()), ("ACCESS", s3.AccessKey), ("SECRET\n", s3.SecretKey + "\n"),
        })
        {
            text.ShouldContain(was);
            text = text.Replace(was, now, StringComparison.Ordinal);
        }

        return Write(name, text);
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }

    private async Task<string> CheckAsync(string config, Dictionary<string, string> environment)
    {
        var run = await ProcessTests.RunAsync(ProcessTests.Executable, _folder.Path, environment, "admin", "check", "--config", config, "--data", _folder["check"]);
        run.Error.ShouldBeEmpty();
        run.Code.ShouldBe(run.Out.Contains("FAILED", StringComparison.Ordinal) ? 1 : 0);
        return run.Out;
    }

    /// <summary>Starts a region as the documentation says, with what differs between regions as flags.</summary>
    private async Task<Running> RunningAsync(string name, string config, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(
            ProcessTests.Executable, ["region", "--config", config, "--data", _folder[name], "--listen", "http://127.0.0.1:0", "--no-default-source"])
        {
            RedirectStandardOutput = true, UseShellExecute = false,
        };
        foreach (var (variable, value) in environment)
            start.Environment[variable] = value;
        var process = Process.Start(start)!;
        string? line;
        do
            line = await process.StandardOutput.ReadLineAsync(Cancel) ?? throw new InvalidOperationException("The region ended.");
        while (!line.Contains("answers on", StringComparison.Ordinal));
        _ = SecretWatch.FollowAsync("region --config " + config, process.StandardOutput);
        return new Running(process, new Uri(line.Split(' ').Last()));
    }

    private sealed record Running(Process Process, Uri Url) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Shell.RunAsync($"kill {Process.Id}");
            await Process.WaitForExitAsync(CancellationToken.None);
            Process.Dispose();
        }
    }
}
