using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Rack.Holding;
using BootDepot.Rack.Replication;
using BootDepot.Rack.Reporting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Hosting;

/// <summary>A running rack: options in, a site's copy of the images and its servers out.</summary>
public sealed class RackHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RackWork _work;

    private RackHost(WebApplication app, RackWork work, Uri url) => (_app, _work, Url) = (app, work, url);

    /// <summary>Where it answers machines over HTTP, with the port that was really taken.</summary>
    public Uri Url { get; }

    /// <summary>Its system id at the region.</summary>
    public string SystemId => _work.Identity.SystemId;

    /// <summary>Bytes of files received since it started.</summary>
    public long BytesFetched => _work.Parts.Pool.BytesFetched;

    internal HeldImages Images => _work.Parts.Images;

    internal RackContent Content => _work.Parts.Content;

    internal BootRecordOutbox Outbox => _work.Outbox;

    /// <summary>Starts a rack. When this returns, it serves what it holds; the first time that is nothing yet.</summary>
    /// <exception cref="RackException">It is not enrolled and cannot be.</exception>
    /// <exception cref="IOException">A port is taken, or the data directory cannot be written.</exception>
    public static async Task<RackHost> StartAsync(RackOptions options, CancellationToken cancel)
    {
        var folder = new RackFolder(Path.GetFullPath(options.DataDirectory));
        folder.Create();
        folder.Sweep();
        // Taken first: what cannot listen must not use up a token.
        var app = Build(options);
        RackWork? work = null;
        try
        {
            var serving = app.Services.GetRequiredService<Served>();
            work = await RackWork.PrepareAsync(folder, options, app.Services.GetRequiredService<ILoggerFactory>(), cancel);
            serving.Parts = work.Parts;
            await app.StartAsync(cancel);
            if (options.User is { } user)
                Privileges.Drop(user, folder.Root);
            var url = AddressOf(app);
            work.Start();
            return new RackHost(app, work, url);
        }
        catch
        {
            if (work is not null)
                await work.DisposeAsync();
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends when the process is told to end or <paramref name="cancel"/> fires.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _work.DisposeAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(RackOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "bootdepot-rack" });
        builder.WebHost.UseKestrelCore().UseUrls(options.Http).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSingleton<Served>();
        builder.Services.AddLogging(options.Logging ?? (_ => { }));
        var app = builder.Build();
        RackPipeline.Use(app, app.Services.GetRequiredService<Served>());
        return app;
    }

    private static Uri AddressOf(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var address = new Uri(addresses.First());
        return address.Host is "[::]" or "0.0.0.0" ? new UriBuilder(address) { Host = "localhost" }.Uri : address;
    }
}

/// <summary>What the pipeline serves from; there once the rack knows who it is.</summary>
internal sealed class Served
{
    public RackParts Parts { get; set; } = null!;
}
