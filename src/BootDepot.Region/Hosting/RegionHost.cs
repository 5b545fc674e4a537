using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Region.Auth;
using BootDepot.Region.Imports;
using BootDepot.Region.Sources;
using BootDepot.Region.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Hosting;

/// <summary>A running region: options in, a server on one URL out.</summary>
public sealed class RegionHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RegionHost(WebApplication app, Uri url, Uri? tlsUrl, ApiKeyFacts? firstKey, string? firstSignIn)
    {
        TlsUrl = tlsUrl;
        if (firstSignIn is not null)
            FirstSignInUrl = new Uri(url, "/MAAS/#first=" + firstSignIn);
        _app = app;
        Url = url;
        FirstKey = firstKey;
    }

    /// <summary>Where it answers, with the port that was really taken and no path.</summary>
    public Uri Url { get; }

    /// <summary>Where it answers over TLS; null when it does not.</summary>
    public Uri? TlsUrl { get; }

    /// <summary>
    /// The administrator's key that was made because the catalogue had no user; null otherwise. Show it once: it is not
    /// logged.
    /// </summary>
    public ApiKeyFacts? FirstKey { get; }

    /// <summary>
    /// Where to set the first password; null once an administrator has one. The secret stands after the hash, so that it is in no
    /// request and in no log. Show it to nobody but the operator.
    /// </summary>
    public Uri? FirstSignInUrl { get; }

    /// <summary>The parts it is made of.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts a region. When this returns, it answers.</summary>
    /// <exception cref="CatalogException">The catalogue cannot be used.</exception>
    /// <exception cref="IOException">The address is taken, or the data directory cannot be written.</exception>
    public static async Task<RegionHost> StartAsync(RegionOptions options, CancellationToken cancel)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(options.DataDirectory, owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        Sweep(new DataFolder(options.DataDirectory));

        var app = Build(options);
        try
        {
            await app.Services.GetRequiredService<CatalogDatabase>().EnsureReadyAsync(cancel);
            if (app.Services.GetService<DatabaseClock>() is { } clock)
                await clock.MeasureAsync(cancel);
            var key = await app.Services.GetRequiredService<FirstStart>().RunAsync(cancel);
            await app.Services.GetRequiredService<KeyringCheck>().RunAsync(cancel);
            await app.StartAsync(cancel);
            var first = await app.Services.GetRequiredService<FirstSignIn>().SecretOrNullAsync(cancel);
            return new RegionHost(app, AddressOf(app, 0), options.Tls is null ? null : AddressOf(app, 1), key, first);
        }
        catch
        {
            // What began before the failure (an address that is taken, say) ends in order, while what it uses is still there.
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends when the process is told to end (SIGTERM, Ctrl-C) or <paramref name="cancel"/> fires.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    /// <summary>Stops answering; open requests may end first.</summary>
    public Task StopAsync(CancellationToken cancel) => _app.StopAsync(cancel);

    /// <summary>Stops, if that has not been done, and lets go of everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static WebApplication Build(RegionOptions options)
    {
        // The empty builder: no configuration files, no environment, no default logging. Starts fastest, and only the
        // executable reads flags and environment.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "bootdepot" });
        if (options.Tls is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        string[] urls = options.Tls is { } tls ? [options.Url, tls.Url] : [options.Url];
        builder.WebHost.UseKestrelCore().UseUrls(urls).ConfigureKestrel(kestrel =>
        {
            if (options.Tls is not null)
                UseTls(kestrel, kestrel.ApplicationServices.GetRequiredService<TlsCertificate>());
            kestrel.AddServerHeader = false;
            // Each reader has limits of its own; uploads have none but the declared size.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks>();
        builder.Services.AddRoutingCore();
        builder.Services.AddRegion(options);
        if (options.Logging is { } logging)
        {
            // It logs request lines, and some clients sign in the query string.
            builder.Services.AddLogging(lines => lines.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning));
            builder.Services.AddLogging(logging);
        }

        var app = builder.Build();
        app.UseRegion();
        return app;
    }

    private static void UseTls(KestrelServerOptions kestrel, TlsCertificate certificate)
    {
        // Read at once: a region whose certificate cannot be used does not start.
        _ = certificate.Current;
        kestrel.ConfigureHttpsDefaults(https =>
        {
            https.ServerCertificateSelector = (_, _) => certificate.Current.TargetCertificate;
            // With the certificates that lead to its authority, which a selector cannot give.
            https.OnAuthenticate = (_, ssl) =>
            {
                ssl.ServerCertificateSelectionCallback = null;
                ssl.ServerCertificateContext = certificate.Current;
            };
        });
    }

    // What a killed process left of forms and conversions.
    private static void Sweep(DataFolder data)
    {
        if (Directory.Exists(data.Conversions))
            Directory.Delete(data.Conversions, recursive: true);
        Directory.CreateDirectory(data.Conversions);
        foreach (var file in Directory.EnumerateFiles(data.Scratch, "form-*"))
            File.Delete(file);
    }

    private static Uri AddressOf(WebApplication app, int index)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var address = new Uri(addresses.ElementAt(index));
        return address.Host is "[::]" or "0.0.0.0" ? new UriBuilder(address) { Host = "localhost" }.Uri : address;
    }
}
