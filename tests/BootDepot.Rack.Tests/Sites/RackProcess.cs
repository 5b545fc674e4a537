using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Threading.Tasks;

namespace BootDepot.Rack.Tests.Sites;

/// <summary>A rack in a process of its own, that can be killed and measured.</summary>
internal sealed class RackProcess : IAsyncDisposable
{
    private readonly string _data;
    private readonly Uri _region;
    private readonly string _token;
    private Process _process = null!;

    private RackProcess(string data, Uri region, string token) => (_data, _region, _token) = (data, region, token);

    /// <summary>Where it answers.</summary>
    public Uri Url { get; private set; } = null!;

    public static async Task<RackProcess> StartAsync(string data, Uri region, string token)
    {
        var rack = new RackProcess(data, region, token);
        await rack.StartAgainAsync();
        return rack;
    }

    /// <summary>Starts it, again after a kill.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(ProgramOf("BootDepot.Rack.Process"), [_data, _region.AbsoluteUri, _token])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        Url = new Uri(await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The rack did not start."));
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Bytes fetched since it started, and its peak resident memory.</summary>
    public async Task<(long Fetched, long Resident)> AskAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        var answer = (await _process.StandardOutput.ReadLineAsync())!.Split(' ');
        return (long.Parse(answer[0], CultureInfo.InvariantCulture), long.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Where a machine gets a file by its content.</summary>
    public Uri UrlOf(string sha256) => new(Url, $"images/{sha256}/root");

    /// <summary>Waits until a machine may ask for a file.</summary>
    public Task UntilOffersAsync(string sha256) => RackSite.UntilAsync(
        async () =>
        {
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Head, UrlOf(sha256));
            using var response = await http.SendAsync(request);
            return response.IsSuccessStatusCode;
        },
        "the file to be offered");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>A helper program stands in its own project's output beside ours.</summary>
    public static string ProgramOf(string project) =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", project, "bin", "Release", "net10.0", project));
}
