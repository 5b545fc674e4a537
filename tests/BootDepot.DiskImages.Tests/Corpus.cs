using System;
using System.Diagnostics;
using System.IO;
using System.Security.Cryptography;
using System.Threading.Tasks;
using BootDepot.DiskImages.Tests;

[assembly: AssemblyFixture(typeof(Corpus))]

namespace BootDepot.DiskImages.Tests;

/// <summary>
/// The files that make-corpus.sh makes with the real tools: good, mislabelled, cut off and hostile. They are kept in the
/// temporary folder from one run to the next, until the script changes.
/// </summary>
public sealed class Corpus : IAsyncLifetime
{
    private string _folder = "";

    public string this[string name] => Path.Combine(_folder, name);

    public FileStream Open(string name) => File.OpenRead(this[name]);

    public async ValueTask InitializeAsync()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "make-corpus.sh");
        var version = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(script)))[..12];
        _folder = Path.Combine(Path.GetTempPath(), $"bootdepot-disk-corpus-{version}");
        if (Directory.Exists(_folder))
            return;
        var making = $"{_folder}.{Guid.NewGuid():N}";
        await RunAsync("bash", script, making);
        try
        {
            Directory.Move(making, _folder);
        }
        catch (IOException) when (Directory.Exists(_folder))
        {
            Directory.Delete(making, recursive: true);
        }
    }

    public ValueTask DisposeAsync() => default;

    /// <summary>Runs a tool and returns what it wrote; fails with its errors.</summary>
    public static async Task<string> RunAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(tool, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{tool}: {await errors}");
        return output;
    }
}
