using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>Users of a server. Each operation exists in two forms: asynchronous and blocking.</summary>
public sealed class Users
{
    private readonly MaasConnection _connection;

    internal Users(MaasConnection connection) => _connection = connection;

    /// <summary>The user whose key is in use.</summary>
    public async Task<MaasUser> WhoAmIAsync(CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, "users/") { Operation = "whoami" };
        return MaasUser.Of(await _connection.ReadAsync(call, static d => d.UserDocument, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc cref="WhoAmIAsync"/>
    public MaasUser WhoAmI(CancellationToken cancellationToken = default) => Blocking.Run(() => WhoAmIAsync(cancellationToken));

    /// <summary>All users.</summary>
    public async Task<IReadOnlyList<MaasUser>> ListAsync(CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, "users/");
        var list = await _connection.ReadAsync(call, static d => d.ListUserDocument, cancellationToken).ConfigureAwait(false);
        return [.. list.Select(MaasUser.Of)];
    }

    /// <inheritdoc cref="ListAsync"/>
    public IReadOnlyList<MaasUser> List(CancellationToken cancellationToken = default) => Blocking.Run(() => ListAsync(cancellationToken));

    /// <summary>One user.</summary>
    /// <exception cref="MaasNotFoundException">There is no such user.</exception>
    public async Task<MaasUser> GetAsync(string username, CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, PathOf(username));
        return MaasUser.Of(await _connection.ReadAsync(call, static d => d.UserDocument, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc cref="GetAsync"/>
    public MaasUser Get(string username, CancellationToken cancellationToken = default) => Blocking.Run(() => GetAsync(username, cancellationToken));

    /// <summary>Adds a user.</summary>
    public async Task<MaasUser> CreateAsync(
        string username, string email, string password, bool isSuperuser = false, CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Post, "users/")
        {
            Fields =
            [
                MaasField.Text("username", username),
                MaasField.Text("email", email),
                MaasField.Text("password", password),
                MaasField.Text("is_superuser", isSuperuser ? "1" : "0"),
            ],
        };
        return MaasUser.Of(await _connection.ReadAsync(call, static d => d.UserDocument, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc cref="CreateAsync"/>
    public MaasUser Create(
        string username, string email, string password, bool isSuperuser = false, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => CreateAsync(username, email, password, isSuperuser, cancellationToken));

    /// <summary>Deletes a user.</summary>
    public Task DeleteAsync(string username, CancellationToken cancellationToken = default) =>
        _connection.RunAsync(new MaasCall(HttpMethod.Delete, PathOf(username)), cancellationToken);

    /// <inheritdoc cref="DeleteAsync"/>
    public void Delete(string username, CancellationToken cancellationToken = default) => Blocking.Run(() => DeleteAsync(username, cancellationToken));

    private static string PathOf(string username) => $"users/{Uri.EscapeDataString(username)}/";
}

/// <summary>A user of a server.</summary>
/// <param name="Username">Name.</param>
/// <param name="Email">Mail address.</param>
/// <param name="IsSuperuser">Whether an administrator.</param>
/// <param name="IsLocal">Whether known to the server itself rather than to a directory.</param>
public sealed record MaasUser(string Username, string Email, bool IsSuperuser, bool IsLocal)
{
    internal static MaasUser Of(UserDocument d) => new(d.Username ?? "", d.Email ?? "", d.IsSuperuser ?? false, d.IsLocal ?? true);
}
