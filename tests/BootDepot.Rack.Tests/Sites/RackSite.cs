using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Rack.Hosting;
using BootDepot.Region.Auth;
using BootDepot.Testing;
using BootDepot.Transfers;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(SecretsAtTheEnd))]

namespace BootDepot.Rack.Tests.Sites;

/// <summary>A vendor's mirror, a region that imports from it, and what racks need: everything real, on this machine.</summary>
internal sealed class RackSite : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ApiKeyFacts _admin;
    private readonly bool _isApart;
    private SiteRegion? _region;
    private int _racks;

    private RackSite(FakeMirror mirror, SiteRegion region, bool isApart)
    {
        (Mirror, _region, _admin, _isApart) = (mirror, region, region.FirstKey!, isApart);
        Wire.Target = EndPointOf(region);
    }

    /// <summary>The vendor.</summary>
    public FakeMirror Mirror { get; }

    /// <summary>What the vendor publishes.</summary>
    public SignedTree Vendor { get; } = new();

    /// <summary>The wire between racks and the region.</summary>
    public Relay Wire { get; } = new();

    /// <summary>Starts a region whose vendor publishes what <paramref name="publish"/> puts there, and imports it.</summary>
    /// <param name="publish">Puts images on the vendor's mirror.</param>
    /// <param name="isApart">Whether the region is a process of its own, which can be killed.</param>
    public static async Task<RackSite> StartAsync(Action<RackSite> publish, bool isApart = false)
    {
        var mirror = await FakeMirror.StartAsync();
        var folder = new TempFolder();
        folder.Dispose();
        var site = new RackSite(mirror, await SiteRegion.StartAsync(folder.Path, isApart), isApart);
        site._regionData = folder.Path;
        publish(site);
        site.Vendor.Publish(mirror);
        var keyring = Convert.ToBase64String(site.Vendor.Keyring);
        await site.AdminAsync(HttpMethod.Post, "boot-sources/", ("url", mirror.Url), ("keyring_data", keyring));
        await site.ImportAsync();
        return site;
    }

    private string _regionData = "";

    /// <summary>Lets the region take what the vendor publishes now.</summary>
    public async Task ImportAsync()
    {
        await AdminAsync(HttpMethod.Post, "boot-resources/?op=import");
        await UntilAsync(async () => (await AdminAsync(HttpMethod.Get, "boot-resources/?op=is_importing")).GetRawText() == "false", "the import to end");
    }

    /// <summary>The region goes away.</summary>
    public async Task StopRegionAsync()
    {
        Wire.Target = null;
        Wire.Cut();
        await _region!.DisposeAsync();
        _region = null;
    }

    /// <summary>And comes back, on another port.</summary>
    public async Task StartRegionAgainAsync()
    {
        _region = await SiteRegion.StartAsync(_regionData, _isApart);
        Wire.Target = EndPointOf(_region);
    }

    /// <summary>kill -9; the region must be a process of its own.</summary>
    public async Task KillRegionAsync()
    {
        await _region!.KillAsync();
        _region = null;
        Wire.Target = null;
    }

    /// <summary>The folder of the region's own store.</summary>
    public string RegionBlobs => Path.Combine(_regionData, "blobs");

    /// <summary>The region's own store loses its bytes.</summary>
    public void LoseRegionsBlobs() => Directory.Delete(Path.Combine(RegionBlobs, "sha256"), recursive: true);

    /// <summary>Options of a new rack.</summary>
    public async Task<RackOptions> OptionsAsync() => new()
    {
        Logging = logging => logging.AddProvider(new SecretWatch()),
        DataDirectory = _folder[$"rack{Interlocked.Increment(ref _racks)}"],
        Regions = [new Uri(Wire.Url, "MAAS/")],
        Token = (await AdminAsync(HttpMethod.Post, "racks/?op=create_token")).GetProperty("token").GetString(),
        Http = "http://127.0.0.1:0",
        Hostname = $"rack{_racks}",
        Grace = TimeSpan.FromSeconds(1),
        Transfers = new TransferSettings { Parallel = 8, Attempts = 30, FirstDelay = TimeSpan.FromMilliseconds(20), LongestDelay = TimeSpan.FromMilliseconds(200) },
    };

    /// <summary>A request to the region as its administrator.</summary>
    public async Task<JsonElement> AdminAsync(HttpMethod method, string path, params (string Key, string Value)[] fields)
    {
        using var http = new HttpClient { BaseAddress = new Uri(_region!.Url, "MAAS/api/2.0/") };
        using var request = new HttpRequestMessage(method, path);
        if (fields.Length > 0)
            request.Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Key, f.Value)));
        request.Headers.TryAddWithoutValidation("Authorization", string.Create(
            CultureInfo.InvariantCulture,
            $"OAuth oauth_nonce=\"{Guid.NewGuid():N}\", oauth_timestamp=\"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}\", oauth_version=\"1.0\", oauth_signature_method=\"PLAINTEXT\", oauth_consumer_key=\"{_admin.ConsumerKey}\", oauth_token=\"{_admin.TokenKey}\", oauth_signature=\"%26{_admin.Secret}\""));
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {(int)response.StatusCode} {text}");
        return response.Content.Headers.ContentType?.MediaType == "application/json" ? JsonDocument.Parse(text).RootElement : JsonDocument.Parse("null").RootElement;
    }

    /// <summary>What the region knows of a rack.</summary>
    public Task<JsonElement> StateOfAsync(RackHost rack) => AdminAsync(HttpMethod.Get, $"racks/{rack.SystemId}/");

    /// <summary>Waits until the region says that a rack has all it should have.</summary>
    public Task UntilSyncedAsync(RackHost rack) => UntilAsync(
        async () => (await StateOfAsync(rack)).GetProperty("status").GetString() == "synced", "the rack to be in step");

    /// <summary>Waits for a condition.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var end = DateTimeOffset.UtcNow.AddMinutes(10);
        while (!await condition())
        {
            if (DateTimeOffset.UtcNow > end)
                throw new TimeoutException($"Waited ten minutes for {what}.");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Wire.DisposeAsync();
        if (_region is not null)
            await _region.DisposeAsync();
        await Mirror.DisposeAsync();
        Vendor.Dispose();
        _folder.Dispose();
        if (Directory.Exists(_regionData))
            Directory.Delete(_regionData, recursive: true);
        SecretWatch.Check();
    }

    private static IPEndPoint EndPointOf(SiteRegion region) => new(IPAddress.Loopback, region.Url.Port);
}
