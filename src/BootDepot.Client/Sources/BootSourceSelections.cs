using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>What is taken from a boot source. Each operation exists in two forms: asynchronous and blocking.</summary>
public sealed class BootSourceSelections
{
    private readonly MaasConnection _connection;

    internal BootSourceSelections(MaasConnection connection) => _connection = connection;

    /// <summary>The selections of a source.</summary>
    /// <exception cref="MaasNotFoundException">There is no such source.</exception>
    public async Task<IReadOnlyList<BootSourceSelection>> ListAsync(BootSourceRef source, CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, PathOf(source.Id));
        var list = await _connection.ReadAsync(call, static d => d.ListSelectionDocument, cancellationToken).ConfigureAwait(false);
        return [.. list.Select(d => new BootSourceSelection(_connection, source.Id, d))];
    }

    /// <inheritdoc cref="ListAsync"/>
    public IReadOnlyList<BootSourceSelection> List(BootSourceRef source, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => ListAsync(source, cancellationToken));

    /// <summary>One selection of a source.</summary>
    /// <exception cref="MaasNotFoundException">There is no such source or selection.</exception>
    public async Task<BootSourceSelection> GetAsync(BootSourceRef source, int id, CancellationToken cancellationToken = default) =>
        new(_connection, source.Id, await ReadAsync(_connection, source.Id, id, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="GetAsync"/>
    public BootSourceSelection Get(BootSourceRef source, int id, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => GetAsync(source, id, cancellationToken));

    /// <summary>Selects what is to be imported. It does not start an import.</summary>
    /// <param name="source">The source, or its number.</param>
    /// <param name="os">Operating system, for example <c>ubuntu</c>.</param>
    /// <param name="release">Release, for example <c>noble</c>.</param>
    /// <param name="arches">Architectures; null or <c>*</c> for all.</param>
    /// <param name="subarches">Sub-architectures, which for Ubuntu are kernels (<c>ga-24.04</c>); null or <c>*</c> for all.</param>
    /// <param name="labels">Labels (<c>stable</c>, <c>candidate</c>); null or <c>*</c> for all.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="MaasBadRequestException">The source does not offer that, or has that selection already.</exception>
    public async Task<BootSourceSelection> CreateAsync(
        BootSourceRef source, string os, string release, IEnumerable<string>? arches = null, IEnumerable<string>? subarches = null,
        IEnumerable<string>? labels = null, CancellationToken cancellationToken = default)
    {
        var fields = new List<MaasField> { MaasField.Text("os", os), MaasField.Text("release", release) };
        fields.AddRange((arches ?? ["*"]).Select(a => MaasField.Text("arches", a)));
        fields.AddRange((subarches ?? ["*"]).Select(a => MaasField.Text("subarches", a)));
        fields.AddRange((labels ?? ["*"]).Select(a => MaasField.Text("labels", a)));
        var call = new MaasCall(HttpMethod.Post, PathOf(source.Id)) { Fields = fields };
        return new BootSourceSelection(_connection, source.Id,
            await _connection.ReadAsync(call, static d => d.SelectionDocument, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc cref="CreateAsync"/>
    public BootSourceSelection Create(
        BootSourceRef source, string os, string release, IEnumerable<string>? arches = null, IEnumerable<string>? subarches = null,
        IEnumerable<string>? labels = null, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => CreateAsync(source, os, release, arches, subarches, labels, cancellationToken));

    /// <summary>Deletes a selection.</summary>
    /// <exception cref="MaasNotFoundException">There is no such source or selection.</exception>
    public Task DeleteAsync(BootSourceRef source, int id, CancellationToken cancellationToken = default) =>
        _connection.RunAsync(new MaasCall(HttpMethod.Delete, PathOf(source.Id, id)), cancellationToken);

    /// <inheritdoc cref="DeleteAsync"/>
    public void Delete(BootSourceRef source, int id, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => DeleteAsync(source, id, cancellationToken));

    internal static string PathOf(int source) => string.Create(CultureInfo.InvariantCulture, $"boot-sources/{source}/selections/");

    internal static string PathOf(int source, int id) =>
        string.Create(CultureInfo.InvariantCulture, $"boot-sources/{source}/selections/{id}/");

    internal static Task<SelectionDocument> ReadAsync(MaasConnection connection, int source, int id, CancellationToken ct) =>
        connection.ReadAsync(new MaasCall(HttpMethod.Get, PathOf(source, id)), static d => d.SelectionDocument, ct);
}
