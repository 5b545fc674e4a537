using System;
using System.Net.Http;
using System.Threading;
using BootDepot.Client;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a <see cref="MaasClient"/> in a container.</summary>
public static class MaasImagesServiceCollectionExtensions
{
    /// <summary>Name of the HTTP client that is registered; configure it further by that name.</summary>
    public const string HttpClientName = "BootDepot.Client";

    /// <summary>
    /// Registers one <see cref="MaasClient"/> for the program, on an HTTP client from <see cref="IHttpClientFactory"/>.
    /// Nothing is sent before its first use. The builder that is returned takes handlers and the like.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="url">Address of the server.</param>
    /// <param name="apiKey">Key; null for anonymous use.</param>
    /// <param name="configure">Changes the options; its <see cref="MaasClientOptions.HttpClient"/> is replaced by the factory's.</param>
    /// <exception cref="FormatException">The key has not three parts.</exception>
    public static IHttpClientBuilder AddMaasImages(
        this IServiceCollection services, string url, string? apiKey = null, Func<MaasClientOptions, MaasClientOptions>? configure = null)
    {
        var api = MaasUrl.Complete(url);
        var key = apiKey is null ? null : MaasApiKey.Parse(apiKey);
        var options = configure?.Invoke(new MaasClientOptions()) ?? new MaasClientOptions();
        services.AddSingleton(provider => new MaasClient(api, key, options with
        {
            HttpClient = provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName),
            LoggerFactory = options.LoggerFactory ?? provider.GetService<ILoggerFactory>(),
        }));
        return services.AddHttpClient(HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => MaasHandler.Create(options))
            // One client is kept for the program's life; its handler renews connections itself.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
    }
}
