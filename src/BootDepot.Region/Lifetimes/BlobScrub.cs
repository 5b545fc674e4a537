using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Lifetimes;
using BootDepot.Images;
using BootDepot.Region.Changes;
using BootDepot.Transfers;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Lifetimes;

/// <summary>How a scrub goes on.</summary>
/// <param name="Run">What was looked at so far.</param>
/// <param name="Found">What was found wrong by this call.</param>
internal sealed record ScrubResult(ScrubRun Run, IReadOnlyList<DamagedBlob> Found);

/// <summary>
/// Reads every stored byte again and compares it with its name. What is wrong is put aside, out of sight of every reader, and
/// the versions that need it are not served until <see cref="BlobRepair"/>, an import or an upload has brought the right bytes.
/// </summary>
internal sealed class BlobScrub(
    CatalogDatabase catalog, IBlobStore blobs, DataFolder data, ChangeSignal changes, TimeProvider time)
{
    private const int PieceSize = 1024 * 1024;
    private const int SaveEvery = 256;

    /// <summary>What the setting and the flag say in MiB; 0 there is no limit.</summary>
    public static long? BytesPerSecond(int mebibytes) => mebibytes > 0 ? mebibytes * 1024L * 1024L : null;

    /// <summary>
    /// Goes through the store, from where the last pass was cut off. Safe beside imports, uploads and readers.
    /// </summary>
    /// <param name="bytesPerSecond">Asked now and then: how fast it may read; null for as fast as it can.</param>
    /// <param name="cancel">Stops; the next call goes on from there.</param>
    public async Task<ScrubResult> RunAsync(Func<CancellationToken, ValueTask<long?>> bytesPerSecond, CancellationToken cancel)
    {
        var run = await BeginAsync(cancel);
        var rate = new RateLimit(bytesPerSecond, time);
        var found = new List<DamagedBlob>();
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            await foreach (var blob in blobs.ListAsync(cancel))
            {
                if (string.CompareOrdinal(blob.Digest.Hex, run.Position) <= 0)
                    continue;
                var (problem, actual) = await CheckAsync(blob, buffer, rate, cancel);
                if (problem is not null && await PutAsideAsync(blob.Digest, problem, actual, cancel) is { } damaged)
                    found.Add(damaged);
                (run.Position, run.Blobs, run.Bytes) = (blob.Digest.Hex, run.Blobs + 1, run.Bytes + blob.Size);
                run.Damaged += problem is null ? 0 : 1;
                if (run.Blobs % SaveEvery == 0)
                    await SaveAsync(run, cancel);
            }

            foreach (var digest in await MissingAsync(cancel))
            {
                if (await PutAsideAsync(digest, "missing", "", cancel) is not { } damaged)
                    continue;
                found.Add(damaged);
                run.Damaged++;
            }

            run.EndedAt = time.GetUtcNow();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await SaveAsync(run, CancellationToken.None);
        }

        return new ScrubResult(run, found);
    }

    private Task<ScrubRun> BeginAsync(CancellationToken cancel) => catalog.ChangeAsync(
        async (db, token) =>
        {
            if (await db.ScrubRuns.Where(r => r.EndedAt == null).OrderByDescending(r => r.Id).FirstOrDefaultAsync(token) is { } cut)
                return cut;
            var run = new ScrubRun { StartedAt = time.GetUtcNow() };
            db.ScrubRuns.Add(run);
            return run;
        },
        cancel);

    private Task SaveAsync(ScrubRun run, CancellationToken cancel) => catalog.ChangeAsync(
        (db, _) =>
        {
            db.ScrubRuns.Update(run);
            return Task.CompletedTask;
        },
        cancel);

    private async Task<(string? Problem, string Actual)> CheckAsync(BlobInfo blob, byte[] buffer, RateLimit rate, CancellationToken cancel)
    {
        try
        {
            await using var stream = await blobs.OpenOrNullAsync(blob.Digest, 0, cancel);
            if (stream is null)
                return (null, ""); // it went meanwhile; whether somebody needs it is looked at in the end
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            int count;
            while ((count = await stream.ReadAsync(buffer.AsMemory(0, PieceSize), cancel)) > 0)
            {
                hash.AppendData(buffer, 0, count);
                await rate.PassAsync(count, cancel);
            }

            var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
            return actual == blob.Digest.Hex ? (null, actual) : ("damaged", actual);
        }
        catch (IOException)
        {
            return ("unreadable", "");
        }
    }

    private async Task<List<Digest>> MissingAsync(CancellationToken cancel)
    {
        // Of several regions with files of their own each may lack what another one has.
        if (catalog.IsShared && !blobs.IsShared)
            return [];
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var stored = await db.Files.Where(f => f.StoredAt != null).Select(f => f.Sha256).Distinct().ToListAsync(cancel);
        var missing = new List<Digest>();
        foreach (var digest in stored.Select(Digest.Parse))
        {
            if (await blobs.SizeOrNullAsync(digest, cancel) is null)
                missing.Add(digest);
        }

        return missing;
    }

    // First nobody is told of the blob any more, then it goes: a reader never meets bytes that are known to be wrong.
    private async Task<DamagedBlob?> PutAsideAsync(Digest digest, string problem, string actual, CancellationToken cancel)
    {
        if (problem == "damaged")
            await CopyAsync(digest, actual, cancel);
        var damaged = await catalog.ChangeAsync(
            async (db, token) =>
            {
                // It may have been stored anew since it was looked at.
                if (problem == "missing" && await blobs.SizeOrNullAsync(digest, token) is not null)
                    return null;
                var files = await db.Files.Include(f => f.Set!.Resource).Where(f => f.Sha256 == digest.Hex && f.StoredAt != null).ToListAsync(token);
                foreach (var file in files)
                {
                    file.StoredAt = null;
                    (file.Set!.CompletedAt, file.Set.WithheldAt) = (null, null);
                }

                await blobs.DeleteAsync(digest, token);
                var usedBy = files.Select(f => $"{f.Set!.Resource!.Name} {f.Set.Resource.Architecture} {f.Set.Version} {f.Filename}");
                var row = new DamagedBlob
                {
                    Sha256 = digest.Hex,
                    ActualSha256 = actual,
                    Problem = problem,
                    UsedBy = string.Join("; ", usedBy.Order(StringComparer.Ordinal)),
                    FoundAt = time.GetUtcNow(),
                };
                db.DamagedBlobs.Add(row);
                AuditTrail.Append(db, time, Actor.System, "blob.damaged", "blob/" + digest.Hex, null, new JsonObject
                {
                    ["problem"] = problem,
                    ["actual_sha256"] = actual,
                    ["used_by"] = row.UsedBy,
                });
                return row;
            },
            cancel);
        if (damaged is not null)
            changes.Raise();
        return damaged;
    }

    // For whoever wants to know what happened to the disk. Deleted by hand.
    private async Task CopyAsync(Digest digest, string actual, CancellationToken cancel)
    {
        await using var from = await blobs.OpenOrNullAsync(digest, 0, cancel);
        if (from is null)
            return;
        Directory.CreateDirectory(data.Quarantine);
        await using var to = new FileStream(Path.Combine(data.Quarantine, $"{digest.Hex}.{actual[..12]}"), FileMode.Create, FileAccess.Write);
        await from.CopyToAsync(to, PieceSize, cancel);
    }
}
