using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using BootDepot.Region.Auth;
using BootDepot.Testing;

namespace BootDepot.Region.Tests;

/// <summary>A region in a process of its own, which can be killed.</summary>
internal sealed class RegionProcess(string data, params string[] shared) : IAsyncDisposable
{
    private Process? _process;

    /// <summary>Where it answers; another port after each start, unless it keeps its port.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Whether a restart is on the same port.</summary>
    public bool KeepsPort { get; init; }

    /// <summary>How long it keeps what is not referred to any more; null: as long as any region.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasEnded => _process is { HasExited: true };

    /// <summary>The key of the user <c>admin</c>.</summary>
    public ApiKeyFacts AdminKey { get; private set; } = null!;

    /// <summary>Starts it on its data directory.</summary>
    public async Task StartAsync()
    {
        var program = Path.Combine(
            AppContext.BaseDirectory.Replace("BootDepot.Region.Tests", "BootDepot.Region.Process", StringComparison.Ordinal),
            "BootDepot.Region.Process");
        var port = !KeepsPort ? 0 : Url is { Port: var last } ? last : FreePorts.Find();
        var start = new ProcessStartInfo(program, [data, port.ToString(CultureInfo.InvariantCulture), .. shared]) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Grace is { } grace)
            start.Environment["BOOTDEPOT_REGION_GRACE_SECONDS"] = ((int)grace.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        _process = Process.Start(start)!;
        var words = (await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The region did not start.")).Split(' ');
        Url = new Uri(words[0]);
        if (words.Length > 1 && words[1].Split(':') is [var consumer, var token, var secret])
            AdminKey = new ApiKeyFacts("MAAS consumer", consumer, token, secret, default);
    }

    /// <summary>Kills it as <c>kill -9</c> does, and starts another on the same data.</summary>
    public async Task KillAndStartAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    /// <summary>The most memory it had resident, in MiB.</summary>
    public int PeakResidentMiB()
    {
        var line = File.ReadLines($"/proc/{_process!.Id}/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
        return int.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 10;
    }

    /// <summary>Sends a request and reads the answer.</summary>
    public async Task<Reply> SendAsync(HttpClient http, string method, string path, HttpContent? body = null, ApiKeyFacts? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Url, path.StartsWith('/') ? path : "/MAAS/api/2.0/" + path));
        request.Content = body;
        request.Headers.TryAddWithoutValidation("Authorization", RegionFixture.Sign(key ?? AdminKey));
        using var response = await http.SendAsync(request);
        return await Reply.ReadAsync(response);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await KillAsync();

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }
}
