using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Hosting;
using BootDepot.Testing;
using Microsoft.Extensions.Logging;

namespace BootDepot.Cli.Tests.Bundles;

/// <summary>Images carried from a site with a network to one without, as two operators do it.</summary>
public sealed class BundleTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly Cli _cli = new() { ProgramName = "bootdepot" };
    private readonly SignedTree _tree = new();
    private FakeMirror _mirror = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _mirror = await FakeMirror.StartAsync();
        _tree.AddUbuntu(_mirror);
        _tree.AddUbuntu(_mirror, "jammy", "22.04");
        _tree.AddUbuntu(_mirror, arch: "arm64");
        _tree.AddLoader(_mirror);
        _tree.Publish(_mirror);
        _cli.WriteFile("vendor.gpg", _tree.Keyring);
    }

    public async ValueTask DisposeAsync()
    {
        await _mirror.DisposeAsync();
        _tree.Dispose();
        _cli.Dispose();
        _folder.Dispose();
        SecretWatch.Check();
    }

    [Fact]
    public async Task A_site_without_a_network_gets_what_a_region_with_one_imports()
    {
        await using var online = await StartAsync("online");
        _cli.Environment["BOOTDEPOT_URL"] = new Uri(online.Url, "/MAAS/").AbsoluteUri;
        _cli.Environment["BOOTDEPOT_API_KEY"] = online.FirstKey!.Text;
        await OkAsync("sources", "add", _mirror.Url + "/", "--keyring", "vendor.gpg");
        await UntilAsync(async () => (await _cli.RunAsync("select", "ubuntu/noble", "--arch", "amd64,arm64")).Code, code => code == 0); // its offers are read
        await OkAsync("import", "--wait");
        await OkAsync("bundle", "export", _mirror.Url, "site.bundle", "--keyring", "vendor.gpg", "--select", "ubuntu/noble/*", "--data", _folder["online"], "--split", "6K");
        await File.WriteAllTextAsync(Path.Combine(_cli.Home, "region.gpg"), "", Ct);
        await Shell.RunAsync($"'{ProcessTests.Executable}' admin stream-keyring --data '{_folder["online"]}' > '{_cli.Home}/region.gpg'");
        var vendors = VendorDocuments();
        await _mirror.DisposeAsync(); // from here on there is no network

        await using var offline = await StartAsync("offline");
        (await OkAsync("bundle", "verify", "site.bundle", "--keyring", "region.gpg")).ShouldContain("9 files are good");
        (await OkAsync([.. new[] { "bundle", "import" }, .. Parts("site.bundle").Reverse(), "--keyring", "region.gpg", "--data", _folder["offline"]])).ShouldContain("3 image versions added");
        var held = await ResourcesAsync(online);
        await UntilAsync(() => ResourcesAsync(offline), shown => shown == held);
        (await StreamAsync(offline)).ShouldBe(await StreamAsync(online));
        // The publisher's own documents, to the byte, and good for everybody who has the publisher's key.
        var kept = Directory.GetDirectories(Path.Combine(_folder["offline"], "bundles")).ShouldHaveSingleItem();
        foreach (var (path, bytes) in vendors)
            (await File.ReadAllBytesAsync(Path.Combine(kept, path), Ct)).ShouldBe(bytes, path);
        await Shell.RunAsync($"cd '{kept}/streams/v1' && for f in *.sjson; do gpgv -q --keyring ../../keyring.gpg \"$f\" 2>&1; done");
        // Once more changes nothing, and the region's own import takes nothing away.
        var again = await OkAsync("bundle", "import", "site.bundle", "--keyring", "region.gpg", "--data", _folder["offline"]);
        again.ShouldContain("0 files copied");
        again.ShouldContain("0 image versions added");
        _cli.Environment["BOOTDEPOT_URL"] = new Uri(offline.Url, "/MAAS/").AbsoluteUri;
        _cli.Environment["BOOTDEPOT_API_KEY"] = offline.FirstKey!.Text;
        await OkAsync("import", "--wait");
        (await ResourcesAsync(offline)).ShouldBe(await ResourcesAsync(online));
    }

    [Fact]
    public async Task A_bundle_of_what_a_site_lacks_is_hardly_larger_than_that()
    {
        await using var region = await StartAsync("site");
        await ExportAsync("first");
        await ImportAsync("first");
        var before = await ShowsAsync(region, "arm64");
        _tree.AddUbuntu(_mirror, version: "20260401", size: 700_000);
        _tree.Publish(_mirror);
        _cli.WriteFile("site.txt", System.Text.Encoding.UTF8.GetBytes(await OkAsync("bundle", "manifest", "--data", _folder["site"])));
        await ExportAsync("second", "--lacking", "site.txt");
        var size = new FileInfo(Path.Combine(_cli.Home, "second")).Length;
        const long fresh = (700_000 * 4) + 6;
        ((double)size / fresh).ShouldBeLessThanOrEqualTo(1.01, $"{size} bytes for {fresh} new ones");
        await ImportAsync("second");
        var after = await UntilAsync(() => ResourcesAsync(region), shown => shown != before);
        after.ShouldContain("20260401");
        after.ShouldNotContain("ubuntu/noble amd64/ga-24.04 20260309");
        after.ShouldContain("jammy"); // what the bundle did not carry stays
        // A site that lacks more than the bundle's maker was told is not changed.
        await using var other = await StartAsync("other");
        var refused = await _cli.RunAsync("bundle", "import", "second", "--keyring", "maker.gpg", "--data", _folder["other"]);
        refused.Code.ShouldBe(2);
        refused.Error.ShouldContain("[bundle-blobs-missing]");
        (await ResourcesAsync(other)).ShouldBe("");
        // An older bundle does not bring back what it was made of.
        (await _cli.RunAsync("bundle", "import", "first", "--keyring", "maker.gpg", "--data", _folder["site"])).Error.ShouldContain("[document-went-back]");
        (await ResourcesAsync(region)).ShouldBe(after);
    }

    [Fact]
    public async Task What_is_wrong_changes_nothing_at_the_site_and_is_told()
    {
        await using var region = await StartAsync("site");
        await ExportAsync("good");
        var bytes = await File.ReadAllBytesAsync(Path.Combine(_cli.Home, "good"), Ct);
        var kernel = SignedTree.Bytes("noble/arm64/20260309/boot-kernel", 2001);
        var at = bytes.AsSpan().IndexOf(kernel);
        bytes[at + 1000] ^= 4;
        _cli.WriteFile("flipped", bytes);
        _cli.WriteFile("cut", bytes[..^2000]);
        _cli.WriteFile("garbage", SignedTree.Bytes("garbage", 5000));
        async Task RefusedAsync(string file, string keyring, params string[] words)
        {
            foreach (string[] command in new[] { ["verify"], new[] { "import", "--data", _folder["site"] } })
            {
                var run = await _cli.RunAsync(["bundle", .. command, file, "--keyring", keyring]);
                run.Code.ShouldBe(2, run.Out);
                foreach (var word in words)
                    run.Error.ShouldContain(word);
            }

            (await ResourcesAsync(region)).ShouldBe("");
        }

        await RefusedAsync(
            "flipped", "maker.gpg", "[bundle-damaged]", Convert.ToHexStringLower(SHA256.HashData(kernel)),
            "noble/arm64/20260309/boot-kernel of ubuntu/noble arm64/ga-24.04 20260309", at.ToString(CultureInfo.InvariantCulture));
        await RefusedAsync("cut", "maker.gpg", "[bundle-cut-short]");
        await RefusedAsync("garbage", "maker.gpg", "[bundle-unreadable]");
        await RefusedAsync("good", "vendor.gpg", "[signature-key-unknown]");
        await ImportAsync("good"); // and what was copied of the others is of use
        await ShowsAsync(region, "ubuntu/noble arm64/ga-24.04 20260309");
    }

    [Fact]
    public async Task A_source_that_the_site_has_keeps_its_keyring_and_judges_the_publishers_documents()
    {
        using var stranger = new SignedTree();
        await using var region = await StartAsync("site");
        _cli.WriteFile("stranger.gpg", stranger.Keyring);
        _cli.Environment["BOOTDEPOT_URL"] = new Uri(region.Url, "/MAAS/").AbsoluteUri;
        _cli.Environment["BOOTDEPOT_API_KEY"] = region.FirstKey!.Text;
        await OkAsync("sources", "add", _mirror.Url + "/", "--keyring", "stranger.gpg");
        await ExportAsync("bundle");
        var run = await _cli.RunAsync("bundle", "import", "bundle", "--keyring", "maker.gpg", "--data", _folder["site"]);
        run.Code.ShouldBe(2);
        run.Error.ShouldContain("[signature-key-unknown]");
        (await ResourcesAsync(region)).ShouldBe("");
    }

    [Theory]
    [InlineData("/streams/v1/index.json", "--keyring", "vendor.gpg")] // signatures beside the documents
    [InlineData("/", "--no-verify")]
    public async Task Streams_are_carried_however_they_are_signed(string index, params string[] trust)
    {
        await using var region = await StartAsync("site");
        await OkAsync(["bundle", "export", _mirror.Url + index, "bundle", "--key", "maker", "--public-key", "maker.gpg", .. trust]);
        (await ImportAsync("bundle")).ShouldContain("4 image versions added");
        await ShowsAsync(region, "arm64");
    }

    [Fact]
    public async Task An_export_that_was_killed_goes_on_where_it_was()
    {
        AddBig(12 * 1024 * 1024);
        await ExportAsync("whole");
        _mirror.Forget();
        // Slowly, so that the kernel holds little that the process has not read.
        _mirror.Pace(4_000_000);
        string[] words = ["bundle", "export", _mirror.Url, "broken", "--keyring", "vendor.gpg", "--key", "maker", "--split", "3M"];
        using (var process = Begin(words))
        {
            while (!File.Exists(Path.Combine(_cli.Home, "broken.001")) && _mirror.BytesSent < 6_000_000 && !process.HasExited)
                await Task.Delay(5, Ct);
            process.Kill();
            await process.WaitForExitAsync(Ct);
        }

        _mirror.BeforeBytes = null;
        await OkAsync(words);
        Parts("broken").SelectMany(File.ReadAllBytes).ShouldBe(await File.ReadAllBytesAsync(Path.Combine(_cli.Home, "whole"), Ct));
        // What the kernel had on its way when the process died was sent for nothing.
        _mirror.BytesSent.ShouldBeLessThan(new FileInfo(Path.Combine(_cli.Home, "whole")).Length + 4_000_000);
        Directory.GetFileSystemEntries(_cli.Home, "broken*").ShouldAllBe(f => !f.EndsWith(".partial") && !f.EndsWith(".work"));
    }

    [Fact]
    public async Task An_import_that_was_killed_shows_nothing_and_goes_on_where_it_was()
    {
        await using var region = await StartAsync("site");
        AddBig(64 * 1024 * 1024);
        await ExportAsync("bundle");
        var partial = Path.Combine(_folder["site"], "blobs", "partial");
        using (var process = Begin("bundle", "import", "bundle", "--keyring", "maker.gpg", "--data", _folder["site"]))
        {
            while (!process.HasExited && !(Directory.Exists(partial) && Directory.EnumerateFiles(partial).Any(f => Path.GetFileName(f).StartsWith(BigSha, StringComparison.Ordinal))))
                await Task.Delay(1, Ct);
            process.HasExited.ShouldBeFalse();
            process.Kill();
            await process.WaitForExitAsync(Ct);
        }

        (await ResourcesAsync(region)).ShouldBe("");
        var report = await ImportAsync("bundle");
        report.ShouldNotContain(" 17 files copied"); // what was whole is not copied again
        await ShowsAsync(region, "ubuntu/big");
    }

    private string BigSha { get; set; } = "";

    private void AddBig(long size)
    {
        var bytes = new GeneratedBytes(3, size);
        BigSha = bytes.Sha256;
        var product = _tree.AddUbuntu(_mirror, "big", "25.10");
        var version = product.Versions.Values.Single();
        const string path = "big/amd64/squashfs.big";
        _mirror.Put(path, bytes);
        var items = version.Items.Values.Select(i => i.Name == "squashfs" ? SignedTree.Item("squashfs", "squashfs", path, bytes) : i);
        _tree.Add(SignedTree.Ubuntu, product with { Versions = SignedTree.Map([version with { Items = SignedTree.Map(items, i => i.Name) }], v => v.Name) });
        _tree.Publish(_mirror);
    }

    private Process Begin(params string[] words)
    {
        var start = new ProcessStartInfo(ProcessTests.Executable, words) { WorkingDirectory = _cli.Home, UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["HOME"] = _cli.Home;
        return Process.Start(start)!;
    }

    private Task<RegionHost> StartAsync(string name) => RegionHost.StartAsync(
        new RegionOptions
        {
            DataDirectory = _folder[name], Url = "http://127.0.0.1:0", DefaultSource = null, AutoImport = false,
            Logging = logging => logging.AddProvider(new SecretWatch()),
        },
        Ct);

    private async Task<string> OkAsync(params string[] words)
    {
        var run = await _cli.RunAsync(words);
        run.Code.ShouldBe(0, $"{string.Join(' ', words)}: {run.Out}{run.Error}");
        return run.Out;
    }

    // A region sees within moments what another process has changed.
    private static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isGood)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (isGood(seen))
                return seen;
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(20), seen?.ToString());
            await Task.Delay(50, Ct);
        }
    }

    private static Task<string> ShowsAsync(RegionHost region, string what) =>
        UntilAsync(() => ResourcesAsync(region), shown => shown.Contains(what, StringComparison.Ordinal));

    private Task<string> ExportAsync(string file, params string[] more) =>
        OkAsync(["bundle", "export", _mirror.Url, file, "--keyring", "vendor.gpg", "--key", "maker", "--public-key", "maker.gpg", .. more]);

    private Task<string> ImportAsync(string file) => OkAsync("bundle", "import", file, "--keyring", "maker.gpg", "--data", _folder["site"]);

    private IEnumerable<string> Parts(string name) => Directory.GetFiles(_cli.Home, name + ".0*").Order(StringComparer.Ordinal);

    private Dictionary<string, byte[]> VendorDocuments() =>
        new[] { SignedTree.IndexPath, SignedTree.PathOf(SignedTree.Ubuntu), SignedTree.PathOf(SignedTree.Loaders) }.ToDictionary(p => p, _mirror.Get, StringComparer.Ordinal);

    // What machines are offered: every complete version with its files.
    private static async Task<string> ResourcesAsync(RegionHost region)
    {
        using var client = new HttpClient();
        return string.Join('\n', (await StreamItemsAsync(client, region)).Select(i => i.Line).Order(StringComparer.Ordinal));
    }

    // The documents of the stream but for the times at which they were composed; and that their signatures are good.
    private async Task<string> StreamAsync(RegionHost region)
    {
        using var client = new HttpClient { BaseAddress = new Uri(region.Url, "/MAAS/images-stream/") };
        var keyring = await client.GetByteArrayAsync("streams/v1/keyring.gpg", Ct);
        var folder = Directory.CreateDirectory(_folder[$"stream-{region.Url.Port}"]).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "ring.gpg"), keyring, Ct);
        var index = await client.GetStringAsync("streams/v1/index.json", Ct);
        var texts = new List<string> { WithoutTimes(index) };
        foreach (var entry in JsonNode.Parse(index)!["index"]!.AsObject())
        {
            var path = entry.Value!["path"]!.GetValue<string>();
            await File.WriteAllBytesAsync(Path.Combine(folder, "doc"), await client.GetByteArrayAsync(path, Ct), Ct);
            await File.WriteAllBytesAsync(Path.Combine(folder, "doc.gpg"), await client.GetByteArrayAsync(path + ".gpg", Ct), Ct);
            await Shell.RunAsync($"cd '{folder}' && gpgv -q --keyring ./ring.gpg doc.gpg doc 2>&1");
            texts.Add(WithoutTimes(await client.GetStringAsync(path, Ct)));
        }

        return string.Join('\n', texts);
    }

    private static string WithoutTimes(string document) =>
        string.Join('\n', document.Split('\n').Where(l => !l.Contains("\"updated\"", StringComparison.Ordinal)));

    private static async Task<List<(string Line, string Path)>> StreamItemsAsync(HttpClient client, RegionHost region)
    {
        var root = new Uri(region.Url, "/MAAS/images-stream/");
        var items = new List<(string Line, string Path)>();
        var index = JsonDocument.Parse(await client.GetStringAsync(new Uri(root, "streams/v1/index.json"), Ct));
        foreach (var entry in index.RootElement.GetProperty("index").EnumerateObject())
        {
            var document = JsonDocument.Parse(await client.GetStringAsync(new Uri(root, entry.Value.GetProperty("path").GetString()), Ct));
            foreach (var product in document.RootElement.GetProperty("products").EnumerateObject())
            {
                var os = product.Value.GetProperty("os").GetString();
                var release = product.Value.TryGetProperty("release", out var r) ? r.GetString() : "loader";
                var arch = product.Value.GetProperty("arch").GetString();
                var subarch = product.Value.TryGetProperty("subarch", out var s) ? s.GetString() : "-";
                foreach (var version in product.Value.GetProperty("versions").EnumerateObject())
                {
                    foreach (var item in version.Value.GetProperty("items").EnumerateObject())
                    {
                        var path = item.Value.GetProperty("path").GetString()!;
                        var bytes = await client.GetByteArrayAsync(new Uri(root, path), Ct);
                        Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(item.Value.GetProperty("sha256").GetString());
                        items.Add(($"{os}/{release} {arch}/{subarch} {version.Name} {path}", path));
                    }
                }
            }
        }

        return items;
    }
}
