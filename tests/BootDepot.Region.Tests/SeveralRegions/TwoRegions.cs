using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Region.Auth;
using BootDepot.Region.Hosting;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.SeveralRegions;

/// <summary>Two region processes on one PostgreSQL and one bucket, and nginx with the configuration of deploy/two-regions before them.</summary>
internal sealed class TwoRegions : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Backends _backends;
    private Process? _nginx;

    private TwoRegions(Backends backends)
    {
        _backends = backends;
        var shared = new[] { backends.Catalog!.PostgresConnection!, JsonSerializer.Serialize(((BlobStorage.InS3)backends.Blobs).Bucket) };
        A = new RegionProcess(_folder["a"], shared) { KeepsPort = true };
        B = new RegionProcess(_folder["b"], shared) { KeepsPort = true };
    }

    public RegionProcess A { get; }

    public RegionProcess B { get; }

    public ApiKeyFacts Key => A.AdminKey;

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>Where nginx answers.</summary>
    public Uri Balancer { get; private set; } = null!;

    public static async Task<TwoRegions> StartAsync()
    {
        var two = new TwoRegions(await Backends.CreateSharedAsync());
        await two.A.StartAsync();
        // The two files that regions share besides.
        await Shell.RunAsync($"mkdir -p {two._folder["b"]} && cp -a {two._folder["a"]}/keys {two._folder["b"]}/");
        await two.B.StartAsync();
        return two;
    }

    /// <summary>Asks one of them, as the administrator.</summary>
    public Task<Reply> SendAsync(RegionProcess region, string method, string path, HttpContent? body = null) => region.SendAsync(Http, method, path, body, Key);

    /// <summary>Asks whichever nginx chooses.</summary>
    public async Task<Reply> BalancedAsync(string method, string path, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Balancer, path.StartsWith('/') ? path : "MAAS/api/2.0/" + path));
        request.Content = body;
        request.Headers.TryAddWithoutValidation("Authorization", RegionFixture.Sign(Key));
        using var response = await Http.SendAsync(request);
        return await Reply.ReadAsync(response);
    }

    /// <summary>Starts nginx before the two.</summary>
    public async Task BalanceAsync()
    {
        var port = FreePorts.Find();
        var file = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "deploy", "two-regions", "nginx.conf"));
        file = file
            .Replace("region-a.example:5240", A.Url.Authority, StringComparison.Ordinal)
            .Replace("region-b.example:5240", B.Url.Authority, StringComparison.Ordinal)
            .Replace("error_log stderr warn;", "error_log error.log warn;", StringComparison.Ordinal)
            .Replace("listen 80;", string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{port};"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder["nginx.conf"], file);
        _nginx = Process.Start(new ProcessStartInfo("/usr/sbin/nginx", ["-p", _folder.Path, "-e", "error.log", "-c", _folder["nginx.conf"], "-g", "daemon off;"]) { UseShellExecute = false })!;
        Balancer = new Uri($"http://127.0.0.1:{port}/");
        while (true)
        {
            try
            {
                using var answer = await Http.GetAsync(new Uri(Balancer, "MAAS/api/2.0/version/"));
                return;
            }
            catch (HttpRequestException) when (!_nginx.HasExited)
            {
                await Task.Delay(20); // not up yet
            }
        }
    }

    /// <summary>The store, for whoever looks at it from outside.</summary>
    public IBlobStore OpenStore() => _backends.Blobs.Open(new DataFolder(_folder["look"]), _backends.Catalog!, TimeProvider.System);

    /// <summary>The catalogue, likewise.</summary>
    public CatalogDatabase OpenCatalog() => new(_backends.Catalog!);

    public async ValueTask DisposeAsync()
    {
        if (_nginx is not null)
        {
            _nginx.Kill(entireProcessTree: true);
            await _nginx.WaitForExitAsync();
            _nginx.Dispose();
        }

        await A.DisposeAsync();
        await B.DisposeAsync();
        Http.Dispose();
        await _backends.DisposeAsync();
        _folder.Dispose();
    }
}
