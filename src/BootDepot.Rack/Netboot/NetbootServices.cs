using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Rack.Holding;
using BootDepot.Rack.Netboot.Chains;
using BootDepot.Rack.Netboot.Images;
using BootDepot.Rack.Netboot.Install;
using BootDepot.Rack.Netboot.Loaders;
using BootDepot.Rack.Netboot.Routing;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Netboot;

/// <summary>
/// What boots machines, composed: one route chain that the HTTP side (<see cref="NetbootHttp"/>) and the TFTP side
/// (<see cref="NetbootTftp"/>) answer from, and the boot log.
/// </summary>
public sealed class NetbootServices : IDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(10);

    private readonly LoaderShelf _loaders;
    private readonly ITimer _sweeper;

    /// <summary>Composes it. Nothing listens yet.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="held">What can be booted; looked at anew for each request.</param>
    /// <param name="assignments">What machines are assigned; looked at anew for each script.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="sink">
    /// Is handed each chain when a script decided, when its result changes and when it is over: several records with one identity, the last of which counts. Must not block.
    /// </param>
    /// <param name="clock">Time.</param>
    /// <param name="loggers">Logs.</param>
    public NetbootServices(
        NetbootOptions options,
        HeldImages held,
        BootAssignments assignments,
        RackContent content,
        Action<BootRecord> sink,
        TimeProvider clock,
        ILoggerFactory loggers)
    {
        Clock = clock;
        Logger = loggers.CreateLogger("BootDepot.Rack.Netboot");
        Chains = new BootChains(clock, sink);
        Reports = new InstallReports(options.DataFolder, assignments);
        _loaders = new LoaderShelf(held, content, options.DataFolder, options.LoaderFolder, Logger);
        Routes = new RouteChain(
            new ImageShelf(held), _loaders, new InstallerShelf(options.InstallerFolder), Reports, assignments, content, Chains, options);
        _sweeper = clock.CreateTimer(
            _ =>
            {
                Chains.Sweep();
                Reports.Sweep();
            },
            null,
            SweepEvery,
            SweepEvery);
    }

    internal TimeProvider Clock { get; }

    internal ILogger Logger { get; }

    internal RouteChain Routes { get; }

    internal BootChains Chains { get; }

    internal InstallReports Reports { get; }

    /// <summary>Unpacks boot loaders now, so that the first machine does not wait for it. Worth a call whenever images were switched.</summary>
    public async Task PrepareAsync(CancellationToken cancel) => await _loaders.SetsAsync(cancel);

    /// <inheritdoc />
    public void Dispose()
    {
        _sweeper.Dispose();
        _loaders.Dispose();
    }

    internal void Log(NetbootRequest request, Routed routed, DateTimeOffset at, long bytes, bool isWhole, string outcome)
    {
        Digest? digest = routed.Answer is FileAnswer file ? file.File.Digest : null;
        var protocol = request.Protocol == NetbootProtocol.Tftp ? "tftp" : "http";
        Chains.Add(routed.Chain, new BootStep(at, protocol, request.Path, routed.Answer.Kind, digest, bytes, outcome), isWhole, routed.Image);
    }
}
