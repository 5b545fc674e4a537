using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Rack.Holding;
using BootDepot.Rack.Netboot;
using BootDepot.Rack.Netboot.Tftp;
using BootDepot.Rack.Replication;
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
    private readonly NetbootServices _netboot;
    private readonly TftpServer? _tftp;

    private RackHost(WebApplication app, RackWork work, NetbootServices netboot, TftpServer? tftp, Uri url) =>
        (_app, _work, _netboot, _tftp, Url) = (app, work, netboot, tftp, url);

    /// <summary>Where it answers machines over HTTP, with the port that was really taken.</summary>
    public Uri Url { get; }

    /// <summary>Where it answers machines over TFTP; null when it does not.</summary>
    public IPEndPoint? Tftp => _tftp?.LocalEndPoint;

    /// <summary>Its system id at the region.</summary>
    public string SystemId => _work.Identity.SystemId;

    /// <summary>Bytes of files received since it started.</summary>
    public long BytesFetched => _work.Parts.Pool.BytesFetched;

    internal BootAssignments Assignments => _work.Parts.Assignments;

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
        NetbootServices? netboot = null;
        try
        {
            var serving = app.Services.GetRequiredService<Served>();
            work = await RackWork.PrepareAsync(folder, options, app.Services.GetRequiredService<ILoggerFactory>(), cancel);
            serving.Parts = work.Parts;
            await app.StartAsync(cancel);
            var url = AddressOf(app);
            var logs = app.Services.GetRequiredService<ILoggerFactory>();
            netboot = serving.Netboot = BootMachines(options, folder, work, url, logs);
            var tftp = options.Tftp is { } endpoint ? Listen(endpoint, netboot, options.Time, logs) : null;
            // Every port is taken: root is needed no more.
            if (options.User is { } user)
                Privileges.Drop(user, folder.Root);
            work.Start();
            return new RackHost(app, work, netboot, tftp, url);
        }
        catch
        {
            netboot?.Dispose();
            if (work is not null)
                await work.DisposeAsync();
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Ends when the process is told to end or <paramref name="cancel"/> fires. Throws when something broke that the rack does not expect, so
    /// that whoever watches the process starts it anew: a rack that serves and no longer follows its region would go unnoticed.
    /// </summary>
    public async Task WaitForShutdownAsync(CancellationToken cancel) => await await Task.WhenAny(_app.WaitForShutdownAsync(cancel), _work.WaitForFailureAsync());

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        if (_tftp is not null)
            await _tftp.DisposeAsync();
        _netboot.Dispose();
        await _work.DisposeAsync();
        await _app.DisposeAsync();
    }

    private static NetbootServices BootMachines(RackOptions options, RackFolder folder, RackWork work, Uri url, ILoggerFactory logs) => new(
        new NetbootOptions
        {
            Advertise = options.Advertise ?? new UriBuilder(url) { Host = options.Hostname }.Uri,
            DataFolder = folder.Netboot,
            LoaderFolder = options.LoaderFolder,
            InstallerFolder = options.InstallerFolder,
            MenuTime = options.MenuTime,
            KernelParameters = options.KernelParameters,
        },
        work.Parts.Images, work.Parts.Assignments, work.Parts.Content, work.Outbox.Add, options.Time, logs);

    private static TftpServer Listen(IPEndPoint endpoint, NetbootServices netboot, TimeProvider time, ILoggerFactory logs)
    {
        var tftp = new TftpServer(
            new TftpOptions { Listen = [endpoint] },
            (request, cancel) => NetbootTftp.OpenAsync(netboot, request, cancel),
            time,
            logs.CreateLogger<TftpServer>());
        return tftp.Start() is [var fault, ..] ? throw new RackException(fault) : tftp;
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

    /// <summary>Null for the moment between taking the ports and knowing which.</summary>
    public NetbootServices? Netboot { get; set; }
}
