using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Blobs.Files;
using BootDepot.Images.Booting;
using BootDepot.Rack.Holding;
using BootDepot.Rack.Netboot;
using BootDepot.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BootDepot.Rack.Tests.Netboot.Rig;

/// <summary>A netboot server on a port of its own, over a blob store, with images that a test puts in.</summary>
public sealed class NetbootRig : IAsyncDisposable
{
    private readonly FileBlobStore _store;
    private readonly ConcurrentDictionary<Guid, BootRecord> _records = new();
    private WebApplication? _web;
    private NetbootServices? _netboot;

    private NetbootRig()
    {
        _store = new FileBlobStore(Folder["blobs"], TimeProvider.System);
        Images = new RigImages(_store, Held, Folder.Path);
    }

    public TempFolder Folder { get; } = new();

    public HeldImages Held { get; } = new();

    public BootAssignments Assignments { get; } = new();

    /// <summary>The last record of each chain, in the order in which the chains began.</summary>
    public IReadOnlyList<BootRecord> Records => [.. _records.Values.OrderBy(r => r.Started)];

    public Uri Base { get; private set; } = null!;

    public int Port => Base.Port;

    public RigHttp Http { get; private set; } = null!;

    public NetbootServices Netboot => _netboot!;

    /// <summary>Starts it. <paramref name="change"/> may change the settings; the advertised address is the loopback one.</summary>
    public static async Task<NetbootRig> StartAsync(Func<NetbootRig, NetbootOptions, NetbootOptions>? change = null)
    {
        var rig = new NetbootRig();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        rig._web = builder.Build();
        rig._web.Run(http => NetbootHttp.AnswerAsync(rig.Netboot, http));
        await rig._web.StartAsync();
        var address = rig._web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        rig.Base = new Uri(address + "/");
        rig.Http = new RigHttp(rig.Base);
        var options = new NetbootOptions { Advertise = rig.Base, DataFolder = rig.Folder["netboot"] };
        rig._netboot = new NetbootServices(
            change?.Invoke(rig, options) ?? options,
            rig.Held,
            rig.Assignments,
            new RackContent(rig._store),
            record => rig._records[record.Id] = record,
            TimeProvider.System,
            NullLoggerFactory.Instance);
        return rig;
    }

    /// <summary>Waits for a record: the server notes the end of an answer after the client has it.</summary>
    public async Task<BootRecord> RecordAsync(Func<BootRecord, bool> isIt)
    {
        while (true)
        {
            if (Records.FirstOrDefault(isIt) is { } record)
                return record;
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What is held, to be added to.</summary>
    public RigImages Images { get; }

    public void Assign(params BootAssignment[] assignments) => Assignments.Replace([.. assignments]);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_web is not null)
            await _web.DisposeAsync();
        _netboot?.Dispose();
        Folder.Dispose();
    }
}
