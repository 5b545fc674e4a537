using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>API keys of the user whose key is in use. Each operation exists in two forms: asynchronous and blocking.</summary>
public sealed class Account
{
    private readonly MaasConnection _connection;

    internal Account(MaasConnection connection) => _connection = connection;

    /// <summary>Makes a key.</summary>
    /// <param name="name">Name to find it by; null for the server's default.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public async Task<MaasNamedKey> CreateKeyAsync(string? name = null, CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Post, "account/")
        {
            Operation = "create_authorisation_token",
            Fields = name is null ? [] : [MaasField.Text("name", name)],
        };
        var token = await _connection.ReadAsync(call, static d => d.TokenDocument, cancellationToken).ConfigureAwait(false);
        return new MaasNamedKey(token.Name ?? name ?? "", KeyOf(token));
    }

    /// <inheritdoc cref="CreateKeyAsync"/>
    public MaasNamedKey CreateKey(string? name = null, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => CreateKeyAsync(name, cancellationToken));

    /// <summary>The keys of the user, oldest first.</summary>
    public async Task<IReadOnlyList<MaasNamedKey>> ListKeysAsync(CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, "account/") { Operation = "list_authorisation_tokens" };
        var list = await _connection.ReadAsync(call, static d => d.ListNamedTokenDocument, cancellationToken).ConfigureAwait(false);
        return [.. list.Select(t => new MaasNamedKey(t.Name ?? "", MaasApiKey.Parse(t.Token ?? "")))];
    }

    /// <inheritdoc cref="ListKeysAsync"/>
    public IReadOnlyList<MaasNamedKey> ListKeys(CancellationToken cancellationToken = default) =>
        Blocking.Run(() => ListKeysAsync(cancellationToken));

    /// <summary>Deletes a key; also the one in use.</summary>
    /// <param name="tokenKey">Its middle part: <see cref="MaasApiKey.TokenKey"/>.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="MaasNotFoundException">The user has no such key.</exception>
    public Task DeleteKeyAsync(string tokenKey, CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Post, "account/")
        {
            Operation = "delete_authorisation_token",
            Fields = [MaasField.Text("token_key", tokenKey)],
        };
        return _connection.RunAsync(call, cancellationToken);
    }

    /// <inheritdoc cref="DeleteKeyAsync"/>
    public void DeleteKey(string tokenKey, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => DeleteKeyAsync(tokenKey, cancellationToken));

    /// <summary>Gives a key another name.</summary>
    public Task RenameKeyAsync(string tokenKey, string name, CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Post, "account/")
        {
            Operation = "update_token_name",
            Fields = [MaasField.Text("token", tokenKey), MaasField.Text("name", name)],
        };
        return _connection.RunAsync(call, cancellationToken);
    }

    /// <inheritdoc cref="RenameKeyAsync"/>
    public void RenameKey(string tokenKey, string name, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => RenameKeyAsync(tokenKey, name, cancellationToken));

    internal static MaasApiKey KeyOf(TokenDocument token) =>
        token is { ConsumerKey: { } consumer, TokenKey: { } key, TokenSecret: { } secret }
            ? new MaasApiKey(consumer, key, secret)
            : throw new MaasRemoteException("The server's answer holds no API key.");
}

/// <summary>An API key and its name.</summary>
/// <param name="Name">Name, for people.</param>
/// <param name="Key">The key.</param>
public sealed record MaasNamedKey(string Name, MaasApiKey Key);
