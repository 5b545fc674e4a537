using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>
/// A boot source, as read from the server. Change its properties and call <see cref="SaveAsync"/>: only what changed is
/// sent. Equal to another of the same id on the same server.
/// </summary>
public sealed class BootSource : IEquatable<BootSource>
{
    private readonly MaasConnection _connection;
    private BootSourceDocument _saved;

    internal BootSource(MaasConnection connection, BootSourceDocument saved)
    {
        _connection = connection;
        _saved = saved;
        Take(saved);
    }

    /// <summary>Number of the source.</summary>
    public int Id => _saved.Id;

    /// <summary>Address of the stream.</summary>
    public string? Url { get; set; }

    /// <summary>Path of the keyring on the server; empty when there is none.</summary>
    public string? KeyringFilename { get; set; }

    /// <summary>The keyring; empty when there is none. To switch to it from a file, also set <see cref="KeyringFilename"/> to empty.</summary>
    public byte[]? KeyringData { get; set; }

    /// <summary>Name for people; null on servers that have none (before MAAS 3.8).</summary>
    public string? Name { get; set; }

    /// <summary>The greater wins; null on servers that have none.</summary>
    public int? Priority { get; set; }

    /// <summary>Whether it is imported from; null on servers that cannot switch it off.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Whether signatures are not checked; null on servers that decide by the address.</summary>
    public bool? SkipKeyringVerification { get; set; }

    /// <summary>When it was added (UTC); null on servers that do not say.</summary>
    public DateTimeOffset? Created => MaasDates.ReadOrNull(_saved.Created);

    /// <summary>When it was last changed (UTC); null on servers that do not say.</summary>
    public DateTimeOffset? Updated => MaasDates.ReadOrNull(_saved.Updated);

    /// <summary>Path of the object on the server.</summary>
    public string ResourceUri => _saved.ResourceUri ?? "";

    /// <summary>Whether there is something to save.</summary>
    public bool IsChanged => Changes().Count > 0;

    /// <summary>Sends what changed and takes over the server's answer; without a change nothing is sent.</summary>
    /// <exception cref="MaasBadRequestException">The server refused a field.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken = default)
    {
        var changes = Changes();
        if (changes.Count == 0)
            return;
        var call = new MaasCall(HttpMethod.Put, BootSources.PathOf(Id)) { Fields = changes };
        Take(await _connection.ReadAsync(call, static d => d.BootSourceDocument, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc cref="SaveAsync"/>
    public void Save(CancellationToken cancellationToken = default) => Blocking.Run(() => SaveAsync(cancellationToken));

    /// <summary>Deletes the source at the server; this object keeps what it has.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken = default) =>
        _connection.RunAsync(new MaasCall(HttpMethod.Delete, BootSources.PathOf(Id)), cancellationToken);

    /// <inheritdoc cref="DeleteAsync"/>
    public void Delete(CancellationToken cancellationToken = default) => Blocking.Run(() => DeleteAsync(cancellationToken));

    /// <summary>Reads the source again and drops unsaved changes.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken = default) =>
        Take(await BootSources.ReadAsync(_connection, Id, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="RefreshAsync"/>
    public void Refresh(CancellationToken cancellationToken = default) => Blocking.Run(() => RefreshAsync(cancellationToken));

    /// <inheritdoc />
    public bool Equals(BootSource? other) => other is not null && other.Id == Id && other._connection.Api == _connection.Api;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as BootSource);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Id, _connection.Api);

    /// <summary>Number and address; no keys.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"boot source {Id} ({Url})");

    private void Take(BootSourceDocument saved)
    {
        _saved = saved;
        Url = saved.Url;
        KeyringFilename = saved.KeyringFilename ?? "";
        KeyringData = Keyring(saved);
        Name = saved.Name;
        Priority = saved.Priority;
        Enabled = saved.Enabled;
        SkipKeyringVerification = saved.SkipKeyringVerification;
    }

    private List<MaasField> Changes()
    {
        var fields = new List<MaasField>();
        void Add(string name, string? now, string? before)
        {
            if (!string.Equals(now ?? "", before ?? "", StringComparison.Ordinal))
                fields.Add(MaasField.Text(name, now ?? ""));
        }

        Add("url", Url, _saved.Url);
        Add("keyring_filename", KeyringFilename, _saved.KeyringFilename);
        if (!(KeyringData ?? []).AsSpan().SequenceEqual(Keyring(_saved)))
            fields.Add(MaasField.File("keyring_data", KeyringData ?? []));
        Add("name", Name, _saved.Name);
        Add("priority", Priority?.ToString(CultureInfo.InvariantCulture), _saved.Priority?.ToString(CultureInfo.InvariantCulture));
        Add("enabled", Text(Enabled), Text(_saved.Enabled));
        Add("skip_keyring_verification", Text(SkipKeyringVerification), Text(_saved.SkipKeyringVerification));
        return fields;
    }

    private static string? Text(bool? value) => value switch
    {
        true => "true",
        false => "false",
        null => null,
    };

    private static byte[] Keyring(BootSourceDocument document)
    {
        try
        {
            return Convert.FromBase64String(document.KeyringData ?? "");
        }
        catch (FormatException e)
        {
            throw new MaasRemoteException(
                $"The keyring of boot source {document.Id.ToString(CultureInfo.InvariantCulture)} is not base64.", null, e);
        }
    }
}

/// <summary>A boot source, or just its number: where either will do.</summary>
public readonly record struct BootSourceRef
{
    /// <summary>By number.</summary>
    public BootSourceRef(int id) => Id = id;

    /// <summary>Number of the source.</summary>
    public int Id { get; }

    /// <summary>From a number.</summary>
    public static implicit operator BootSourceRef(int id) => new(id);

    /// <summary>From a source.</summary>
    public static implicit operator BootSourceRef(BootSource source) => new(source.Id);

    /// <summary>From a number.</summary>
    public static BootSourceRef FromInt32(int id) => new(id);

    /// <summary>From a source.</summary>
    public static BootSourceRef FromBootSource(BootSource source) => new(source.Id);
}
