using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Images.Products;
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
    private readonly List<OfferedProduct> _products = [];
    private readonly FileBlobStore _store;
    private readonly ConcurrentDictionary<Guid, BootRecord> _records = new();
    private WebApplication? _web;
    private NetbootServices? _netboot;

    private NetbootRig() => _store = new FileBlobStore(Folder["blobs"], TimeProvider.System);

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

    /// <summary>Stores bytes.</summary>
    public async Task<(Digest Digest, long Size)> StoreAsync(Stream bytes)
    {
        var digest = Digest.FromHash(await SHA256.HashDataAsync(bytes));
        bytes.Position = 0;
        await using var writer = await _store.WriteAsync(PartialName.Of(digest), bytes.Length, CancellationToken.None);
        await writer.RestartAsync(CancellationToken.None);
        var buffer = new byte[1 << 20];
        int read;
        while ((read = await bytes.ReadAsync(buffer)) > 0)
            await writer.AppendAsync(buffer.AsMemory(0, read), CancellationToken.None);
        await writer.CommitAsync(digest, CancellationToken.None);
        return (digest, bytes.Length);
    }

    /// <summary>Adds a version of an image; files are name, type and bytes (or a path).</summary>
    public async Task AddImageAsync(
        string os, string release, string version, (string Name, string Type, object Bytes)[] files,
        string arch = "amd64", string subarch = "generic", string number = "12", string title = "Test")
    {
        var name = $"com.ubuntu.maas.stable:v3:boot:{os}-{number}:{arch}:{subarch}";
        var tags = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["os"] = os, ["release"] = release, ["arch"] = arch, ["subarch"] = subarch, ["label"] = "stable",
            ["version"] = number, ["release_title"] = title, ["subarches"] = "generic",
        };
        await AddAsync(name, tags, version, files);
    }

    /// <summary>Adds a version of a boot-loader product, packed as streams have it.</summary>
    public async Task AddLoadersAsync(string type, string arch, string version, params (string Item, string Folder)[] archives)
    {
        var files = new List<(string, string, object)>();
        foreach (var (item, folder) in archives)
        {
            var packed = Folder[$"{type}-{version}-{item}.tar.xz"];
            await Shell.RunAsync($"tar -C '{folder}' -cJf '{packed}' .");
            files.Add(($"{item}.tar.xz", "archive.tar.xz", packed));
        }

        var tags = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["os"] = type == "pxe" ? "pxelinux" : "grub-efi-signed", ["arch"] = arch, ["arches"] = arch, ["label"] = "stable", ["bootloader-type"] = type,
        };
        await AddAsync($"com.ubuntu.maas.stable:1:loader:{type}:{arch}", tags, version, [.. files]);
    }

    /// <summary>Takes away everything but the given version of an image, as an update does.</summary>
    public void Remove(string os, string release, string version)
    {
        var at = _products.FindIndex(p => p.Tags["os"] == os && p.Tags.GetValueOrDefault("release") == release && p.Versions[0].Name == version);
        _products.RemoveAt(at);
        Switch();
    }

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

    private async Task AddAsync(
        string name, Dictionary<string, string> tags, string version, (string Name, string Type, object Bytes)[] files)
    {
        var items = new List<OfferedItem>();
        foreach (var (fileName, type, content) in files)
        {
            await using Stream bytes = content is byte[] array ? new MemoryStream(array) : File.OpenRead((string)content);
            var (digest, size) = await StoreAsync(bytes);
            items.Add(new OfferedItem(fileName, new Dictionary<string, string>(tags, StringComparer.Ordinal)
            {
                ["ftype"] = type, ["path"] = $"x/{version}/{fileName}", ["sha256"] = digest.Hex,
                ["size"] = size.ToString(CultureInfo.InvariantCulture),
            }));
        }

        _products.Add(new OfferedProduct("test", name, tags, [new OfferedVersion(version, items)]));
        Switch();
    }

    // Of each version a product of its own: a rack may hold several.
    private void Switch()
    {
        var images = _products.SelectMany(p => ProductMapping.Map([p]).Images).ToList();
        images.Count.ShouldBe(_products.Count, string.Join("\n", ProductMapping.Map(_products).Problems));
        Held.Replace([.. images]);
    }
}
