using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Sources;
using BootDepot.Region.Hosting;
using BootDepot.Region.Imports;
using BootDepot.Region.Imports.Progress;
using BootDepot.Region.Tests.Imports;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>A whole region with a clock that a test moves, and a signed mirror that it imports from.</summary>
internal sealed class LifetimeFixture : IAsyncDisposable
{
    private LifetimeFixture(RegionFixture region, FakeMirror mirror, SignedTree stream)
    {
        Region = region;
        Mirror = mirror;
        Stream = stream;
    }

    public RegionFixture Region { get; }

    public FakeMirror Mirror { get; }

    public SignedTree Stream { get; }

    public CatalogDatabase Catalog => Region.Get<CatalogDatabase>();

    public IBlobStore Blobs => Region.Get<IBlobStore>();

    public static async Task<LifetimeFixture> CreateAsync(
        ImportOptions? imports = null, bool withImage = true, Func<RegionOptions, RegionOptions>? adjust = null)
    {
        var mirror = await FakeMirror.StartAsync();
        var region = await RegionFixture.StartAsync(o => (adjust ?? (x => x))(o with { Imports = imports ?? ImportFixture.Quick }));
        var fixture = new LifetimeFixture(region, mirror, new SignedTree());
        if (withImage)
        {
            fixture.Stream.AddUbuntu(mirror, version: "20260101");
            fixture.Stream.AddLoader(mirror);
        }

        fixture.Stream.Publish(mirror);
        await fixture.AddSourceAsync();
        return fixture;
    }

    public Task<BootSource> AddSourceAsync(string? url = null, Action<BootSource>? adjust = null) =>
        Catalog.ChangeAsync(
            (context, _) =>
            {
                var now = DateTimeOffset.UtcNow.AddHours(-1);
                var source = new BootSource { Url = url ?? Mirror.Url, Name = url ?? Mirror.Url, Priority = 1, KeyringData = Stream.Keyring, Created = now, Updated = now };
                source.Selections.Add(new BootSourceSelection { Os = "ubuntu", Release = "*", Arches = ["*"], Subarches = ["*"], Labels = ["*"], Created = now, Updated = now });
                adjust?.Invoke(source);
                context.BootSources.Add(source);
                return Task.FromResult(source);
            },
            CancellationToken.None);

    /// <summary>Publishes another version of the image upstream and imports it.</summary>
    public async Task<ImportProgress> ImportVersionAsync(string version)
    {
        Stream.AddUbuntu(Mirror, version: version);
        Stream.Publish(Mirror);
        return await ImportAsync();
    }

    public async Task<ImportProgress> ImportAsync()
    {
        var control = Region.Get<ImportControl>();
        await control.StartAsync("manual", "admin", CancellationToken.None);
        await ImportFixture.WaitAsync(() => !control.IsImportingHere);
        return control.ProgressOrNull()!;
    }

    /// <summary>What the API says of versions: <c>20260101 served</c>, newest first; boot loaders left out.</summary>
    public async Task<IReadOnlyList<string>> VersionsAsync() =>
    [
        .. (await Region.UserAsync("GET", "image-versions/")).Json.EnumerateArray()
            .Where(v => !v.GetProperty("name").GetString()!.StartsWith("grub", StringComparison.Ordinal))
            .Select(v => $"{v.GetProperty("version")} {v.GetProperty("state")}{(v.GetProperty("pinned").GetBoolean() ? " pinned" : "")}"),
    ];

    /// <summary>Versions of the Ubuntu product that the published stream names.</summary>
    public async Task<IReadOnlyList<string>> StreamVersionsAsync()
    {
        var reply = await Region.SendAsync("GET", "/MAAS/images-stream/streams/v1/org.bootdepot:v3:download.json");
        return reply.Status == 404
            ? []
            : [.. reply.Json.GetProperty("products").EnumerateObject().SelectMany(p => p.Value.GetProperty("versions").EnumerateObject()).Select(v => v.Name)];
    }

    /// <summary>Versions that a MAAS client sees of the first image, newest first.</summary>
    public async Task<IReadOnlyList<string>> WireVersionsAsync()
    {
        var id = (await Region.UserAsync("GET", "boot-resources/")).Json.EnumerateArray()
            .Single(r => r.GetProperty("name").GetString() == "ubuntu/noble").GetProperty("id").GetInt32();
        return [.. (await Region.UserAsync("GET", $"boot-resources/{id}/")).Json.GetProperty("sets").EnumerateObject().Select(s => s.Name)];
    }

    public Task<Reply> ActAsync(string op, params (string Key, string Value)[] fields) =>
        Region.AdminAsync("POST", $"image-versions/?op={op}", Seed.Form(fields));

    public async Task<IReadOnlyList<string>> BlobsAsync()
    {
        var all = new List<string>();
        await foreach (var blob in Blobs.ListAsync(CancellationToken.None))
            all.Add(blob.Digest.Hex);
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await Region.DisposeAsync();
        await Mirror.DisposeAsync();
        Stream.Dispose();
    }
}
