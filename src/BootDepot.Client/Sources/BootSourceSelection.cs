using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>
/// A selection, as read from the server. Change its properties and call <see cref="SaveAsync"/>: only what changed is
/// sent. Lists cannot be changed in place: assign a new one.
/// </summary>
public sealed class BootSourceSelection : IEquatable<BootSourceSelection>
{
    private readonly MaasConnection _connection;
    private SelectionDocument _saved;

    internal BootSourceSelection(MaasConnection connection, int bootSourceId, SelectionDocument saved)
    {
        _connection = connection;
        // The number of the source is kept from the request: old servers do not send it.
        BootSourceId = bootSourceId;
        _saved = saved;
        Take(saved);
    }

    /// <summary>Number of the selection.</summary>
    public int Id => _saved.Id;

    /// <summary>Number of the source it belongs to.</summary>
    public int BootSourceId { get; }

    /// <summary>Operating system; empty when it matches by release alone.</summary>
    public string? Os { get; set; }

    /// <summary>Release.</summary>
    public string? Release { get; set; }

    /// <summary>Architectures; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Arches { get; set; } = [];

    /// <summary>Sub-architectures; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Subarches { get; set; } = [];

    /// <summary>Labels; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Labels { get; set; } = [];

    /// <summary>Path of the object on the server.</summary>
    public string ResourceUri => _saved.ResourceUri ?? "";

    /// <summary>Whether there is something to save.</summary>
    public bool IsChanged => Changes().Count > 0;

    /// <summary>The source it belongs to.</summary>
    public async Task<BootSource> GetBootSourceAsync(CancellationToken cancellationToken = default) =>
        new(_connection, await BootSources.ReadAsync(_connection, BootSourceId, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="GetBootSourceAsync"/>
    public BootSource GetBootSource(CancellationToken cancellationToken = default) =>
        Blocking.Run(() => GetBootSourceAsync(cancellationToken));

    /// <summary>Sends what changed and takes over the server's answer; without a change nothing is sent.</summary>
    /// <exception cref="MaasBadRequestException">The source does not offer that.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken = default)
    {
        var changes = Changes();
        if (changes.Count == 0)
            return;
        var call = new MaasCall(HttpMethod.Put, BootSourceSelections.PathOf(BootSourceId, Id)) { Fields = changes };
        Take(await _connection.ReadAsync(call, static d => d.SelectionDocument, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc cref="SaveAsync"/>
    public void Save(CancellationToken cancellationToken = default) => Blocking.Run(() => SaveAsync(cancellationToken));

    /// <summary>Deletes the selection at the server; this object keeps what it has.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken = default) =>
        _connection.RunAsync(new MaasCall(HttpMethod.Delete, BootSourceSelections.PathOf(BootSourceId, Id)), cancellationToken);

    /// <inheritdoc cref="DeleteAsync"/>
    public void Delete(CancellationToken cancellationToken = default) => Blocking.Run(() => DeleteAsync(cancellationToken));

    /// <summary>Reads the selection again and drops unsaved changes.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken = default) =>
        Take(await BootSourceSelections.ReadAsync(_connection, BootSourceId, Id, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="RefreshAsync"/>
    public void Refresh(CancellationToken cancellationToken = default) => Blocking.Run(() => RefreshAsync(cancellationToken));

    /// <inheritdoc />
    public bool Equals(BootSourceSelection? other) =>
        other is not null && other.Id == Id && other.BootSourceId == BootSourceId && other._connection.Api == _connection.Api;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as BootSourceSelection);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Id, BootSourceId, _connection.Api);

    /// <summary>What it selects.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"selection {BootSourceId}/{Id} ({Os}/{Release}, arches {string.Join(",", Arches)})");

    private void Take(SelectionDocument saved)
    {
        _saved = saved;
        Os = saved.Os;
        Release = saved.Release;
        Arches = [.. saved.Arches ?? []];
        Subarches = [.. saved.Subarches ?? []];
        Labels = [.. saved.Labels ?? []];
    }

    private List<MaasField> Changes()
    {
        var fields = new List<MaasField>();
        void Add(string name, string? now, string? before)
        {
            if (!string.Equals(now ?? "", before ?? "", StringComparison.Ordinal))
                fields.Add(MaasField.Text(name, now ?? ""));
        }

        void AddList(string name, IReadOnlyList<string> now, IReadOnlyList<string>? before)
        {
            if (now.SequenceEqual(before ?? [], StringComparer.Ordinal))
                return;
            // An empty list has no other form than one empty value.
            fields.AddRange((now.Count == 0 ? [""] : now).Select(v => MaasField.Text(name, v)));
        }

        Add("os", Os, _saved.Os);
        Add("release", Release, _saved.Release);
        AddList("arches", Arches, _saved.Arches);
        AddList("subarches", Subarches, _saved.Subarches);
        AddList("labels", Labels, _saved.Labels);
        return fields;
    }
}
