using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using Microsoft.Win32.SafeHandles;

namespace BootDepot.Blobs.Files;

/// <summary>
/// Blobs as files of one folder (docs/storage.md). Several stores, in one process or many, may share the folder: a partial is
/// locked by its writer, and a blob appears by one rename. Linux only.
/// </summary>
public sealed class FileBlobStore : IBlobStore
{
    /// <summary>Attempts at locking a partial that others keep finishing under our hands.</summary>
    private const int LockAttempts = 100;

    private readonly BlobPaths _paths;
    private readonly TimeProvider _time;

    /// <summary>Opens the store, and makes its folders where they are not there yet.</summary>
    /// <param name="root">The folder, <c>&lt;data&gt;/blobs</c> as a rule.</param>
    /// <param name="time">What <see cref="BlobInfo.StoredAt"/> is taken from.</param>
    /// <exception cref="IOException">The folders cannot be made.</exception>
    public FileBlobStore(string root, TimeProvider time)
    {
        _paths = new BlobPaths(Path.GetFullPath(root));
        _time = time;
        foreach (var shard in _paths.Shards())
            Directory.CreateDirectory(shard);
        Linux.SyncFolder(_paths.Blobs);
        Directory.CreateDirectory(_paths.Partials);
    }

    /// <inheritdoc />
    public bool IsShared => false;

    /// <summary>Where the blob's file is or would be; for tools that read files themselves.</summary>
    public string PathOf(Digest digest) => _paths.Blob(digest);

    /// <summary>
    /// Gives a complete blob a further name: a hard link, or where the file system has none, a symbolic one.
    /// </summary>
    /// <exception cref="IOException">The blob is not held, or the name is taken.</exception>
    public void LinkTo(Digest digest, string path)
    {
        if (!Linux.TryLink(_paths.Blob(digest), path))
            File.CreateSymbolicLink(path, _paths.Blob(digest));
    }

    /// <summary>
    /// Opens what a partial holds so far, and will hold: whoever reads to its end finds more as soon as it is there. The bytes are
    /// not verified. Stays open when the partial becomes a blob. Null when there is no such partial.
    /// </summary>
    public FileStream? OpenPartialOrNull(PartialName name) =>
        Linux.OpenToReadOrNull(_paths.Partial(name)) is { } handle ? new FileStream(handle, FileAccess.Read, bufferSize: 0) : null;

    /// <inheritdoc />
    public Task<long?> SizeOrNullAsync(Digest digest, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return Task.FromResult(BlobOrNull(digest)?.Length);
    }

    /// <inheritdoc />
    public Task<Stream?> OpenOrNullAsync(Digest digest, long offset, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (BlobOrNull(digest) is not { Length: var size } || Linux.OpenToReadOrNull(_paths.Blob(digest)) is not { } handle)
            return Task.FromResult<Stream?>(null);
        if (offset > size)
        {
            handle.Dispose();
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The blob has {size} bytes.");
        }

        return Task.FromResult<Stream?>(new BlobFileStream(handle, size, offset));
    }

    /// <inheritdoc />
    public async Task<IBlobWriter> WriteAsync(PartialName name, long? size, CancellationToken cancel)
    {
        if (size is { } expected)
            ArgumentOutOfRangeException.ThrowIfNegative(expected, nameof(size));
        cancel.ThrowIfCancellationRequested();
        var writer = new FileBlobWriter(_paths, name, await DiskThreads.RunAsync(() => Lock(name)), size, _time);
        try
        {
            await writer.PrepareAsync(cancel);
            return writer;
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async Task DiscardPartialAsync(PartialName name, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await DiskThreads.RunAsync(() =>
        {
            var path = _paths.Partial(name);
            if (Linux.ExamineOrNull(path) is not { IsRegular: true })
                return;
            using (Lock(name))
                File.Delete(path);
        });
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<BlobInfo> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var shard in _paths.Shards())
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var blob in await DiskThreads.RunAsync(() => BlobsOf(shard)))
                yield return blob;
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<PartialInfo> ListPartialsAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var (name, entry) in await DiskThreads.RunAsync(Partials))
        {
            cancel.ThrowIfCancellationRequested();
            yield return new PartialInfo(name, entry.Length, entry.WrittenAt);
        }
    }

    /// <inheritdoc />
    public Task<bool> DeleteAsync(Digest digest, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return DiskThreads.RunAsync(() =>
        {
            if (BlobOrNull(digest) is null)
                return false;
            File.Delete(_paths.Blob(digest));
            return true;
        });
    }

    /// <inheritdoc />
    public Task<BlobSpace> MeasureAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return DiskThreads.RunAsync(() =>
        {
            long used = 0, reserved = 0;
            foreach (var shard in _paths.Shards())
            {
                cancel.ThrowIfCancellationRequested();
                used += BlobsOf(shard).Sum(blob => blob.Size);
            }

            foreach (var (_, entry) in Partials())
            {
                used += entry.Length;
                reserved += Math.Max(0, entry.Allocated - RoundUp(entry.Length));
            }

            return new BlobSpace(new DriveInfo(_paths.Blobs).AvailableFreeSpace + reserved, used);
        });
    }

    private static long RoundUp(long length) => (length + BlobPieces.Alignment - 1) / BlobPieces.Alignment * BlobPieces.Alignment;

    private static List<BlobInfo> BlobsOf(string shard)
    {
        var blobs = new List<BlobInfo>();
        foreach (var path in Directory.EnumerateFiles(shard))
        {
            if (BlobPaths.TryReadBlob(path, out var digest) && Linux.ExamineOrNull(path) is { IsRegular: true } entry)
                blobs.Add(new BlobInfo(digest, entry.Length, entry.WrittenAt));
        }

        blobs.Sort((a, b) => a.Digest.CompareTo(b.Digest));
        return blobs;
    }

    private List<(PartialName Name, Linux.Entry Entry)> Partials()
    {
        var partials = new List<(PartialName, Linux.Entry)>();
        foreach (var path in Directory.EnumerateFiles(_paths.Partials))
        {
            if (BlobPaths.TryReadPartial(path, out var name) && Linux.ExamineOrNull(path) is { IsRegular: true } entry)
                partials.Add((name, entry));
        }

        return partials;
    }

    private Linux.Entry? BlobOrNull(Digest digest) =>
        Linux.ExamineOrNull(_paths.Blob(digest)) is { IsRegular: true } entry ? entry : null;

    /// <summary>
    /// The partial's file, locked against every other writer. The one who held the lock before may have renamed or deleted the
    /// file between our opening it and our locking it, so that we would write into a complete blob: hence the second look.
    /// </summary>
    private SafeFileHandle Lock(PartialName name)
    {
        var path = _paths.Partial(name);
        for (var attempt = 0; attempt < LockAttempts; attempt++)
        {
            var handle = OpenExclusively(name, path);
            if (Linux.ExamineOrNull(path)?.Id == Linux.Examine(handle, path).Id)
                return handle;
            handle.Dispose();
        }

        throw new PartialBusyException(name);
    }

    private static SafeFileHandle OpenExclusively(PartialName name, string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException busy) when (busy.HResult == Linux.WouldBlock)
        {
            throw new PartialBusyException(name);
        }
        catch (IOException full) when (full.HResult is Linux.NoSpace or Linux.QuotaExceeded)
        {
            throw new BlobSpaceException($"There is no room for another file beside '{path}'.", full);
        }
    }
}
