using System;
using System.Globalization;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Region.Auth;
using BootDepot.Region.Hosting;
using BootDepot.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(SecretsAtTheEnd))]

namespace BootDepot.Region.Tests;

/// <summary>A region on a port of its own, with an administrator and a user.</summary>
public sealed class RegionFixture : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly Backends _backends;

    private RegionFixture(TempFolder folder, Backends backends, RegionHost host)
    {
        _folder = folder;
        _backends = backends;
        Host = host;
        Http = new HttpClient { BaseAddress = host.Url };
    }

    /// <summary>The server.</summary>
    public RegionHost Host { get; private set; }

    /// <summary>A client without credentials.</summary>
    public HttpClient Http { get; private set; }

    /// <summary>Key of the user <c>admin</c>.</summary>
    public required ApiKeyFacts AdminKey { get; init; }

    /// <summary>Key of the user <c>joe</c>, who is no administrator.</summary>
    public required ApiKeyFacts UserKey { get; init; }

    /// <summary>What opens the catalogue, for whoever looks at it from outside.</summary>
    public CatalogOptions Catalog => _backends.Catalog ?? CatalogOptions.Sqlite(new DataFolder(DataDirectory).Catalog);

    /// <summary>The data directory.</summary>
    public string DataDirectory => _folder.Path;

    /// <summary>Starts one.</summary>
    /// <param name="adjust">Changes the options.</param>
    /// <param name="beside">A region on the same catalogue, whose users it has; null when the catalogue is its own.</param>
    public static async Task<RegionFixture> StartAsync(Func<RegionOptions, RegionOptions>? adjust = null, RegionFixture? beside = null)
    {
        var folder = new TempFolder();
        var backends = await Backends.CreateAsync();
        var host = await StartHostAsync(folder.Path, backends, adjust);
        if (beside is not null)
            return new RegionFixture(folder, backends, host) { AdminKey = beside.AdminKey, UserKey = beside.UserKey };
        var users = host.Services.GetRequiredService<UserAdministration>();
        var keys = host.Services.GetRequiredService<ApiKeyAdministration>();
        SecretWatch.Know("first sign-in", host.FirstSignInUrl?.Fragment.Split('=')[^1]);
        SecretWatch.Know("key of admin", host.FirstKey!.Secret);
        SecretWatch.Know("password of joe", "joe's password");
        await users.CreateAsync("joe", "joe@example.com", "joe's password", isAdmin: false, Actor.System, CancellationToken.None);
        var joe = (Outcome<ApiKeyFacts>.Done)await keys.CreateAsync("joe", null, Actor.System, CancellationToken.None);
        SecretWatch.Know("key of joe", joe.Value.Secret);
        return new RegionFixture(folder, backends, host) { AdminKey = host.FirstKey!, UserKey = joe.Value };
    }

    /// <summary>A service of the running server.</summary>
    public T Get<T>()
        where T : notnull => Host.Services.GetRequiredService<T>();

    /// <summary>Stops the server and starts another on the same data.</summary>
    public async Task RestartAsync()
    {
        await StopHostAsync();
        await StartHostAsync();
    }

    /// <summary>Stops the server; the data stay.</summary>
    public async Task StopHostAsync()
    {
        Http.Dispose();
        await Host.StopAsync(CancellationToken.None);
        await Host.DisposeAsync();
    }

    /// <summary>Starts a stopped server again.</summary>
    public async Task StartHostAsync()
    {
        Host = await StartHostAsync(DataDirectory, _backends, null);
        Http = new HttpClient { BaseAddress = Host.Url };
    }

    /// <summary>The Authorization header that a client of that key sends.</summary>
    public static string Sign(ApiKeyFacts key, string? nonce = null, long? timestamp = null, string? secret = null) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"OAuth oauth_nonce=\"{nonce ?? Guid.NewGuid().ToString("N")}\", oauth_timestamp=\"{timestamp ?? DateTimeOffset.UtcNow.ToUnixTimeSeconds()}\", oauth_version=\"1.0\", oauth_signature_method=\"PLAINTEXT\", oauth_consumer_key=\"{key.ConsumerKey}\", oauth_token=\"{key.TokenKey}\", oauth_signature=\"%26{secret ?? key.Secret}\"");

    /// <summary>Sends a request below <c>/MAAS/api/2.0/</c> (or an absolute path) and reads the answer.</summary>
    public async Task<Reply> SendAsync(string method, string path, ApiKeyFacts? key = null, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path.StartsWith('/') ? path : "/MAAS/api/2.0/" + path);
        request.Content = body;
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Authorization", Sign(key));
        using var response = await Http.SendAsync(request);
        return await Reply.ReadAsync(response);
    }

    /// <summary>As the administrator.</summary>
    public Task<Reply> AdminAsync(string method, string path, HttpContent? body = null) => SendAsync(method, path, AdminKey, body);

    /// <summary>As the plain user.</summary>
    public Task<Reply> UserAsync(string method, string path, HttpContent? body = null) => SendAsync(method, path, UserKey, body);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.StopAsync(CancellationToken.None);
        await Host.DisposeAsync();
        await _backends.DisposeAsync();
        _folder.Dispose();
        SecretWatch.Check();
    }

    private static Task<RegionHost> StartHostAsync(string folder, Backends backends, Func<RegionOptions, RegionOptions>? adjust)
    {
        var options = new RegionOptions
        {
            DataDirectory = folder, Catalog = backends.Catalog, Blobs = backends.Blobs, Url = "http://127.0.0.1:0", DefaultSource = null, AutoImport = false,
            Logging = logging => logging.AddProvider(new FailureLog()).AddProvider(new SecretWatch()),
        };
        return RegionHost.StartAsync(adjust?.Invoke(options) ?? options, CancellationToken.None);
    }
}

/// <summary>One region for all tests of a class that do not disturb each other.</summary>
public sealed class SharedRegion : IAsyncLifetime
{
    /// <summary>The region.</summary>
    public RegionFixture Region { get; private set; } = null!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => Region = await RegionFixture.StartAsync();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Region.DisposeAsync();
}
