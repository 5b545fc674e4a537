using System;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

public sealed partial class MaasClient
{
    /// <summary>Connects with an API key.</summary>
    /// <param name="url">Address of the server: <c>http://host:5240/MAAS/</c>; <c>api/2.0/</c> may be left out.</param>
    /// <param name="apiKey">Key (<c>consumer:token:secret</c>); null for anonymous use.</param>
    /// <param name="options">How to talk to it.</param>
    /// <param name="cancellationToken">Stops the check of the key.</param>
    /// <exception cref="FormatException">The key has not three parts; nothing was sent.</exception>
    /// <exception cref="ArgumentException">The address is none, or has a user name in it; nothing was sent.</exception>
    /// <exception cref="MaasLoginException">The server does not know the key.</exception>
    /// <exception cref="MaasRemoteException">What is there does not answer as the API does.</exception>
    public static async Task<MaasClient> ConnectAsync(
        Uri url, string? apiKey = null, MaasClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var client = new MaasClient(url, apiKey is null ? null : MaasApiKey.Parse(apiKey), options);
        try
        {
            if (apiKey is not null && client._connection.Options.VerifyCredentials)
                await client.VerifyAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="ConnectAsync(Uri, string?, MaasClientOptions?, CancellationToken)"/>
    public static Task<MaasClient> ConnectAsync(
        string url, string? apiKey = null, MaasClientOptions? options = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(Absolute(url), apiKey, options, cancellationToken);

    /// <inheritdoc cref="ConnectAsync(Uri, string?, MaasClientOptions?, CancellationToken)"/>
    public static MaasClient Connect(
        Uri url, string? apiKey = null, MaasClientOptions? options = null, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => ConnectAsync(url, apiKey, options, cancellationToken));

    /// <inheritdoc cref="ConnectAsync(Uri, string?, MaasClientOptions?, CancellationToken)"/>
    public static MaasClient Connect(
        string url, string? apiKey = null, MaasClientOptions? options = null, CancellationToken cancellationToken = default) =>
        Connect(Absolute(url), apiKey, options, cancellationToken);

    /// <summary>
    /// Logs in with user and password. The server gives an API key named <c>user@host</c> of this machine, the same each
    /// time; <see cref="LogoutAsync"/> deletes it.
    /// </summary>
    /// <param name="url">Address of the server. User and password may stand in it instead, not in both places.</param>
    /// <param name="username">Name of the user.</param>
    /// <param name="password">Password of the user.</param>
    /// <param name="options">How to talk to it.</param>
    /// <param name="cancellationToken">Stops the log-in.</param>
    /// <exception cref="MaasLoginException">See <see cref="MaasLoginException.Reason"/>.</exception>
    /// <exception cref="MaasRemoteException">What is there does not answer as the API does.</exception>
    public static async Task<MaasClient> LoginAsync(
        Uri url, string? username = null, string? password = null, MaasClientOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        (url, username, password) = LoginParts.Of(url, username, password);
        options ??= new MaasClientOptions();
        using var anonymous = new MaasConnection(MaasUrl.Complete(url), null, options);
        var key = await AuthenticateAsync(anonymous, username, password, cancellationToken).ConfigureAwait(false);
        return new MaasClient(url, key, options);
    }

    /// <inheritdoc cref="LoginAsync(Uri, string?, string?, MaasClientOptions?, CancellationToken)"/>
    public static Task<MaasClient> LoginAsync(
        string url, string? username = null, string? password = null, MaasClientOptions? options = null,
        CancellationToken cancellationToken = default) =>
        LoginAsync(Absolute(url), username, password, options, cancellationToken);

    /// <inheritdoc cref="LoginAsync(Uri, string?, string?, MaasClientOptions?, CancellationToken)"/>
    public static MaasClient Login(
        Uri url, string? username = null, string? password = null, MaasClientOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Blocking.Run(() => LoginAsync(url, username, password, options, cancellationToken));

    /// <inheritdoc cref="LoginAsync(Uri, string?, string?, MaasClientOptions?, CancellationToken)"/>
    public static MaasClient Login(
        string url, string? username = null, string? password = null, MaasClientOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Login(Absolute(url), username, password, options, cancellationToken);

    /// <summary>Deletes the API key in use at the server; this client is of no use afterwards.</summary>
    /// <exception cref="InvalidOperationException">The client is anonymous.</exception>
    public Task LogoutAsync(CancellationToken cancellationToken = default) =>
        ApiKey is { } key
            ? Account.DeleteKeyAsync(key.TokenKey, cancellationToken)
            : throw new InvalidOperationException("An anonymous client has no key to delete.");

    /// <inheritdoc cref="LogoutAsync"/>
    public void Logout(CancellationToken cancellationToken = default) => Blocking.Run(() => LogoutAsync(cancellationToken));

    private static Uri Absolute(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
            ? uri
            : throw new ArgumentException($"'{url}' is not the address of a server: http://host/MAAS/ or https://host/MAAS/ is needed.", nameof(url));

    private async Task VerifyAsync(CancellationToken ct)
    {
        var call = new MaasCall(HttpMethod.Get, "users/") { Operation = "whoami" };
        var answer = await _connection.SendAsync(call, ct).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            throw new MaasLoginException(MaasLoginFailure.CredentialsRejected, "The MAAS server rejected your API key.", answer.StatusCode);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new MaasRemoteException(
                $"The MAAS server gave an unexpected response: {(int)answer.StatusCode} ({call.Resolve(Url)})", answer.StatusCode);
    }

    private static async Task<MaasApiKey> AuthenticateAsync(MaasConnection connection, string username, string password, CancellationToken ct)
    {
        var version = new MaasCall(HttpMethod.Get, "version/") { IsSigned = false };
        var answer = await connection.SendAsync(version, ct).ConfigureAwait(false);
        if (!answer.IsSuccess)
            throw new MaasRemoteException($"{version.Resolve(connection.Api)} -> {(int)answer.StatusCode} {answer.ReasonPhrase}", answer.StatusCode);
        var said = connection.Parse(version, answer, Documents.Default.VersionDocument);
        if (!new MaasVersion(said.Version ?? "", said.Subversion ?? "", said.Capabilities ?? []).CanLogIn)
            throw new MaasLoginException(MaasLoginFailure.NotSupported,
                $"{connection.Api} does not offer log-in with user and password; connect with an API key.");

        var call = new MaasCall(HttpMethod.Post, "../../accounts/authenticate/")
        {
            IsSigned = false,
            Body = () => new FormUrlEncodedContent(
            [
                new("username", username),
                new("password", password),
                new("consumer", $"{Environment.UserName}@{Dns.GetHostName()}"),
            ]),
        };
        answer = await connection.SendAsync(call, ct).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.Forbidden)
            throw new MaasLoginException(MaasLoginFailure.CredentialsRejected,
                $"The server did not accept the password of '{username}', or the user is inactive.", answer.StatusCode);
        if (!answer.IsSuccess)
            throw new MaasRemoteException($"{call.Resolve(connection.Api)} -> {(int)answer.StatusCode} {answer.ReasonPhrase}", answer.StatusCode);
        var token = connection.Parse(call, answer, Documents.Default.TokenDocument);
        return Account.KeyOf(token);
    }
}

/// <summary>User and password, from the arguments or from the address, never from both.</summary>
internal static class LoginParts
{
    public static (Uri Url, string Username, string Password) Of(Uri url, string? username, string? password)
    {
        if (url.IsAbsoluteUri && url.UserInfo.Length > 0)
        {
            if (username is not null || password is not null)
                throw new MaasLoginException(MaasLoginFailure.GivenTwice,
                    "User and password stand both in the address and beside it; give them once.");
            var parts = url.UserInfo.Split(':', 2);
            username = parts[0].Length > 0 ? Uri.UnescapeDataString(parts[0]) : null;
            password = parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : null;
            url = new UriBuilder(url) { UserName = "", Password = "" }.Uri;
        }

        if (username is null)
            throw new MaasLoginException(MaasLoginFailure.PasswordWithoutUsername, "A user name is needed to log in.");
        if (password is null)
            throw new MaasLoginException(MaasLoginFailure.UsernameWithoutPassword, $"The password of '{username}' is needed to log in.");
        return (url, username, password);
    }
}
