using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Hashing;
using BootDepot.Images;
using Microsoft.Win32.SafeHandles;

namespace BootDepot.Blobs.Files;

/// <summary>
/// Writes one partial. Every piece is hashed on the caller's thread while a disk thread writes it. Pieces that are aligned go
/// past the page cache (O_DIRECT): that spares a copy of every byte, leaves the cache to what is being served, and leaves
/// the final fsync little to do. All others are written the ordinary way; the bytes on disk are the same.
/// </summary>
internal sealed class FileBlobWriter(BlobPaths paths, PartialName name, SafeFileHandle file, long? size, TimeProvider time)
    : IBlobWriter
{
    /// <summary>Below this, reserving room costs more than it saves.</summary>
    private const int ReserveFrom = BlobPieces.Size;

    /// <summary>Below this, a piece goes to the page cache, and at once instead of on a disk thread.</summary>
    private const int DirectFrom = 32 * 1024;

    private const UnixFileMode ReadOnlyMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _path = paths.Partial(name);
    private readonly HashMarks _marks = new();
    private readonly HashCheckpoint _checkpoint = new(file, paths.Partial(name));
    private ResumableSha256 _hash = new();
    private SafeFileHandle? _direct;
    private bool _reserved;
    private bool _ended;

    public long Offset { get; private set; }

    /// <summary>Reserves room, and hashes what is there already, from where a former writer kept the state of its hash.</summary>
    public async Task PrepareAsync(CancellationToken cancel)
    {
        await DiskThreads.RunAsync(() =>
        {
            var length = RandomAccess.GetLength(file);
            _hash = _checkpoint.Load(length);
            Offset = length;
            if (length > size)
                Cut(0);
            else
                Reserve();
            _marks.Note(_hash);
            if (size is null or >= DirectFrom)
                _direct = Linux.OpenDirectOrNull(_path);
        });
        await HashToOffsetAsync(cancel);
    }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        cancel.ThrowIfCancellationRequested();
        if (Offset + bytes.Length > size)
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes.Length, $"Only {size - Offset} of {size} bytes are left.");
        await HashToOffsetAsync(cancel);
        byte[]? state;
        try
        {
            if (bytes.Length < DirectFrom)
            {
                Write(bytes.Span, Offset);
                state = Hash(bytes.Span);
            }
            else
            {
                var written = DiskThreads.RunAsync(() => Write(bytes.Span, Offset));
                state = Hash(bytes.Span);
                await written;
            }
        }
        catch (IOException failure)
        {
            _hash = _marks.Take(Offset);
            RandomAccess.SetLength(file, Offset);
            ThrowIfFull(failure);
            throw;
        }

        Offset += bytes.Length;
        _marks.Note(_hash);
        if (state is not null)
            await _checkpoint.SaveAsync(state, Offset / ResumableSha256.BlockSize * ResumableSha256.BlockSize);
    }

    /// <summary>Hashes bytes; the state at the last whole block in them when it is time to keep one.</summary>
    private byte[]? Hash(ReadOnlySpan<byte> bytes)
    {
        var rest = (int)((_hash.Length + bytes.Length) % ResumableSha256.BlockSize);
        if (rest >= bytes.Length || !_checkpoint.IsDue(_hash.Length + bytes.Length - rest))
        {
            _hash.Append(bytes);
            return null;
        }

        _hash.Append(bytes[..^rest]);
        var state = _hash.Save();
        _hash.Append(bytes[^rest..]);
        return state;
    }

    public Task FlushAsync(CancellationToken cancel) => Task.CompletedTask; // the kernel has every append

    public Task RestartAsync(CancellationToken cancel) => TruncateAsync(0, cancel);

    public async Task TruncateAsync(long offset, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Offset);
        cancel.ThrowIfCancellationRequested();
        if (offset == Offset)
            return;
        await DiskThreads.RunAsync(() => Cut(offset));
        await HashToOffsetAsync(cancel);
    }

    public async Task<Digest> HashAsync(CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        await HashToOffsetAsync(cancel);
        return _hash.Current();
    }

    public async Task<BlobCommit> CommitAsync(Digest? expected, CancellationToken cancel)
    {
        var actual = await HashAsync(cancel);
        if (Offset != (size ?? Offset) || actual != (expected ?? actual))
        {
            var actualSize = Offset;
            await DiskThreads.RunAsync(() => Cut(0));
            return new BlobCommit.Mismatch(actual, actualSize);
        }

        return new BlobCommit.Stored(await DiskThreads.RunAsync(() => Complete(actual)));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_ended)
            await DiskThreads.RunAsync(GiveRoomBack);
        Close();
    }

    private void Close()
    {
        _ended = true;
        _direct?.Dispose();
        file.Dispose();
    }

    private void Reserve()
    {
        if (size is not { } all || all < ReserveFrom || all == Offset)
            return;
        // Asked first, as fallocate may take all the room there is before it says that it was not enough, and others write there too.
        if (new DriveInfo(paths.Partials).AvailableFreeSpace < all - Linux.Examine(file, _path).Allocated)
            throw new BlobSpaceException($"The disk that holds the blobs has no room for {all} bytes; free some, then go on.");
        try
        {
            _reserved = Linux.Reserve(file, all, _path);
        }
        catch (IOException failure)
        {
            ThrowIfFull(failure);
            throw;
        }
    }

    private void GiveRoomBack()
    {
        if (_reserved && !file.IsClosed)
            RandomAccess.SetLength(file, Offset); // frees the blocks behind the end
    }

    private void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        var aligned = AlignedLength(bytes, offset);
        if (aligned > 0)
        {
            WriteDirect(bytes[..aligned], offset);
            bytes = bytes[aligned..];
            offset += aligned;
        }

        if (!bytes.IsEmpty)
            RandomAccess.Write(file, bytes, offset);
    }

    private void WriteDirect(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(_direct!, bytes, offset);
        }
        catch (IOException refused) when (refused.HResult == Linux.Invalid)
        {
            _direct!.Dispose(); // a file system that opens so but wants another alignment
            _direct = null;
            RandomAccess.Write(file, bytes, offset);
        }
    }

    /// <summary>How many of the bytes can go past the page cache.</summary>
    private unsafe int AlignedLength(ReadOnlySpan<byte> bytes, long offset)
    {
        if (_direct is null || bytes.Length < DirectFrom)
            return 0;
        fixed (byte* start = bytes)
            return (((long)start | offset) & (BlobPieces.Alignment - 1)) == 0 ? bytes.Length & ~(BlobPieces.Alignment - 1) : 0;
    }

    /// <summary>Shortens the file. Setting the length also frees room behind its end, so that is reserved anew.</summary>
    private void Cut(long offset)
    {
        _checkpoint.Forget(offset);
        RandomAccess.SetLength(file, offset);
        Offset = offset;
        _hash = _marks.Take(offset);
        Reserve();
    }

    /// <summary>Hashes what is on disk and was not hashed yet: the end after a resume, a little after a cut, nothing otherwise.</summary>
    private async Task HashToOffsetAsync(CancellationToken cancel)
    {
        if (_hash.Length == Offset)
            return;
        using var piece = BlobPieces.Rent();
        while (_hash.Length < Offset)
        {
            cancel.ThrowIfCancellationRequested();
            var want = piece.Memory[..(int)Math.Min(BlobPieces.Size, Offset - _hash.Length)];
            var got = await DiskThreads.RunAsync(() => RandomAccess.Read(file, want.Span, _hash.Length));
            if (got == 0)
                throw new IOException($"'{_path}' became shorter while it was written; something else changes the store's files.");
            _hash.Append(want.Span[..got]);
            _marks.Note(_hash);
        }
    }

    /// <summary>
    /// fsync, rename, fsync of the folder, in this order: the name of a blob never stands for bytes that a power cut could take
    /// away. Its order is the whole durability argument (docs/storage.md).
    /// </summary>
    private BlobInfo Complete(Digest digest)
    {
        var storedAt = time.GetUtcNow();
        try
        {
            GiveRoomBack();
            _checkpoint.Forget(0);
            File.SetLastWriteTimeUtc(file, storedAt.UtcDateTime);
            RandomAccess.FlushToDisk(file);
        }
        catch (IOException failure)
        {
            // After a failed fsync the kernel may drop the dirty pages and call them clean: the bytes cannot be trusted.
            Cut(0);
            ThrowIfFull(failure);
            throw;
        }

        File.Move(_path, paths.Blob(digest), overwrite: true);
        File.SetUnixFileMode(file, ReadOnlyMode);
        Close();
        Linux.SyncFolder(paths.Shard(digest));
        return new BlobInfo(digest, Offset, storedAt);
    }

    private static void ThrowIfFull(IOException failure)
    {
        if (failure.HResult is Linux.NoSpace or Linux.QuotaExceeded)
            throw new BlobSpaceException("The disk that holds the blobs is full; free some room, then go on.", failure);
    }
}
