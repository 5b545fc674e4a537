using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Lifetimes;
using BootDepot.Catalog.Imports;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Imports;
using BootDepot.Region.Lifetimes;
using BootDepot.Region.Resources;
using BootDepot.Region.Uploads;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>What can happen.</summary>
internal sealed partial class LifetimeWorld
{
    // Of every file: enough to come in pieces, little enough to be quick.
    private const int Size = 64;

    private static readonly string[] All = ["ubuntu/r0", "ubuntu/r1", "ubuntu/r2", "custom/u0", "custom/u1"];

    /// <summary>One step, chosen by the seed.</summary>
    public async Task StepAsync(string when)
    {
        _when = when;
        NoteServed();
        _clock.Advance(TimeSpan.FromMinutes(_random.Next(20)));
        var image = All[_random.Next(All.Length)];
        await (_random.Next(16) switch
        {
            0 or 1 or 2 => ImportAsync(),
            3 or 4 => BeginUploadAsync($"custom/u{_random.Next(2)}"),
            5 or 6 or 7 => SendAsync(),
            8 => PinAsync(image),
            9 or 10 => RollBackAsync(image),
            11 => PromoteAsync(image),
            12 => DeleteAsync(image),
            13 => RestoreAsync(),
            14 => CollectAsync(),
            _ => _random.Next(3) == 0 ? ScrubAsync() : RestartAndSettleAsync(),
        });
        await CheckAsync();
    }

    /// <summary>Lets all grace periods pass: then only what is referred to is left.</summary>
    public async Task EndAsync(string when)
    {
        _when = when;
        for (var i = 0; i < 2; i++)
        {
            _clock.Advance(Grace + TimeSpan.FromMinutes(1));
            await RestartAndSettleAsync();
            await Get<BlobCollection>().RunAsync(dryRun: false, default);
            _model = _model.Expire(_clock.GetUtcNow() - Grace);
        }

        await CheckAsync();
        (await HeldAsync()).ShouldBeSubsetOf(_model.Referenced(), when);
        // Of what began and was never ended nothing stays either.
        _clock.Advance(TimeSpan.FromDays(10));
        await Housekeeping.ExpireAsync(default);
        await Get<BlobCollection>().RunAsync(dryRun: false, default);
        await foreach (var partial in _blobs.ListPartialsAsync(default))
            _model.Referenced().ShouldContain(partial.Name.ToString(), when);
    }

    private async Task ImportAsync()
    {
        if (_random.Next(3) != 0)
            Offer($"r{_random.Next(3)}");
        var now = _clock.GetUtcNow();
        var isDue = Get<BlobCollection>().IsDue;
        var after = new List<LifetimeModel> { _model };
        // Announced are all at once; each is published by itself, in any order; what goes, goes at once; and then what was deleted long ago.
        var announced = _offered.Aggregate(_model, (m, o) => m.Announce(o.Key, o.Value));
        var open = _offered.Where(o => announced.Of(o.Key).Any(v => v.Name == o.Value.Name && v.State == ModelState.Incomplete)).ToList();
        for (var some = 0; some < 1 << open.Count; some++)
            after.Add(open.Where((_, i) => (some & (1 << i)) != 0).Aggregate(announced, (m, o) => m.Publish(o.Key, o.Value.Name)));
        after.Add(_offered.Aggregate(after[^1], (m, o) => m.Retire(o.Key, o.Value.Name, now)));
        if (isDue)
            after.Add(after[^1].Expire(now - Grace));
        await DoAsync(
            "import",
            async () =>
            {
                var progress = await Get<ImportControl>().RunAloneAsync("manual", "admin", default);
                if (!_point.HasCrashed)
                    (progress.State, string.Join('\n', progress.Problems)).ShouldBe((ImportState.Done, ""), _when);
            },
            after);
    }

    private async Task BeginUploadAsync(string image)
    {
        var content = Content();
        var digest = Seed.Sha256(content);
        var version = UploadVersions.Next(_clock.GetUtcNow(), _model.Of(image).Select(v => v.Name));
        var isHeld = await _blobs.SizeOrNullAsync(Digest.Parse(digest), default) is not null;
        var after = _model.Begin(image, version, digest);
        await DoAsync(
            "upload",
            async () => (await Get<UploadBeginning>().BeginAsync(
                new UploadDraft(image, "amd64/generic", FileType.FindUploadOrNull("tgz")!, Digest.Parse(digest), Size, new UploadWishes("", "ubuntu/noble", false, true, null)),
                image, "amd64/generic", new FieldErrors(), Actor.System, default)).ShouldBeOfType<UploadBegun.Ready>(),
            _model, isHeld ? after.Finish(image, version, _clock.GetUtcNow()) : after);
    }

    private async Task SendAsync()
    {
        var open = await OpenUploadsAsync();
        if (open.Count == 0)
            return;
        var (image, version) = open[_random.Next(open.Count)];
        await using var db = await Catalog.CreateDbContextAsync();
        var file = await db.Files.AsNoTracking().Include(f => f.Set)
            .SingleAsync(f => f.Set!.Version == version.Name && f.Set.Resource!.Name == image);
        var received = (int)await ReceivedAsync(image, version);
        var isHeld = await _blobs.SizeOrNullAsync(Digest.Parse(version.Digests[0]), default) is not null;
        var count = _random.Next(3) == 0 ? Size - received : Math.Min(Size - received, 1 + _random.Next(Size));
        var isEnd = received + count == Size || (isHeld && received == 0);
        await DoAsync(
            "chunk",
            async () =>
            {
                using var body = new MemoryStream(_bytes[version.Digests[0]], received, count);
                var outcome = await Get<UploadChunks>().AppendAsync(
                    file.Set!.ResourceId, file.Id, new ChunkRange(received, received + count - 1, Size), count, body, default);
                outcome.Result.ShouldBe(ChunkResult.Taken, _when);
            },
            isEnd ? [_model, _model.Finish(image, version.Name, _clock.GetUtcNow())] : [_model]);
    }

    private Task PinAsync(string image)
    {
        var pinned = _random.Next(2) == 0;
        var served = _model.ServedOrNull(image);
        return DoAsync(
            pinned ? "pin" : "unpin",
            async () => IsDone(await Get<VersionAdministration>().PinAsync(new VersionQuery(image, null, null), pinned, Actor.System, default))
                .ShouldBe(served is not null, _when),
            _model, _model.Change(image, v => v == served ? v with { Pinned = pinned } : v));
    }

    private Task RollBackAsync(string image)
    {
        var target = _model.Of(image).Where(v => v.State == ModelState.Served).OrderByDescending(v => v.Name, StringComparer.Ordinal).Skip(1).FirstOrDefault();
        return DoAsync(
            "roll back",
            async () => IsDone(await Get<VersionAdministration>().RollBackAsync(new VersionQuery(image, null, null), Actor.System, default))
                .ShouldBe(target is not null, _when),
            _model, target is null ? _model : _model.RollBack(image, target.Name));
    }

    private Task PromoteAsync(string image)
    {
        var newest = LifetimeModel.NewestOrNull(_model.Of(image).Where(v => v.State != ModelState.Incomplete));
        return DoAsync(
            "promote",
            async () => IsDone(await Get<VersionAdministration>().PromoteAsync(new VersionQuery(image, null, null), "stable", Actor.System, default))
                .ShouldBe(newest is not null, _when),
            _model, _model.Promote(image));
    }

    private async Task DeleteAsync(string image)
    {
        await using var db = await Catalog.CreateDbContextAsync();
        if (await db.Resources.Where(r => r.Name == image).Select(r => (int?)r.Id).SingleOrDefaultAsync() is not { } id)
            return;
        var force = _random.Next(2) == 0;
        var versions = _model.Of(image);
        var isUploading = LifetimeModel.IsUpload(image)
            && versions.Any(v => v.State == ModelState.Served) && versions.Any(v => v.State == ModelState.Incomplete);
        var isBlocked = !force && (isUploading || versions.Any(v => v.Pinned));
        await DoAsync(
            "delete",
            async () => (await Get<ResourceRemoval>().RemoveAsync(id, force, Actor.System, default) is Outcome<bool>.Refused).ShouldBe(isBlocked, _when),
            _model, isBlocked ? _model : _model.Remove(image, _clock.GetUtcNow()));
    }

    private async Task RestoreAsync()
    {
        if (_model.Deleted.Count == 0)
            return;
        var entry = _model.Deleted[_random.Next(_model.Deleted.Count)];
        await using var db = await Catalog.CreateDbContextAsync();
        // The same version of an upload may have been deleted twice at one moment; whichever.
        var id = (await db.DeletedSets.AsNoTracking().Where(s => s.Name == entry.Image && s.Version == entry.Version.Name).ToListAsync())
            .First(s => s.DeletedAt == entry.At).Id;
        var held = await HeldAsync();
        var isPossible = entry.Version.Digests.All(held.Contains) && !_model.Of(entry.Image).Any(v => v.Name == entry.Version.Name);
        await DoAsync(
            "restore",
            async () => IsDone(await Get<DeletedImages>().RestoreAsync(id, Actor.System, default)).ShouldBe(isPossible, _when),
            _model, isPossible ? _model.Restore(entry) : _model);
    }

    private async Task CollectAsync()
    {
        await DoAsync(
            "collect",
            () => Get<BlobCollection>().RunAsync(dryRun: false, default),
            _model, _model.Expire(_clock.GetUtcNow() - Grace));
        if (_when.EndsWith("collect", StringComparison.Ordinal))
            await CheckOrphansAsync();
    }

    private async Task ScrubAsync()
    {
        var held = (await HeldAsync()).Order(StringComparer.Ordinal).ToList();
        if (held.Count == 0)
            return;
        var rotten = held[_random.Next(held.Count)];
        File.SetUnixFileMode(PathOf(rotten), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(PathOf(rotten), Seed.Bytes(Size, 1000));
        IReadOnlyList<string> found = [];
        await DoAsync(
            "scrub",
            async () => found = [.. (await ScrubOnceAsync()).Select(b => b.Sha256)],
            _model, _model.Rot(rotten));
        if (!_when.EndsWith("scrub", StringComparison.Ordinal))
        {
            // One that was cut off is gone on with; what it passed before is looked at by the next.
            await ScrubOnceAsync();
            await ScrubOnceAsync();
            _model = _model.Rot(rotten);
        }
        else
        {
            found.ShouldBe([rotten], _when);
        }

        File.Exists(PathOf(rotten)).ShouldBeFalse(_when);
        _rotten.Add(rotten);
    }

    private async Task<IReadOnlyList<DamagedBlob>> ScrubOnceAsync() =>
        (await Get<BlobScrub>().RunAsync(_ => ValueTask.FromResult<long?>(null), default)).Found;

    private async Task RestartAndSettleAsync()
    {
        _count["restart"] = _count.GetValueOrDefault("restart") + 1;
        await RestartAsync();
        await SettleAsync();
    }

    private static bool IsDone<T>(Outcome<T> outcome) => outcome is Outcome<T>.Done;
}
