using System;
using System.Threading.Tasks;
using BootDepot.FakeMaas;

namespace BootDepot.Client.Tests;

/// <summary>A scripted server of some age and a client that is connected to it.</summary>
internal sealed class Connected : IAsyncDisposable
{
    private Connected(FakeMaas.FakeMaas server, MaasClient client) => (Server, Client) = (server, client);

    public FakeMaas.FakeMaas Server { get; }

    public MaasClient Client { get; }

    public static async Task<Connected> ToAsync(MaasEra era, Func<MaasClientOptions, MaasClientOptions>? configure = null)
    {
        var server = await FakeMaas.FakeMaas.StartAsync(era);
        var options = new MaasClientOptions
        {
            VerifyCredentials = false,
            Retry = new MaasRetryOptions { BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(20) },
        };
        return new Connected(server, await MaasClient.ConnectAsync(server.Url, FakeMaas.FakeMaas.Key, configure?.Invoke(options) ?? options));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
