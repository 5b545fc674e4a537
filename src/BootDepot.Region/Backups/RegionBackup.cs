using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Catalog;
using BootDepot.Catalog.Sqlite;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Backups;

/// <summary>What a backup or its restoration came to.</summary>
/// <param name="Files">Files copied.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="MissingBlobs">Blobs that the catalogue refers to and that are not in the backup.</param>
public sealed record BackupReport(int Files, long Bytes, int MissingBlobs);

/// <summary>
/// Copies a region to a folder while it runs, and makes a region of such a folder:
/// <code>
/// backup.json         every other file with its size and SHA-256; written last, so that a folder without it is no backup
/// bootdepot.db        the catalogue, as it was at one moment
/// keys/               the region's keys (0600)
/// blobs/DIGEST        stored bytes, if they were asked for
/// </code>
/// The catalogue is copied before the blobs; what is collected meanwhile is kept for its grace period, so every blob that the copy
/// refers to is still there.
/// </summary>
public static class RegionBackup
{
    private const string ListName = "backup.json";
    private const string CatalogName = "bootdepot.db";

    /// <summary>Writes a backup.</summary>
    /// <param name="data">The region's data.</param>
    /// <param name="target">A folder that does not exist or is empty.</param>
    /// <param name="withBlobs">Whether stored bytes are copied, too. Without them they are imported again after a restoration.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Gives up; the folder is no backup then.</param>
    public static async Task<Outcome<BackupReport>> WriteAsync(
        DataFolder data, string target, bool withBlobs, TimeProvider time, CancellationToken cancel)
    {
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            return new Fault("backup-target-not-empty", $"{target} is not empty. A backup needs a folder of its own.");
        Directory.CreateDirectory(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var copy = Path.Combine(target, CatalogName);
        await SqliteBackup.CopyAsync(CatalogOptions.Sqlite(data.Catalog), copy, cancel);
        await SqliteBackup.CheckAsync(copy, cancel);
        var files = new List<BackupFile> { await ListAsync(target, CatalogName, cancel) };
        if (Directory.Exists(data.Keys))
        {
            Directory.CreateDirectory(Path.Combine(target, "keys"));
            foreach (var key in Directory.EnumerateFiles(data.Keys).Order(StringComparer.Ordinal))
            {
                var name = "keys/" + Path.GetFileName(key);
                File.Copy(key, Path.Combine(target, name));
                files.Add(await ListAsync(target, name, cancel));
            }
        }

        var missing = 0;
        if (withBlobs)
        {
            Directory.CreateDirectory(Path.Combine(target, "blobs"));
            var blobs = new FileBlobStore(data.Blobs, time);
            foreach (var digest in await DigestsAsync(copy, cancel))
            {
                if (await CopyBlobAsync(blobs, digest, target, cancel) is { } file)
                    files.Add(file);
                else
                    missing++;
            }
        }

        var list = new BackupList(1, time.GetUtcNow(), withBlobs, files);
        await WriteDurablyAsync(Path.Combine(target, ListName), JsonSerializer.SerializeToUtf8Bytes(list, BackupJson.Default.BackupList), cancel);
        return new BackupReport(files.Count, files.Sum(f => f.Size), missing);
    }

    /// <summary>Makes a region of a backup, after every byte of it was checked.</summary>
    /// <param name="source">The backup.</param>
    /// <param name="data">A data directory that does not exist or is empty.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<Outcome<BackupReport>> RestoreAsync(string source, DataFolder data, TimeProvider time, CancellationToken cancel)
    {
        var listFile = Path.Combine(source, ListName);
        if (!File.Exists(listFile))
            return new Fault("backup-unfinished", $"{source} has no {ListName}: it is no backup, or one that was cut off.");
        if (Directory.Exists(data.Root) && Directory.EnumerateFileSystemEntries(data.Root).Any())
            return new Fault("restore-target-not-empty", $"{data.Root} is not empty. Move it away first; nothing is overwritten.");
        var list = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(listFile, cancel), BackupJson.Default.BackupList)!;
        foreach (var file in list.Files)
        {
            if (!IsOurs(file.Name) || !File.Exists(Path.Combine(source, file.Name)) || await ListAsync(source, file.Name, cancel) != file)
                return new Fault("backup-damaged", $"{file.Name} of the backup {source} is missing or not what was written. Nothing was restored; use another backup.");
        }

        Directory.CreateDirectory(data.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        Directory.CreateDirectory(data.Keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(data.Blobs);
        var blobs = new FileBlobStore(data.Blobs, time);
        foreach (var file in list.Files)
        {
            var from = Path.Combine(source, file.Name);
            if (file.Name.StartsWith("blobs/", StringComparison.Ordinal))
                await StoreAsync(blobs, from, file, cancel);
            else
                await CopyPrivateAsync(from, file.Name == CatalogName ? data.Catalog : Path.Combine(data.Root, file.Name), cancel);
        }

        var missing = 0;
        foreach (var digest in await DigestsAsync(data.Catalog, cancel))
            missing += await blobs.SizeOrNullAsync(digest, cancel) is null ? 1 : 0;
        return new BackupReport(list.Files.Count, list.Files.Sum(f => f.Size), missing);
    }

    // Names come from a file that anybody may have written.
    private static bool IsOurs(string name) =>
        name == CatalogName
        || (name.Split('/') is ["keys" or "blobs", var last] && SafeName.IsSafe(last));

    private static async Task<List<Digest>> DigestsAsync(string file, CancellationToken cancel)
    {
        using var catalog = new CatalogDatabase(CatalogOptions.Sqlite(file));
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var stored = await db.Files.Where(f => f.StoredAt != null).Select(f => f.Sha256).Distinct().ToListAsync(cancel);
        return stored.ConvertAll(Digest.Parse);
    }

    private static async Task<BackupFile?> CopyBlobAsync(FileBlobStore blobs, Digest digest, string target, CancellationToken cancel)
    {
        var name = "blobs/" + digest.Hex;
        await using (var from = await blobs.OpenOrNullAsync(digest, 0, cancel))
        {
            if (from is null)
                return null;
            await using var to = new FileStream(Path.Combine(target, name), FileMode.CreateNew, FileAccess.Write);
            await from.CopyToAsync(to, 1024 * 1024, cancel);
            to.Flush(flushToDisk: true);
        }

        // Reading it again proves the copy, and the original with it.
        var file = await ListAsync(target, name, cancel);
        return file.Sha256 == digest.Hex ? file : null;
    }

    private static async Task StoreAsync(FileBlobStore blobs, string from, BackupFile file, CancellationToken cancel)
    {
        var digest = Digest.Parse(file.Sha256);
        await using var writer = await blobs.WriteAsync(PartialName.Of(digest), file.Size, cancel);
        await using var stream = File.OpenRead(from);
        var buffer = new byte[1024 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancel)) > 0)
            await writer.AppendAsync(buffer.AsMemory(0, count), cancel);
        if (await writer.CommitAsync(digest, cancel) is not BlobCommit.Stored)
            throw new IOException($"{from} changed while it was read.");
    }

    private static async Task CopyPrivateAsync(string from, string to, CancellationToken cancel)
    {
        await using var source = File.OpenRead(from);
        await using var target = new FileStream(to, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await source.CopyToAsync(target, cancel);
        target.Flush(flushToDisk: true);
    }

    private static async Task<BackupFile> ListAsync(string folder, string name, CancellationToken cancel)
    {
        await using var stream = File.OpenRead(Path.Combine(folder, name));
        return new BackupFile(name, stream.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel)));
    }

    private static async Task WriteDurablyAsync(string file, byte[] bytes, CancellationToken cancel)
    {
        await using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        await stream.WriteAsync(bytes, cancel);
        stream.Flush(flushToDisk: true);
    }
}

/// <summary>What is in a backup.</summary>
internal sealed record BackupList(int Format, DateTimeOffset WrittenAt, bool HasBlobs, IReadOnlyList<BackupFile> Files);

/// <summary>A file of a backup.</summary>
internal sealed record BackupFile(string Name, long Size, string Sha256);

/// <summary>How the list of a backup is written down.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(BackupList))]
internal sealed partial class BackupJson : JsonSerializerContext;
