using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Settings;
using BootDepot.Catalog.Sources;
using BootDepot.Images;
using BootDepot.Region.Changes;
using BootDepot.Region.Imports;
using BootDepot.Region.Imports.Progress;
using BootDepot.Testing;
using BootDepot.Transfers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Region.Tests.Imports;

/// <summary>The import engine with a catalogue, a blob store, a signed stream and a mirror that serves it.</summary>
internal sealed class ImportFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CatalogFixture _catalog;
    private ServiceProvider _services = null!;

    private ImportFixture(CatalogFixture catalog, FakeMirror mirror)
    {
        _catalog = catalog;
        Mirror = mirror;
    }

    public FakeMirror Mirror { get; }

    public SignedTree Stream { get; } = new();

    public CatalogDatabase Catalog => _catalog.Database;

    /// <summary>What opens the catalogue, for whoever looks at it from outside.</summary>
    public CatalogOptions CatalogOptions => _catalog.Options;

    public ImportControl Control => _services.GetRequiredService<ImportControl>();

    public IBlobStore Blobs => _services.GetRequiredService<IBlobStore>();

    public ChangeSignal Changes => _services.GetRequiredService<ChangeSignal>();

    public SettingsStore Settings => _services.GetRequiredService<SettingsStore>();

    public string BlobFolder => _folder["blobs"];

    /// <summary>Quick attempts, so that a test of failures takes no time.</summary>
    public static ImportOptions Quick => new()
    {
        ReadDelay = TimeSpan.FromMilliseconds(10),
        StallTimeout = TimeSpan.FromSeconds(5),
        SpaceReserve = 0,
        Transfers = new TransferSettings
        {
            Attempts = 3,
            DocumentAttempts = 2,
            FirstDelay = TimeSpan.FromMilliseconds(5),
            LongestDelay = TimeSpan.FromMilliseconds(20),
        },
    };

    /// <summary>Starts with an Ubuntu image and a boot loader published, and one source that asks for them.</summary>
    public static async Task<ImportFixture> CreateAsync(ImportOptions? options = null, IBlobStore? blobs = null, bool withSource = true)
    {
        var fixture = new ImportFixture(await CatalogFixture.CreateAsync(), await FakeMirror.StartAsync());
        fixture.Compose(options ?? Quick, blobs);
        fixture.Stream.AddUbuntu(fixture.Mirror);
        fixture.Stream.AddLoader(fixture.Mirror);
        fixture.Stream.Publish(fixture.Mirror);
        if (withSource)
            await fixture.AddSourceAsync();
        return fixture;
    }

    /// <summary>As after a restart of the process.</summary>
    public async Task RestartAsync(ImportOptions? options = null, IBlobStore? blobs = null)
    {
        await _services.DisposeAsync();
        Compose(options ?? Quick, blobs);
    }

    public Task<BootSource> AddSourceAsync(string? url = null, Action<BootSource>? adjust = null, string release = "*") =>
        Catalog.ChangeAsync(
            (context, _) =>
            {
                var source = new BootSource
                {
                    Url = url ?? Mirror.Url,
                    Name = url ?? Mirror.Url,
                    Priority = 1,
                    KeyringData = Stream.Keyring,
                    Created = DateTimeOffset.UtcNow.AddHours(-1),
                    Updated = DateTimeOffset.UtcNow.AddHours(-1),
                };
                source.Selections.Add(new BootSourceSelection
                {
                    Os = "ubuntu",
                    Release = release,
                    Arches = ["*"],
                    Subarches = ["*"],
                    Labels = ["*"],
                    Created = DateTimeOffset.UtcNow,
                    Updated = DateTimeOffset.UtcNow,
                });
                adjust?.Invoke(source);
                context.BootSources.Add(source);
                return Task.FromResult(source);
            },
            CancellationToken.None);

    /// <summary>Changes the source, as an operator does.</summary>
    public Task ChangeSourceAsync(Action<BootSource> change) => Catalog.ChangeAsync(
        async (context, token) =>
        {
            var source = await context.BootSources.Include(s => s.Selections).FirstAsync(token);
            change(source);
            source.Updated = DateTimeOffset.UtcNow;
        },
        CancellationToken.None);

    /// <summary>Runs an import to its end.</summary>
    public async Task<ImportProgress> ImportAsync(string trigger = "manual")
    {
        (await Control.StartAsync(trigger, "admin", CancellationToken.None)).IsJoined.ShouldBeFalse();
        return await EndAsync();
    }

    /// <summary>Waits for the running import.</summary>
    public async Task<ImportProgress> EndAsync()
    {
        await WaitAsync(() => !Control.IsImportingHere);
        return Control.ProgressOrNull()!;
    }

    public static async Task WaitAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (!condition())
            await Task.Delay(5, patience.Token);
    }

    /// <summary>Complete sets as <c>name arch version [file,…]</c>: what clients see.</summary>
    public async Task<IReadOnlyList<string>> ServedAsync()
    {
        await using var context = await Catalog.CreateDbContextAsync();
        var sets = await context.Sets.AsNoTracking().Include(s => s.Resource).Include(s => s.Files)
            .Where(s => s.CompletedAt != null).ToListAsync();
        foreach (var file in sets.SelectMany(s => s.Files))
        {
            file.StoredAt.ShouldNotBeNull();
            (await Blobs.SizeOrNullAsync(Digest.Parse(file.Sha256), CancellationToken.None)).ShouldBe(file.Size, file.Filename);
        }

        return [.. sets.Select(Show).Order(StringComparer.Ordinal)];
    }

    /// <summary>Every row of sets and files, for "nothing changed".</summary>
    public async Task<string> StateAsync()
    {
        await using var context = await Catalog.CreateDbContextAsync();
        var sets = await context.Sets.AsNoTracking().Include(s => s.Resource).Include(s => s.Files).OrderBy(s => s.Id).ToListAsync();
        return string.Join('\n', sets.Select(s => $"{s.Id} {Show(s)} {s.CompletedAt:O} {string.Join(',', s.Files.Select(f => f.Sha256))}"));
    }

    public async Task<BootSource> SourceAsync()
    {
        await using var context = await Catalog.CreateDbContextAsync();
        return await context.BootSources.AsNoTracking().FirstAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Mirror.DisposeAsync();
        await _catalog.DisposeAsync();
        Stream.Dispose();
        _folder.Dispose();
    }

    private static string Show(ResourceSet set) =>
        $"{set.Resource!.Name} {set.Resource.Architecture} {set.Version} "
        + $"[{string.Join(',', set.Files.Select(f => f.Filename).Order(StringComparer.Ordinal))}]";

    private void Compose(ImportOptions options, IBlobStore? blobs)
    {
        Directory.CreateDirectory(BlobFolder);
        var services = new ServiceCollection();
        services.AddSingleton(Catalog);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(blobs ?? new FileBlobStore(BlobFolder, TimeProvider.System));
        services.AddSingleton<ChangeSignal>();
        services.AddImports(options);
        _services = services.BuildServiceProvider();
    }
}
