using System;
using System.Net.Http;
using Amazon.Runtime;

namespace BootDepot.Blobs.S3;

/// <summary>
/// The connections of one store, its own rather than those that the SDK shares within a process. An answer that was not read to its end
/// closes its connection: else the HTTP client reads the rest behind the caller's back to use the connection again, and with many
/// requests and cancellations such a connection came back broken (<see cref="ArgumentOutOfRangeException"/> at the next status
/// line, seen with .NET 10.0.12).
/// </summary>
internal sealed class S3Connections : HttpClientFactory
{
    /// <inheritdoc />
    public override HttpClient CreateHttpClient(IClientConfig clientConfig)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // so that a changed DNS entry is noticed
        });
        if (clientConfig.Timeout is { } limit)
            client.Timeout = limit;
        return client;
    }
}
