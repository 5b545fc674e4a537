using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Settings;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Sources;
using BootDepot.Images;
using BootDepot.Region.Hosting;
using BootDepot.Region.Tests.Imports;
using BootDepot.Region.Uploads;
using BootDepot.Simplestreams.Documents;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>
/// A region's services on a real catalogue, real files and a signed mirror, whose process dies now and then, and the model beside it.
/// </summary>
internal sealed partial class LifetimeWorld : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(4);

    // Nothing that is waited for here takes long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TempFolder _folder;
    private readonly Random _random;
    private readonly FakeMirror _mirror;
    private readonly SignedTree _stream = new();
    private readonly ManualClock _clock = new(new DateTimeOffset(DateTimeOffset.UtcNow.Date.AddHours(1), TimeSpan.Zero));
    private readonly CrashingCatalog _crashes;
    private readonly Dictionary<string, ModelVersion> _offered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _bytes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _unreferencedSince = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _servedAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _rotten = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _count = new(StringComparer.Ordinal);
    private LifetimeModel _model = LifetimeModel.Empty;
    private ServiceProvider _services = null!;
    private FileBlobStore _blobs = null!;
    private CrashPoint _point = new();
    private string _when = "";
    private int _counter;

    private LifetimeWorld(TempFolder folder, Random random, FakeMirror mirror)
    {
        (_folder, _random, _mirror) = (folder, random, mirror);
        _crashes = new CrashingCatalog(Data.Catalog);
    }

    /// <summary>What was done how often.</summary>
    public string Count => string.Join(", ", _count.Select(c => $"{c.Key} {c.Value}"));

    private DataFolder Data => new(_folder.Path);

    private CatalogDatabase Catalog => Get<CatalogDatabase>();

    public static async Task<LifetimeWorld> CreateAsync(TempFolder folder, Random random)
    {
        var world = new LifetimeWorld(folder, random, await FakeMirror.StartAsync());
        await world.OpenAsync();
        world.Foreign().ForEach(f => File.WriteAllText(f, "not ours"));
        for (var image = 0; image < 3; image++)
            world.Offer($"r{image}");
        (await world.Get<SettingsStore>().SetAsync("boot_images_keep_versions", JsonValue.Create(LifetimeModel.KeepVersions), Actor.System, default)).ShouldBeNull();
        await world.Catalog.ChangeAsync(
            (db, _) =>
            {
                var now = world._clock.GetUtcNow();
                var source = new BootSource { Url = world._mirror.Url, Name = "Mirror", Priority = 1, KeyringData = world._stream.Keyring, Created = now, Updated = now };
                source.Selections.Add(new BootSourceSelection { Os = "ubuntu", Release = "*", Arches = ["*"], Subarches = ["*"], Labels = ["*"], Created = now, Updated = now });
                db.BootSources.Add(source);
                return Task.CompletedTask;
            },
            default);
        return world;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _crashes.Dispose();
        await _mirror.DisposeAsync();
        _stream.Dispose();
    }

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    private async Task OpenAsync()
    {
        Directory.CreateDirectory(Data.Blobs);
        var point = _point = new CrashPoint();
        _blobs = new FileBlobStore(Data.Blobs, _clock);
        var services = new ServiceCollection();
        services.AddRegion(new RegionOptions
        {
            DataDirectory = _folder.Path,
            Time = _clock,
            AutoImport = false,
            DefaultSource = null,
            Imports = ImportFixture.Quick with
            {
                Grace = Grace,
                StallTimeout = Patience,
                // One after the other, so that a seed tells where a crash comes.
                Transfers = ImportFixture.Quick.Transfers with { Parallel = 1, ParallelCommits = 1 },
            },
        });
        services.AddSingleton<IBlobStore>(new CrashingBlobs(_blobs, point));
        _services = services.BuildServiceProvider();
        _crashes.Point = point;
        await Catalog.EnsureReadyAsync(default);
    }

    private async Task CloseAsync()
    {
        await Get<UploadSessions>().DisposeAsync();
        await _services.DisposeAsync();
    }

    // Another process on the same data, which first ends what uploads lack nothing but their ending.
    private async Task RestartAsync()
    {
        await CloseAsync();
        _crashes.Point = null;
        _clock.Advance(TimeSpan.FromMinutes(1)); // the right to import of a process that cannot be seen to be dead lapses
        await OpenAsync();
    }

    private async Task SettleAsync()
    {
        foreach (var (image, version) in await OpenUploadsAsync())
        {
            if (await _blobs.SizeOrNullAsync(Digest.Parse(version.Digests[0]), default) is not null || await ReceivedAsync(image, version) == Size)
                _model = _model.Of(image).Contains(version) ? _model.Finish(image, version.Name, _clock.GetUtcNow()) : _model;
        }

        await Housekeeping.SettleAsync(default);
    }

    private UploadHousekeeping Housekeeping => ActivatorUtilities.CreateInstance<UploadHousekeeping>(_services);

    // In the order in which they are looked after.
    private async Task<IReadOnlyList<(string Image, ModelVersion Version)>> OpenUploadsAsync()
    {
        await using var db = await Catalog.CreateDbContextAsync();
        var open = await db.Files.AsNoTracking().Where(f => f.StoredAt == null && f.Set!.Resource!.Kind == ResourceKind.Uploaded).OrderBy(f => f.Id)
            .Select(f => new { f.Set!.Resource!.Name, f.Set.Version }).ToListAsync();
        return open.ConvertAll(o => (o.Name, _model.Of(o.Name).Single(v => v.Name == o.Version)));
    }

    private async Task<long> ReceivedAsync(string image, ModelVersion version)
    {
        await using var db = await Catalog.CreateDbContextAsync();
        var file = await db.Files.Where(f => f.Set!.Resource!.Name == image && f.Set.Version == version.Name).Select(f => f.Id).SingleAsync();
        return await Get<UploadSessions>().ReceivedAsync(UploadSessions.PartialOf(file), default);
    }

    /// <summary>Does something, perhaps with the process killed in the middle, and compares.</summary>
    /// <param name="what">Its name.</param>
    /// <param name="run">Does it; what it asserts holds only if it is not killed.</param>
    /// <param name="after">What the model may be found to be if it is killed, the first being that nothing has changed, the last that all has.</param>
    private async Task DoAsync(string what, Func<Task> run, params IReadOnlyList<LifetimeModel> after)
    {
        _when += $", {what}";
        _count[what] = _count.GetValueOrDefault(what) + 1;
        _point.Arm(_random.Next(4) == 0 ? 1 + (int)Math.Exp(_random.NextDouble() * 4.5) : null);
        try
        {
            await run().WaitAsync(Patience);
        }
        catch (Exception) when (_point.HasCrashed)
        {
            // Whatever became of it, it is not told any more.
        }

        _point.Arm(null);
        if (!_point.HasCrashed)
        {
            _model = after[^1];
            return;
        }

        _when += " (killed)";
        _count["kills"] = _count.GetValueOrDefault("kills") + 1;
        await RestartAsync();
        var found = await LinesAsync();
        _model = after.FirstOrDefault(m => m.Lines().SequenceEqual(found))
            ?? throw new InvalidOperationException($"{_when}: found\n{string.Join('\n', found)}\nbut expected one of\n{string.Join("\n\n", after.Select(m => string.Join('\n', m.Lines())))}");
        await SettleAsync();
    }

    private async Task<IReadOnlyList<string>> LinesAsync()
    {
        await using var db = await Catalog.CreateDbContextAsync();
        var sets = await db.Sets.AsNoTracking().Include(s => s.Resource).Include(s => s.Files).ToListAsync();
        var deleted = await db.DeletedSets.AsNoTracking().ToListAsync();
        return
        [
            .. sets.Select(s => $"{s.Resource!.Name} {s.Version} {(s.WithheldAt is not null ? ModelState.Withheld : s.CompletedAt is null ? ModelState.Incomplete : ModelState.Served)} {s.Pinned} "
                    + string.Join(',', s.Files.Select(f => f.Sha256).Order(StringComparer.Ordinal)))
                .Concat(deleted.Select(d => $"deleted {d.Name} {d.Version} {d.DeletedAt:O}"))
                .Order(StringComparer.Ordinal),
        ];
    }

    private async Task CheckAsync()
    {
        (await LinesAsync()).ShouldBe(_model.Lines(), _when);
        var complete = _model.Images.Values.SelectMany(v => v).Where(v => v.State != ModelState.Incomplete).SelectMany(v => v.Digests).ToHashSet();
        // What was deleted can be put back, unless its bytes rotted and did not come again.
        _rotten.RemoveWhere(d => File.Exists(PathOf(d)));
        foreach (var digest in _model.Deleted.SelectMany(d => d.Version.Digests).Except(_rotten).Union(complete))
            (await File.ReadAllBytesAsync(PathOf(digest))).ShouldBe(_bytes[digest], _when);
        var held = await HeldAsync();
        _servedAt.Where(s => _clock.GetUtcNow() - s.Value < Grace && !held.Contains(s.Key)).Select(s => s.Key).ShouldBeSubsetOf(_rotten, _when);
        foreach (var digest in _model.Referenced().Union(_unreferencedSince.Keys.Except(held)))
            _unreferencedSince.Remove(digest);
        foreach (var file in Foreign())
            (await File.ReadAllTextAsync(file)).ShouldBe("not ours", _when);
    }

    // What clients were told of a moment ago they may still be fetching.
    private void NoteServed()
    {
        foreach (var digest in _model.Images.Values.SelectMany(v => v).Where(v => v.State == ModelState.Served).SelectMany(v => v.Digests))
            _servedAt[digest] = _clock.GetUtcNow();
    }

    // After a collection nothing is there that an earlier one saw without use a grace period ago.
    private async Task CheckOrphansAsync()
    {
        var now = _clock.GetUtcNow();
        var referenced = _model.Referenced();
        foreach (var digest in (await HeldAsync()).Where(d => !referenced.Contains(d)))
        {
            _unreferencedSince.TryAdd(digest, now);
            (now - _unreferencedSince[digest]).ShouldBeLessThan(Grace, $"{_when}: {digest} is an orphan");
        }
    }

    private async Task<HashSet<string>> HeldAsync()
    {
        var held = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in _blobs.ListAsync(default))
            held.Add(blob.Digest.Hex);
        return held;
    }

    private string PathOf(string digest) => Path.Combine(Data.Blobs, "sha256", digest[..2], digest);

    private List<string> Foreign()
    {
        Directory.CreateDirectory(Path.Combine(Data.Blobs, "sha256/ab"));
        return [Path.Combine(Data.Blobs, "README"), Path.Combine(Data.Blobs, "sha256/notes.txt"), Path.Combine(Data.Blobs, "sha256/ab/abc")];
    }

    // Few different bytes, so that versions share blobs.
    private byte[] Content()
    {
        var bytes = Seed.Bytes(Size, _random.Next(40));
        bytes[0] = 0x5a; // of no format
        _bytes[Seed.Sha256(bytes)] = bytes;
        return bytes;
    }

    // Upstream has something newer.
    private void Offer(string release)
    {
        var version = $"v{++_counter:000000}";
        var contents = new[] { "boot-kernel", "boot-initrd", "squashfs" }.Select(type => (Type: type, Bytes: Content())).ToList();
        var product = _stream.AddUbuntu(_mirror, release, release, version);
        var items = contents.ConvertAll(c =>
        {
            var path = $"{release}/{version}/{c.Type}";
            _mirror.Put(path, c.Bytes);
            return SignedTree.Item(c.Type, c.Type, path, c.Bytes);
        });
        _stream.Add(SignedTree.Ubuntu, product with
        {
            Versions = SignedTree.Map([new ProductVersion { Name = version, Items = SignedTree.Map(items, i => i.Name) }], v => v.Name),
        });
        _stream.Publish(_mirror);
        _offered[$"ubuntu/{release}"] = new ModelVersion(version, [.. contents.Select(c => Seed.Sha256(c.Bytes))]);
    }
}
