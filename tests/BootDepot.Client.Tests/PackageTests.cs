using System;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.FakeMaas;

namespace BootDepot.Client.Tests;

/// <summary>The packages as they would be published, and the sample that uses one.</summary>
[Trait("Category", "Slow")]
public sealed class PackageTests : IDisposable
{
    // A version of its own, so that no cache holds another content for it.
    private readonly string _version = "0.1.0-test." + Guid.NewGuid().ToString("N")[..12];
    private readonly string _folder = Directory.CreateTempSubdirectory("bootdepot-test-").FullName;

    [Fact]
    public async Task Packages_have_documentation_readme_and_symbols_and_the_sample_runs_on_one()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "BootDepot.slnx")))
            root = Path.GetDirectoryName(root)!;
        var feed = Path.Combine(_folder, "feed");
        await DotnetAsync(root, "pack", "src/BootDepot.Client.Profiles", "-o", feed, $"-p:Version={_version}", "--artifacts-path", Path.Combine(_folder, "a"));
        await DotnetAsync(root, "pack", "src/BootDepot.Client", "-o", feed, $"-p:Version={_version}", "--artifacts-path", Path.Combine(_folder, "a"));
        foreach (var id in new[] { "BootDepot.Client", "BootDepot.Client.Profiles" })
        {
            await using var package = await ZipFile.OpenReadAsync(Path.Combine(feed, $"{id}.{_version}.nupkg"), TestContext.Current.CancellationToken);
            package.Entries.Select(e => e.FullName).ShouldContain($"lib/net10.0/{id}.xml");
            package.Entries.Select(e => e.FullName).ShouldContain("README.md");
            await using var symbols = await ZipFile.OpenReadAsync(Path.Combine(feed, $"{id}.{_version}.snupkg"), TestContext.Current.CancellationToken);
            symbols.Entries.Select(e => e.FullName).ShouldContain($"lib/net10.0/{id}.pdb");
        }

        var sample = Path.Combine(_folder, "samples", "ImageReport");
        Copy(Path.Combine(root, "samples"), Path.Combine(_folder, "samples"));
        // Only the packages made here: the ones they depend on are in the machine's package folder since this was built.
        await File.WriteAllTextAsync(Path.Combine(_folder, "samples", "nuget.config"),
            $"<configuration><packageSources><clear/><add key=\"built-here\" value=\"{feed}\"/></packageSources></configuration>", TestContext.Current.CancellationToken);
        await DotnetAsync(sample, "build", "-c", "Release", $"-p:BootDepotVersion={_version}");
        await using var maas = await FakeMaas.FakeMaas.StartAsync(MaasEra.V38);
        (await DotnetAsync(sample, Path.Combine("bin", "Release", "net10.0", "ImageReport.dll"), maas.Url, FakeMaas.FakeMaas.Key))
            .ShouldBe("ubuntu/noble amd64/ga-24.04 20260115 14952832\n");
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var id in new[] { "bootdepot.client", "bootdepot.client.profiles" })
        {
            var cached = Path.Combine(cache, id, _version);
            if (Directory.Exists(cached))
                Directory.Delete(cached, recursive: true);
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(from, file);
            if (relative.Split(Path.DirectorySeparatorChar).Any(p => p is "bin" or "obj"))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, relative))!);
            File.Copy(file, Path.Combine(to, relative));
        }
    }

    private static async Task<string> DotnetAsync(string folder, params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", words)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        // What the test host tells its own build must not reach another.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, $"dotnet {string.Join(' ', words)}: {await output}{await error}");
        return await output;
    }
}
