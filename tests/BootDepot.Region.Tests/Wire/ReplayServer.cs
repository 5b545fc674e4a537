using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Auth;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Wire;

/// <summary>Tests that replay exchanges share one region, a process of its own.</summary>
[CollectionDefinition(Name)]
public sealed class ReplayTests : ICollectionFixture<ReplayServer>
{
    /// <summary>Its name.</summary>
    public const string Name = "replay";
}

/// <summary>
/// A real server process whose only way in is its socket: a region with a source, on a mirror of this test, that offers
/// ubuntu/noble and ubuntu/jammy for amd64; the former is selected and imported.
/// </summary>
public sealed class ReplayServer : IAsyncLifetime
{
    /// <summary>Root of the API.</summary>
    public const string Api = "/MAAS/api/2.0/";

    /// <summary>Content type of JSON.</summary>
    public const string Json = "application/json; charset=utf-8";

    /// <summary>Content type of texts.</summary>
    public const string Text = "text/plain; charset=utf-8";

    private readonly TempFolder _folder = new();
    private readonly RegionProcess _region;

    /// <summary>Not started yet.</summary>
    public ReplayServer() => _region = new RegionProcess(_folder["data"]);

    /// <summary>Where the images come from.</summary>
    public FakeMirror Mirror { get; private set; } = null!;

    /// <summary>What it offers.</summary>
    public SignedTree Tree { get; } = new();

    /// <summary>Where the region answers.</summary>
    public Uri Url => _region.Url;

    /// <summary>The administrator's key.</summary>
    public ApiKeyFacts AdminKey => _region.AdminKey;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        Mirror = await FakeMirror.StartAsync();
        Tree.AddUbuntu(Mirror);
        Tree.AddUbuntu(Mirror, "jammy", "22.04");
        Tree.Publish(Mirror);
        await _region.StartAsync();
        Check(await SendAsync(MaasClient.Cli, "POST", "boot-sources/", null, true, ("url", Mirror.Url), ("keyring_data", Tree.Keyring)), 201, Json);
        // What it offers is read in the background.
        await UntilAsync(async () => (await SendAsync(
            MaasClient.Cli, "POST", "boot-sources/1/selections/", null, true, ("os", "ubuntu"), ("release", "noble"), ("arches", "amd64"), ("subarches", "*"), ("labels", "*"))).Status == 200);
        await SendAsync(MaasClient.Cli, "POST", "boot-resources/", "import");
        await ImportEndedAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _region.DisposeAsync();
        await Mirror.DisposeAsync();
        Tree.Dispose();
        _folder.Dispose();
    }

    /// <summary>Sends what a client sends; a path that starts with a slash is taken as it is.</summary>
    public Task<RawReply> SendAsync(
        MaasClient client, string method, string path, string? op = null, bool isSigned = true, params (string, object)[] fields) =>
        RawWire.SendAsync(Url, ClientWire.Request(client, method, path.StartsWith('/') ? path : Api + path, isSigned ? AdminKey : null, op, fields));

    /// <summary>Waits until no import runs.</summary>
    public Task ImportEndedAsync() =>
        UntilAsync(async () => (await SendAsync(MaasClient.Cli, "GET", "boot-resources/", "is_importing")).Text == "false");

    /// <summary>Waits for a condition, not for ever.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (!await condition())
            await Task.Delay(20, patience.Token);
    }

    /// <summary>Checks what every answer has.</summary>
    public static void Check(RawReply reply, int status, string contentType, bool hasHash = true)
    {
        reply.Status.ShouldBe(status, reply.Text);
        reply.Header("Content-Type").ShouldBe(contentType);
        (reply.Header("X-MAAS-API-Hash") is { Length: 40 }).ShouldBe(hasHash);
        reply.Header("Vary").ShouldBe("Authorization, Cookie");
    }

    /// <summary>Checks an answer in words.</summary>
    public static void Check(RawReply reply, int status, string contentType, string text)
    {
        Check(reply, status, contentType);
        reply.Text.ShouldBe(text);
    }
}
