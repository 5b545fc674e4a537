using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace BootDepot.Cli.Streams.Serving;

/// <summary>Serves a stream folder over HTTP as any web server would: ranges, entity tags, nothing that starts with a dot.</summary>
internal sealed class StreamFileServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StreamFileServer(WebApplication app) => _app = app;

    /// <summary>Where it answers, with a final slash.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/");

    public static async Task<StreamFileServer> StartAsync(string folder, string listen, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "bootdepot" });
        builder.WebHost.UseKestrelCore().UseUrls(listen).ConfigureKestrel(k => k.AddServerHeader = false);
        var app = builder.Build();
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)),
            ServeUnknownFileTypes = true,
            DefaultContentType = "application/octet-stream",
        });
        try
        {
            await app.StartAsync(cancel);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new StreamFileServer(app);
    }

    public Task WaitForShutdownAsync(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
