using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>The boot sources of a region. Each operation exists in two forms: asynchronous and blocking.</summary>
public sealed class BootSources
{
    private readonly MaasConnection _connection;

    internal BootSources(MaasConnection connection) => _connection = connection;

    /// <summary>All sources.</summary>
    public async Task<IReadOnlyList<BootSource>> ListAsync(CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, "boot-sources/");
        var list = await _connection.ReadAsync(call, static d => d.ListBootSourceDocument, cancellationToken).ConfigureAwait(false);
        return [.. list.Select(d => new BootSource(_connection, d))];
    }

    /// <inheritdoc cref="ListAsync"/>
    public IReadOnlyList<BootSource> List(CancellationToken cancellationToken = default) =>
        Blocking.Run(() => ListAsync(cancellationToken));

    /// <summary>One source.</summary>
    /// <exception cref="MaasNotFoundException">There is no such source.</exception>
    public async Task<BootSource> GetAsync(int id, CancellationToken cancellationToken = default) =>
        new(_connection, await ReadAsync(_connection, id, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="GetAsync"/>
    public BootSource Get(int id, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => GetAsync(id, cancellationToken));

    /// <summary>One source; null when there is none of that id.</summary>
    public async Task<BootSource?> FindAsync(int id, CancellationToken cancellationToken = default)
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
    public BootSource? Find(int id, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => FindAsync(id, cancellationToken));

    /// <summary>Adds a source. The server does not fetch it during the request.</summary>
    /// <exception cref="MaasBadRequestException">The server refused a field: <see cref="MaasApiException.FieldErrors"/>.</exception>
    public async Task<BootSource> CreateAsync(BootSourceSpec spec, CancellationToken cancellationToken = default)
    {
        var fields = new List<MaasField> { MaasField.Text("url", spec.Url) };
        if (spec.KeyringFilename is not null)
            fields.Add(MaasField.Text("keyring_filename", spec.KeyringFilename));
        if (await spec.ReadKeyringAsync(cancellationToken).ConfigureAwait(false) is { Length: > 0 } keyring)
            fields.Add(MaasField.File("keyring_data", keyring));
        if (spec.Name is not null)
            fields.Add(MaasField.Text("name", spec.Name));
        if (spec.Priority is { } priority)
            fields.Add(MaasField.Text("priority", priority.ToString(CultureInfo.InvariantCulture)));
        if (spec.Enabled is { } enabled)
            fields.Add(MaasField.Text("enabled", enabled ? "true" : "false"));
        if (spec.SkipKeyringVerification is { } skip)
            fields.Add(MaasField.Text("skip_keyring_verification", skip ? "true" : "false"));
        var call = new MaasCall(HttpMethod.Post, "boot-sources/") { Fields = fields };
        return new BootSource(_connection,
            await _connection.ReadAsync(call, static d => d.BootSourceDocument, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc cref="CreateAsync"/>
    public BootSource Create(BootSourceSpec spec, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => CreateAsync(spec, cancellationToken));

    /// <summary>Deletes a source, its selections and what was imported through them.</summary>
    /// <exception cref="MaasNotFoundException">There is no such source.</exception>
    public Task DeleteAsync(int id, CancellationToken cancellationToken = default) =>
        _connection.RunAsync(new MaasCall(HttpMethod.Delete, PathOf(id)), cancellationToken);

    /// <inheritdoc cref="DeleteAsync"/>
    public void Delete(int id, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => DeleteAsync(id, cancellationToken));

    internal static string PathOf(int id) => string.Create(CultureInfo.InvariantCulture, $"boot-sources/{id}/");

    internal static Task<BootSourceDocument> ReadAsync(MaasConnection connection, int id, CancellationToken ct) =>
        connection.ReadAsync(new MaasCall(HttpMethod.Get, PathOf(id)), static d => d.BootSourceDocument, ct);
}
