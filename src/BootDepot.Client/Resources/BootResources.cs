using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>The images of a region. Each operation exists in two forms: asynchronous and blocking.</summary>
public sealed partial class BootResources
{
    private readonly MaasConnection _connection;

    internal BootResources(MaasConnection connection) => _connection = connection;

    /// <summary>All resources, or those of one kind.</summary>
    /// <param name="type">Kind; null for all.</param>
    /// <param name="includeSets">Whether to read each one's sets too. MAAS does not list them, which costs a request per resource there.</param>
    /// <param name="cancellationToken">Stops the requests.</param>
    public async Task<IReadOnlyList<BootResource>> ListAsync(
        BootResourceType? type = null, bool includeSets = false, CancellationToken cancellationToken = default)
    {
        var list = await _connection
            .ReadAsync(ListCall(type, includeSets), static d => d.ListBootResourceDocument, cancellationToken).ConfigureAwait(false);
        var resources = list.ConvertAll(d => new BootResource(_connection, d));
        if (includeSets)
        {
            foreach (var resource in resources.Where(r => r.Sets is null))
                await resource.RefreshAsync(cancellationToken).ConfigureAwait(false);
        }

        return resources;
    }

    /// <inheritdoc cref="ListAsync"/>
    public IReadOnlyList<BootResource> List(
        BootResourceType? type = null, bool includeSets = false, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => ListAsync(type, includeSets, cancellationToken));

    /// <summary>Resources one by one while the answer arrives, for lists too long to hold.</summary>
    public async IAsyncEnumerable<BootResource> EnumerateAsync(
        BootResourceType? type = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await _connection.OpenAsync(ListCall(type), cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = body.ConfigureAwait(false);
        await foreach (var document in JsonSerializer
            .DeserializeAsyncEnumerable(body, Documents.Default.BootResourceDocument, cancellationToken).ConfigureAwait(false))
        {
            if (document is not null)
                yield return new BootResource(_connection, document);
        }
    }

    /// <summary>One resource, with its sets.</summary>
    /// <exception cref="MaasNotFoundException">There is no such resource.</exception>
    public async Task<BootResource> GetAsync(int id, CancellationToken cancellationToken = default) =>
        new(_connection, await ReadAsync(_connection, id, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="GetAsync"/>
    public BootResource Get(int id, CancellationToken cancellationToken = default) => Blocking.Run(() => GetAsync(id, cancellationToken));

    /// <summary>One resource, with its sets; null when there is none of that id.</summary>
    public async Task<BootResource?> FindAsync(int id, CancellationToken cancellationToken = default)
    {
        try
        {
            return await GetAsync(id, cancellationToken).ConfigureAwait(false);
        }
        catch (MaasNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="FindAsync"/>
    public BootResource? Find(int id, CancellationToken cancellationToken = default) => Blocking.Run(() => FindAsync(id, cancellationToken));

    /// <summary>Deletes a resource with all its versions.</summary>
    /// <exception cref="MaasNotFoundException">There is no such resource.</exception>
    public Task DeleteAsync(int id, CancellationToken cancellationToken = default) =>
        _connection.RunAsync(new MaasCall(HttpMethod.Delete, PathOf(id)), cancellationToken);

    /// <inheritdoc cref="DeleteAsync"/>
    public void Delete(int id, CancellationToken cancellationToken = default) => Blocking.Run(() => DeleteAsync(id, cancellationToken));

    internal static string PathOf(int id) => string.Create(CultureInfo.InvariantCulture, $"boot-resources/{id}/");

    internal static Task<BootResourceDocument> ReadAsync(MaasConnection connection, int id, CancellationToken ct) =>
        connection.ReadAsync(new MaasCall(HttpMethod.Get, PathOf(id)), static d => d.BootResourceDocument, ct);

    private static MaasCall ListCall(BootResourceType? type, bool includeSets = false)
    {
        var fields = new List<MaasField>();
        if (type == BootResourceType.Unknown)
            throw new ArgumentException("Resources of an unknown kind cannot be asked for.", nameof(type));
        if (type is { } known)
            fields.Add(MaasField.Text("type", known.ToString().ToLowerInvariant()));
        // BootDepot's own; MAAS does not look at parameters it does not know.
        if (includeSets)
            fields.Add(MaasField.Text("include_sets", "true"));
        return new MaasCall(HttpMethod.Get, "boot-resources/") { Fields = fields };
    }
}
