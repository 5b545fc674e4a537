using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Settings;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Lifetimes;

/// <summary>What the bytes of the store are used by. A blob that several things have counts for the first of them in this list.</summary>
/// <param name="Served">Bytes of the versions that clients get.</param>
/// <param name="Former">Bytes of older versions that are kept.</param>
/// <param name="Withheld">Bytes of versions that somebody rolled back behind.</param>
/// <param name="Pending">Bytes held of versions that are not complete.</param>
/// <param name="Deleted">Bytes of deleted versions that can still be put back.</param>
/// <param name="Unreferenced">Bytes that nothing refers to and that go when their grace period is over.</param>
/// <param name="Partials">Bytes of transfers and uploads that have not ended.</param>
internal sealed record StorageUse(
    long Served, long Former, long Withheld, long Pending, long Deleted, long Unreferenced, long Partials);

/// <summary>The state of the store.</summary>
/// <param name="Use">What its bytes are used by.</param>
/// <param name="Space">Free and used bytes as the store itself measures them.</param>
/// <param name="LowBelow">Free bytes below which it is said to be low.</param>
/// <param name="Damaged">Blobs that were found damaged and are not repaired yet.</param>
internal sealed record StorageState(StorageUse Use, BlobSpace Space, long LowBelow, int Damaged)
{
    /// <summary><c>ok</c>, or <c>low</c>: make room before imports and uploads are refused.</summary>
    public string Level => Space.Free is { } free && free < LowBelow ? "low" : "ok";

    /// <summary>Bytes that collection will free without anybody's doing.</summary>
    public long Reclaimable => Use.Deleted + Use.Unreferenced;
}

/// <summary>Measures the store.</summary>
internal sealed class StorageReport(CatalogDatabase catalog, IBlobStore blobs, SettingsStore settings)
{
    private enum Use
    {
        Served,
        Former,
        Withheld,
        Pending,
        Deleted,
        Unreferenced,
    }

    /// <summary>Measures it. Costs a walk over all blobs.</summary>
    public async Task<StorageState> MeasureAsync(CancellationToken cancel)
    {
        var (uses, damaged) = await catalog.SnapshotAsync(ReadUsesAsync, cancel);
        var sums = new long[6];
        await foreach (var blob in blobs.ListAsync(cancel))
            sums[(int)uses.GetValueOrDefault(blob.Digest.Hex, Use.Unreferenced)] += blob.Size;
        var partials = 0L;
        await foreach (var partial in blobs.ListPartialsAsync(cancel))
            partials += partial.Received;
        var low = (await settings.GetAsync(cancel)).StorageLowMebibytes * 1024L * 1024L;
        return new StorageState(
            new StorageUse(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], partials), await blobs.MeasureAsync(cancel), low, damaged);
    }

    private static async Task<(Dictionary<string, Use> Uses, int Damaged)> ReadUsesAsync(CatalogContext db, CancellationToken cancel)
    {
        var newest = (await db.Sets.Where(s => s.CompletedAt != null).GroupBy(s => s.ResourceId)
            .Select(g => new { g.Key, Version = g.Max(s => s.Version) }).ToListAsync(cancel)).ToDictionary(g => g.Key, g => g.Version);
        var uses = new Dictionary<string, Use>(StringComparer.Ordinal);
        await foreach (var file in db.Files
            .Select(f => new { f.Sha256, f.Set!.ResourceId, f.Set.Version, f.Set.CompletedAt, f.Set.WithheldAt })
            .AsAsyncEnumerable().WithCancellation(cancel))
        {
            var use = file.WithheldAt is not null ? Use.Withheld
                : file.CompletedAt is null ? Use.Pending
                : newest.GetValueOrDefault(file.ResourceId) == file.Version ? Use.Served : Use.Former;
            Note(uses, file.Sha256, use);
        }

        foreach (var digest in await db.DeletedBlobs.Select(b => b.Sha256).ToListAsync(cancel))
            Note(uses, digest, Use.Deleted);
        return (uses, await db.DamagedBlobs.CountAsync(b => b.RepairedAt == null, cancel));
    }

    private static void Note(Dictionary<string, Use> uses, string digest, Use use)
    {
        if (!uses.TryGetValue(digest, out var before) || use < before)
            uses[digest] = use;
    }
}
