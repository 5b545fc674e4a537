using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>Rack controllers. Each operation exists in two forms: asynchronous and blocking.</summary>
public sealed class Racks
{
    private readonly MaasConnection _connection;

    internal Racks(MaasConnection connection) => _connection = connection;

    /// <summary>All racks.</summary>
    public async Task<IReadOnlyList<Rack>> ListAsync(CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, "rackcontrollers/");
        var list = await _connection.ReadAsync(call, static d => d.ListRackDocument, cancellationToken).ConfigureAwait(false);
        return [.. list.Select(Rack.Of)];
    }

    /// <inheritdoc cref="ListAsync"/>
    public IReadOnlyList<Rack> List(CancellationToken cancellationToken = default) => Blocking.Run(() => ListAsync(cancellationToken));

    /// <summary>One rack.</summary>
    /// <exception cref="MaasNotFoundException">There is no such rack.</exception>
    public async Task<Rack> GetAsync(string systemId, CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, PathOf(systemId));
        return Rack.Of(await _connection.ReadAsync(call, static d => d.RackDocument, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc cref="GetAsync"/>
    public Rack Get(string systemId, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => GetAsync(systemId, cancellationToken));

    /// <summary>The images a rack holds, and whether that is all of them.</summary>
    public async Task<RackImages> ListBootImagesAsync(string systemId, CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, PathOf(systemId)) { Operation = "list_boot_images" };
        var read = await _connection.ReadAsync(call, static d => d.RackImagesDocument, cancellationToken).ConfigureAwait(false);
        return new RackImages(
            [.. (read.Images ?? []).Select(i => new RackImage(i.Name ?? "", i.Architecture ?? "", i.Subarches ?? []))],
            read.Connected ?? false, read.Status ?? "unknown");
    }

    /// <inheritdoc cref="ListBootImagesAsync"/>
    public RackImages ListBootImages(string systemId, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => ListBootImagesAsync(systemId, cancellationToken));

    /// <summary>Tells every rack to fetch images now. MAAS 3.5 and later ignore it: racks follow by themselves.</summary>
    public Task ImportBootImagesAsync(CancellationToken cancellationToken = default) =>
        _connection.RunAsync(new MaasCall(HttpMethod.Post, "rackcontrollers/") { Operation = "import_boot_images" }, cancellationToken);

    /// <inheritdoc cref="ImportBootImagesAsync(CancellationToken)"/>
    public void ImportBootImages(CancellationToken cancellationToken = default) => Blocking.Run(() => ImportBootImagesAsync(cancellationToken));

    /// <summary>Tells one rack to fetch images now. MAAS 3.5 and later ignore it.</summary>
    public Task ImportBootImagesAsync(string systemId, CancellationToken cancellationToken = default) =>
        _connection.RunAsync(new MaasCall(HttpMethod.Post, PathOf(systemId)) { Operation = "import_boot_images" }, cancellationToken);

    /// <inheritdoc cref="ImportBootImagesAsync(string, CancellationToken)"/>
    public void ImportBootImages(string systemId, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => ImportBootImagesAsync(systemId, cancellationToken));

    private static string PathOf(string systemId) => $"rackcontrollers/{Uri.EscapeDataString(systemId)}/";
}

/// <summary>A rack controller.</summary>
/// <param name="SystemId">What names it in the API.</param>
/// <param name="Hostname">Host name.</param>
/// <param name="Fqdn">Full host name; empty when unknown.</param>
/// <param name="Version">Version of its software; empty when unknown.</param>
/// <param name="Extra">Everything else the server says of it.</param>
public sealed record Rack(
    string SystemId, string Hostname, string Fqdn, string Version, IReadOnlyDictionary<string, JsonElement> Extra)
{
    internal static Rack Of(RackDocument d) =>
        new(d.SystemId ?? "", d.Hostname ?? "", d.Fqdn ?? "", d.Version ?? "", d.Extra ?? []);
}

/// <summary>What a rack holds.</summary>
/// <param name="Images">Its images.</param>
/// <param name="Connected">Whether the region can reach it.</param>
/// <param name="Status"><c>synced</c>, <c>syncing</c>, <c>region-importing</c>, <c>out-of-sync</c> or <c>unknown</c>.</param>
public sealed record RackImages(IReadOnlyList<RackImage> Images, bool Connected, string Status);

/// <summary>An image on a rack.</summary>
/// <param name="Name">Name, for example <c>ubuntu/noble</c>.</param>
/// <param name="Architecture">Processor architecture alone, for example <c>amd64</c>.</param>
/// <param name="Subarches">Sub-architectures it serves.</param>
public sealed record RackImage(string Name, string Architecture, IReadOnlyList<string> Subarches);
