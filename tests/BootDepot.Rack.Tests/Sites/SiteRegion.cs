using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Auth;
using BootDepot.Region.Hosting;
using BootDepot.Testing;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Tests.Sites;

/// <summary>The region of a site: in this process, which is quick, or in one of its own, which can be killed.</summary>
internal sealed class SiteRegion : IAsyncDisposable
{
    private readonly RegionHost? _host;
    private readonly Process? _process;

    private SiteRegion(Uri url, ApiKeyFacts? firstKey, RegionHost? host, Process? process) =>
        (Url, FirstKey, _host, _process) = (url, firstKey, host, process);

    /// <summary>Where it answers; another port after each start.</summary>
    public Uri Url { get; }

    /// <summary>The administrator's key, on the first start.</summary>
    public ApiKeyFacts? FirstKey { get; }

    public static async Task<SiteRegion> StartAsync(string data, bool isApart)
    {
        if (!isApart)
        {
            var host = await RegionHost.StartAsync(
                new RegionOptions { DataDirectory = data, Url = "http://127.0.0.1:0", DefaultSource = null, AutoImport = false, Logging = logging => logging.AddProvider(new SecretWatch()) }, CancellationToken.None);
            SecretWatch.Know("key of admin", host.FirstKey?.Secret);
            return new SiteRegion(host.Url, host.FirstKey, host, null);
        }

        var process = Process.Start(new ProcessStartInfo(RackProcess.ProgramOf("BootDepot.Region.Process"), [data])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var words = (await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The region did not start.")).Split(' ');
        var key = words.Length > 1 && words[1].Split(':') is [var consumer, var token, var secret] ? new ApiKeyFacts("", consumer, token, secret, default) : null;
        return new SiteRegion(new Uri(words[0]), key, null, process);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        else
            await KillAsync();
    }
}
