using System;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>
/// A connection to the API of one BootDepot or MAAS region. Made by <see cref="ConnectAsync(string, string?, MaasClientOptions?, CancellationToken)"/>
/// (API key) or <see cref="LoginAsync(string, string?, string?, MaasClientOptions?, CancellationToken)"/> (user and password).
/// Safe for use by several threads; make one and keep it.
/// </summary>
public sealed partial class MaasClient : IDisposable
{
    private readonly MaasConnection _connection;

    /// <summary>A client without any request made: nothing is checked before the first call.</summary>
    /// <param name="url">Address of the server, as in <see cref="MaasUrl.Complete(string)"/>.</param>
    /// <param name="apiKey">Key; null for anonymous use, which has few operations.</param>
    /// <param name="options">How to talk to it.</param>
    /// <exception cref="ArgumentException">The address is none, or has a user name in it.</exception>
    public MaasClient(Uri url, MaasApiKey? apiKey = null, MaasClientOptions? options = null)
    {
        if (url.IsAbsoluteUri && url.UserInfo.Length > 0)
            throw new ArgumentException("The address holds a user name or password; log in with them instead.", nameof(url));
        options ??= new MaasClientOptions();
        _connection = new MaasConnection(MaasUrl.Complete(url), apiKey, options);
        BootSources = new BootSources(_connection);
        BootSourceSelections = new BootSourceSelections(_connection);
        BootResources = new BootResources(_connection);
        Racks = new Racks(_connection);
        Config = new Config(_connection);
        Users = new Users(_connection);
        Account = new Account(_connection);
    }

    /// <summary>Address of the API, completed.</summary>
    public Uri Url => _connection.Api;

    /// <summary>The key in use; null when anonymous.</summary>
    public MaasApiKey? ApiKey => _connection.Key;

    /// <summary>Boot sources: where images come from.</summary>
    public BootSources BootSources { get; }

    /// <summary>Selections: what is taken from a boot source.</summary>
    public BootSourceSelections BootSourceSelections { get; }

    /// <summary>Boot resources: the images, their upload and their import.</summary>
    public BootResources BootResources { get; }

    /// <summary>Rack controllers and the images they hold.</summary>
    public Racks Racks { get; }

    /// <summary>Settings of the server.</summary>
    public Config Config { get; }

    /// <summary>Users.</summary>
    public Users Users { get; }

    /// <summary>API keys of the user whose key is in use.</summary>
    public Account Account { get; }

    /// <summary>Version and capabilities of the server; needs no key.</summary>
    public async Task<MaasVersion> GetVersionAsync(CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, "version/") { IsSigned = false };
        var read = await _connection.ReadAsync(call, static d => d.VersionDocument, cancellationToken).ConfigureAwait(false);
        return new MaasVersion(read.Version ?? "", read.Subversion ?? "", read.Capabilities ?? []);
    }

    /// <inheritdoc cref="GetVersionAsync"/>
    public MaasVersion GetVersion(CancellationToken cancellationToken = default) =>
        Blocking.Run(() => GetVersionAsync(cancellationToken));

    /// <summary>
    /// The server's description of its own operations (<c>describe/</c>), which command lines are built from; needs no key.
    /// </summary>
    /// <exception cref="MaasRemoteException">The answer is not 200, or not JSON: this is no MAAS API.</exception>
    public async Task<JsonElement> GetDescriptionAsync(CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, "describe/") { IsSigned = false };
        var answer = await _connection.SendAsync(call, cancellationToken).ConfigureAwait(false);
        var uri = call.Resolve(Url);
        if (!answer.IsSuccess)
            throw new MaasRemoteException($"{uri} -> {(int)answer.StatusCode} {answer.ReasonPhrase}", answer.StatusCode);
        if (answer.ContentType?.Split(';')[0].Trim() != "application/json")
            throw new MaasRemoteException($"Expected application/json, got: {answer.ContentType} ({uri})", answer.StatusCode);
        return _connection.Parse(call, answer, Documents.Default.JsonElement);
    }

    /// <inheritdoc cref="GetDescriptionAsync"/>
    public JsonElement GetDescription(CancellationToken cancellationToken = default) =>
        Blocking.Run(() => GetDescriptionAsync(cancellationToken));

    /// <summary>
    /// Sends one request and gives its answer, whatever the status: for operations that have no method here.
    /// Retried as the options say.
    /// </summary>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    public Task<MaasAnswer> CallAsync(MaasCall call, CancellationToken cancellationToken = default) =>
        _connection.SendAsync(call, cancellationToken);

    /// <inheritdoc cref="CallAsync"/>
    public MaasAnswer Call(MaasCall call, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => CallAsync(call, cancellationToken));

    /// <summary>Closes connections, unless the HTTP client was given from outside.</summary>
    public void Dispose() => _connection.Dispose();
}

/// <summary>What a server says of itself.</summary>
/// <param name="Version">For example <c>3.6.0</c>.</param>
/// <param name="Subversion">Often empty.</param>
/// <param name="Capabilities">Names of what it can do, for example <c>authenticate-api</c>.</param>
public sealed record MaasVersion(string Version, string Subversion, System.Collections.Generic.IReadOnlyList<string> Capabilities)
{
    /// <summary>Log-in with user and password is offered.</summary>
    public bool CanLogIn => Supports("authenticate-api");

    /// <summary>Whether that capability is named.</summary>
    public bool Supports(string capability) => System.Linq.Enumerable.Contains(Capabilities, capability, StringComparer.Ordinal);
}
