using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Region.Changes;
using BootDepot.Region.Imports;
using BootDepot.Region.Lifetimes;
using BootDepot.Region.Resources;
using BootDepot.Region.Uploads;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>
/// Random interleavings of everything that makes, hides, deletes and checks versions, against a model that is a few lists in
/// memory. <c>BOOTDEPOT_MODEL_STEPS</c> and <c>BOOTDEPOT_MODEL_SEED</c> make it longer or repeat a run.
/// </summary>
public sealed class LifetimeModelTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(4);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task No_interleaving_loses_a_referenced_blob_keeps_an_orphan_or_parts_catalogue_and_model()
    {
        var steps = Number("BOOTDEPOT_MODEL_STEPS", 2000);
        var seed = Number("BOOTDEPOT_MODEL_SEED", 20260309);
        using var folder = new TempFolder();
        using var world = new World(folder, new Random(seed));
        await world.OpenAsync();
        for (var step = 0; step < steps; step++)
        {
            var what = await world.StepAsync();
            if (step % 10 == 0 || what is "collect" or "scrub" or "crash")
                await world.CheckAsync($"seed {seed}, step {step}, after {what}");
        }

        await world.EndAsync($"seed {seed}, at the end");
    }

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private enum State
    {
        Incomplete,
        Served,
        Withheld,
    }

    private sealed record Version(string Name, string[] Digests)
    {
        public State State { get; set; }

        public bool Pinned { get; set; }
    }

    private sealed class World(TempFolder folder, Random random) : IDisposable
    {
        private readonly ManualClock _clock = new(DateTimeOffset.UtcNow);
        private readonly Dictionary<string, List<Version>> _model = new(StringComparer.Ordinal);
        private readonly List<(int Id, string Image, Version Version, DateTimeOffset At)> _deleted = [];
        private readonly Dictionary<string, byte[]> _bytes = new(StringComparer.Ordinal);
        private CatalogDatabase _catalog = null!;
        private FileBlobStore _blobs = null!;
        private VersionAdministration _versions = null!;
        private ResourceRemoval _removal = null!;
        private DeletedImages _trash = null!;
        private BlobCollection _collection = null!;
        private BlobScrub _scrub = null!;
        private int _counter;

        public async Task OpenAsync()
        {
            _catalog = new CatalogDatabase(CatalogOptions.Sqlite(folder["catalogue.db"]));
            await _catalog.EnsureReadyAsync(default);
            Directory.CreateDirectory(folder["blobs"]);
            _blobs = new FileBlobStore(folder["blobs"], _clock);
            if (_counter == 0)
                Foreign().ForEach(f => File.WriteAllText(f, "not ours"));
            var options = new ImportOptions { Grace = Grace };
            var changes = new ChangeSignal();
            _versions = new VersionAdministration(_catalog, changes, _clock);
            _removal = new ResourceRemoval(_catalog, new UploadSessions(_blobs, _clock), changes, _clock);
            _trash = new DeletedImages(_catalog, _blobs, options, changes, _clock);
            _collection = new BlobCollection(_catalog, _blobs, options, _clock);
            _scrub = new BlobScrub(_catalog, _blobs, new DataFolder(folder["data"]), changes, _clock);
        }

        public void Dispose() => _catalog.Dispose();

        public async Task<string> StepAsync()
        {
            _clock.Advance(TimeSpan.FromMinutes(random.Next(20)));
            var image = $"custom/i{random.Next(4)}";
            switch (random.Next(13))
            {
                case 0 or 1 or 2:
                    await AnnounceAsync(image);
                    return "announce";
                case 3 or 4 or 5:
                    await CompleteAsync();
                    return "complete";
                case 6:
                    await PinAsync(image);
                    return "pin";
                case 7:
                    await RollBackAsync(image);
                    return "rollback";
                case 8:
                    await PromoteAsync(image);
                    return "promote";
                case 9:
                    await DeleteAsync(image);
                    return "delete";
                case 10:
                    await RestoreAsync();
                    return "restore";
                case 11:
                    await CollectAsync();
                    return "collect";
                default:
                    if (random.Next(3) == 0)
                    {
                        await ScrubAsync();
                        return "scrub";
                    }

                    await CrashAsync();
                    return "crash";
            }
        }

        public async Task CheckAsync(string when)
        {
            await using var db = await _catalog.CreateDbContextAsync();
            var sets = await db.Sets.AsNoTracking().Include(s => s.Resource).Include(s => s.Files).ToListAsync();
            var actual = sets.Select(s => $"{s.Resource!.Name} {s.Version} {(s.WithheldAt is not null ? State.Withheld : s.CompletedAt is null ? State.Incomplete : State.Served)} {s.Pinned}");
            var expected = _model.SelectMany(m => m.Value, (m, v) => $"{m.Key} {v.Name} {v.State} {v.Pinned}");
            actual.Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal), when);
            foreach (var file in sets.Where(s => s.CompletedAt is not null || s.WithheldAt is not null).SelectMany(s => s.Files))
                (await _blobs.SizeOrNullAsync(Digest.Parse(file.Sha256), default)).ShouldBe(file.Size, when);
            foreach (var digest in _deleted.SelectMany(d => d.Version.Digests))
                (await _blobs.SizeOrNullAsync(Digest.Parse(digest), default)).ShouldNotBeNull(when);
        }

        public async Task EndAsync(string when)
        {
            _clock.Advance(Grace + TimeSpan.FromMinutes(1));
            await CollectAsync();
            _clock.Advance(Grace + TimeSpan.FromMinutes(1));
            await CollectAsync();
            await CheckAsync(when);
            var held = new List<string>();
            await foreach (var blob in _blobs.ListAsync(default))
                held.Add(blob.Digest.Hex);
            var referenced = _model.Values.SelectMany(v => v).SelectMany(v => v.Digests).ToHashSet(StringComparer.Ordinal);
            held.ShouldBeSubsetOf(referenced, when);
            foreach (var file in Foreign())
                (await File.ReadAllTextAsync(file)).ShouldBe("not ours", when);
        }

        private List<string> Foreign()
        {
            Directory.CreateDirectory(folder["blobs/sha256/ab"]);
            return [folder["blobs/README"], folder["blobs/sha256/notes.txt"], folder["blobs/sha256/ab/abc"]];
        }

        // An import or upload begins: rows first, so that its blobs are referenced before they exist.
        private async Task AnnounceAsync(string image)
        {
            // Few different bytes, so that versions share blobs.
            var contents = Enumerable.Range(0, 2).Select(_ => BitConverter.GetBytes(random.Next(40))).ToArray();
            var digests = contents.Select(Seed.Sha256).ToArray();
            for (var i = 0; i < contents.Length; i++)
                _bytes[digests[i]] = contents[i];
            var name = $"v{++_counter:000000}";
            await _catalog.ChangeAsync(
                async (db, cancel) =>
                {
                    var now = _clock.GetUtcNow();
                    var resource = await db.Resources.SingleOrDefaultAsync(r => r.Name == image, cancel);
                    if (resource is null)
                        db.Resources.Add(resource = new BootResource { Kind = ResourceKind.Synced, Name = image, Architecture = "amd64/generic", Created = now, Updated = now });
                    var set = new ResourceSet { Version = name, Label = "stable", Created = now };
                    set.Files.AddRange(digests.Select((d, i) => new ResourceFile { Filename = $"f{i}", FileType = "root-tgz", Sha256 = d, Size = 4 }));
                    resource.Sets.Add(set);
                },
                default);
            if (!_model.TryGetValue(image, out var versions))
                _model.Add(image, versions = []);
            versions.Add(new Version(name, digests));
        }

        private async Task CompleteAsync()
        {
            var open = _model.SelectMany(m => m.Value, (m, v) => (Image: m.Key, Version: v)).Where(x => x.Version.State == State.Incomplete).ToList();
            if (open.Count == 0)
                return;
            var (image, version) = open[random.Next(open.Count)];
            foreach (var digest in version.Digests)
            {
                if (await _blobs.SizeOrNullAsync(Digest.Parse(digest), default) is not null)
                    continue;
                await using var writer = await _blobs.WriteAsync(PartialName.Of(Digest.Parse(digest)), 4, default);
                await writer.RestartAsync(default);
                await writer.AppendAsync(_bytes[digest].AsMemory(0, 2), default);
                if (random.Next(5) == 0)
                    return; // cut off; the partial stays
                await writer.AppendAsync(_bytes[digest].AsMemory(2), default);
                (await writer.CommitAsync(Digest.Parse(digest), default)).ShouldBeOfType<BlobCommit.Stored>();
                if (random.Next(5) == 0)
                    return; // stored, and then killed before anybody wrote it down
            }

            await _catalog.ChangeAsync(
                async (db, cancel) =>
                {
                    var set = await db.Sets.Include(s => s.Files).SingleAsync(s => s.Resource!.Name == image && s.Version == version.Name, cancel);
                    set.CompletedAt = _clock.GetUtcNow();
                    set.Files.ForEach(f => f.StoredAt = _clock.GetUtcNow());
                },
                default);
            version.State = State.Served;
        }

        private async Task PinAsync(string image)
        {
            var pinned = random.Next(2) == 0;
            var outcome = await _versions.PinAsync(new VersionQuery(image, null, null), pinned, Actor.System, default);
            var served = ServedOrNull(image);
            (outcome is Outcome<IReadOnlyList<VersionFacts>>.Done).ShouldBe(served is not null);
            if (served is not null)
                served.Pinned = pinned;
        }

        private async Task RollBackAsync(string image)
        {
            var target = Versions(image).Where(v => v.State == State.Served).OrderByDescending(v => v.Name, StringComparer.Ordinal).Skip(1).FirstOrDefault();
            var outcome = await _versions.RollBackAsync(new VersionQuery(image, null, null), Actor.System, default);
            (outcome is Outcome<IReadOnlyList<VersionFacts>>.Done).ShouldBe(target is not null);
            if (target is null)
                return;
            foreach (var newer in Versions(image).Where(v => v.State == State.Served && string.CompareOrdinal(v.Name, target.Name) > 0))
                newer.State = State.Withheld;
        }

        private async Task PromoteAsync(string image)
        {
            var outcome = await _versions.PromoteAsync(new VersionQuery(image, null, null), "stable", Actor.System, default);
            var newest = Versions(image).Where(v => v.State != State.Incomplete).MaxBy(v => v.Name, StringComparer.Ordinal);
            (outcome is Outcome<IReadOnlyList<VersionFacts>>.Done).ShouldBe(newest is not null);
            foreach (var version in Versions(image).Where(v => v.State == State.Withheld))
                version.State = State.Served;
        }

        private async Task DeleteAsync(string image)
        {
            await using var db = await _catalog.CreateDbContextAsync();
            if (await db.Resources.Where(r => r.Name == image).Select(r => (int?)r.Id).SingleOrDefaultAsync() is not { } id)
                return;
            var force = random.Next(2) == 0;
            var outcome = await _removal.RemoveAsync(id, force, Actor.System, default);
            var isBlocked = !force && Versions(image).Exists(v => v.Pinned);
            (outcome is Outcome<bool>.Refused).ShouldBe(isBlocked);
            if (isBlocked)
                return;
            foreach (var deleted in await db.DeletedSets.AsNoTracking().Where(s => s.Name == image).ToListAsync())
            {
                if (Versions(image).Find(v => v.Name == deleted.Version && v.State != State.Incomplete) is { } version)
                    _deleted.Add((deleted.Id, image, version, deleted.DeletedAt));
            }

            _model.Remove(image);
        }

        private async Task RestoreAsync()
        {
            if (_deleted.Count == 0)
                return;
            var entry = _deleted[random.Next(_deleted.Count)];
            (await _trash.RestoreAsync(entry.Id, Actor.System, default)).ShouldBeOfType<Outcome<VersionFacts>.Done>();
            _deleted.Remove(entry);
            if (!_model.TryGetValue(entry.Image, out var versions))
                _model.Add(entry.Image, versions = []);
            versions.Add(new Version(entry.Version.Name, entry.Version.Digests) { State = State.Served, Pinned = true });
        }

        private async Task CollectAsync()
        {
            await _collection.RunAsync(dryRun: false, default);
            _deleted.RemoveAll(d => d.At <= _clock.GetUtcNow() - Grace);
        }

        private async Task ScrubAsync()
        {
            var rotten = Digest.Parse(new string('0', 64));
            var all = new List<Digest>();
            await foreach (var blob in _blobs.ListAsync(default))
                all.Add(blob.Digest);
            if (all.Count > 0)
            {
                rotten = all[random.Next(all.Count)];
                var path = folder[$"blobs/sha256/{rotten.Hex[..2]}/{rotten.Hex}"];
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                await File.WriteAllBytesAsync(path, [9, 9, 9, 9]);
            }

            var result = await _scrub.RunAsync(_ => ValueTask.FromResult<long?>(null), default);
            result.Found.Select(b => b.Sha256).ShouldBe(all.Count > 0 ? [rotten.Hex] : []);
            foreach (var version in _model.Values.SelectMany(v => v).Where(v => v.State != State.Incomplete && v.Digests.Contains(rotten.Hex)))
                version.State = State.Incomplete;
            // What was deleted and rotted cannot come back; what had it and is not deleted waits to be completed again.
            foreach (var gone in _deleted.FindAll(d => d.Version.Digests.Contains(rotten.Hex)))
            {
                (await _trash.RestoreAsync(gone.Id, Actor.System, default)).ShouldBeOfType<Outcome<VersionFacts>.Refused>();
                _deleted.Remove(gone);
            }
        }

        // The process ends; what it had open is cut off, and another begins on the same data.
        private async Task CrashAsync()
        {
            var stray = await _blobs.WriteAsync(PartialName.OfUpload($"stray{random.Next(3)}"), null, default);
            await stray.AppendAsync(new byte[] { 1, 2, 3 }, default);
            await stray.DisposeAsync();
            _catalog.Dispose();
            await OpenAsync();
        }

        private List<Version> Versions(string image) => _model.GetValueOrDefault(image) ?? [];

        private Version? ServedOrNull(string image) =>
            Versions(image).Where(v => v.State == State.Served).MaxBy(v => v.Name, StringComparer.Ordinal);
    }
}
