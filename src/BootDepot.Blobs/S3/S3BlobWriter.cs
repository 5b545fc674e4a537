using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using BootDepot.Blobs.Hashing;
using BootDepot.Images;

namespace BootDepot.Blobs.S3;

/// <summary>
/// Writes one partial: gathers bytes to a part, uploads it while the next one fills, and keeps what another process needs to go on in
/// the partial's object. All bytes are hashed once, as they come.
/// </summary>
internal sealed class S3BlobWriter(S3Client client, S3Keys keys, PartialName name, long? size, int firstPartSize, IAsyncDisposable held)
    : IBlobWriter
{
    /// <summary>S3 takes 10,000 parts; their size doubles so that 5 TiB fit.</summary>
    private const int PartsOfOneSize = 1000;

    // What a killed process loses of a transfer is what came since. From one beginning to the next: who hands on bytes a little less often
    // has all of them kept. A server that takes long is given as much time for the bytes themselves.
    private static readonly TimeSpan KeepEvery = TimeSpan.FromMilliseconds(200);

    private readonly string _target = keys.TargetOf(name);
    private readonly S3Keeper _keeper = new(client, keys, name);
    private readonly ResumableSha256 _hash = new();
    private S3State _state = S3State.Empty; // of what is uploaded, the part on its way not included
    private byte[] _tail = [];
    private int _tailLength;
    private byte[] _spare = []; // a part's memory that can be used again
    private (Task<S3Part> Part, byte[] Bytes, byte[] HashAfter)? _sending;
    private (S3State State, byte[] Tail) _mark = (S3State.Empty, []); // as it was at the beginning or at the last flush
    private long _keptAt = TimeProvider.System.GetTimestamp();
    private TimeSpan _keepAgain = KeepEvery;
    private bool _isFlushed; // whether the mark is a flush of this writer
    private bool _isLost; // whether what was kept is further on than this writer
    private bool _isGone; // whether the server has lost the parts, so that the transfer begins anew
    private bool _isOver;

    public long Offset => _hash.Length;

    public async Task PrepareAsync(CancellationToken cancel)
    {
        if (await _keeper.ReadOrNullAsync(cancel) is { } known)
            _mark = known;
        Load();
        if (Offset > size)
            await EmptyAsync(cancel);
    }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        cancel.ThrowIfCancellationRequested();
        if (_isLost || _isGone)
            throw new BlobsUnreachableException($"A part of the transfer {name} did not reach the server; open it again.");
        if (Offset + bytes.Length > size)
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes.Length, $"Only {size - Offset} of {size} bytes are left.");
        while (!bytes.IsEmpty)
        {
            var room = await RoomAsync(cancel);
            var some = bytes[..Math.Min(bytes.Length, room.Length)];
            some.CopyTo(room);
            _hash.Append(some.Span);
            _tailLength += some.Length;
            bytes = bytes[some.Length..];
        }

        // Not while a part is on its way: what follows it cannot be kept before it, and it is kept itself when it has arrived.
        if (TimeProvider.System.GetElapsedTime(_keptAt) > _keepAgain && _sending is not { Part.IsCompleted: false })
            await KeepAsync(cancel);
    }

    public async Task FlushAsync(CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        await KeepAsync(cancel);
        _mark = (_state, _tail[.._tailLength]);
        _isFlushed = true;
    }

    public Task RestartAsync(CancellationToken cancel) => TruncateAsync(0, cancel);

    public async Task TruncateAsync(long offset, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Offset);
        try
        {
            if (offset < Offset)
                await SentAsync();
        }
        catch (BlobsUnreachableException) when (offset <= Offset)
        {
            // The lost part is cut off too: it was behind the mark, to which the writer has gone back.
        }

        _isLost = false; // who asks for this offset knows what the bytes up to it are
        if (offset == Offset)
            return;
        if (offset < _state.PartBytes())
        {
            // Parts cannot be read before the end, so this goes back to the mark; parts that came since are uploaded again over these.
            Load();
            _keeper.Forget();
            if (offset < _state.PartBytes())
                await EmptyAsync(cancel);
        }

        if (offset < Offset)
            Cut((int)(offset - _state.PartBytes()));
    }

    public Task<Digest> HashAsync(CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        return Task.FromResult(_hash.Current());
    }

    public async Task<BlobCommit> CommitAsync(Digest? expected, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        var actual = _hash.Current();
        var total = Offset;
        if (total != (size ?? total) || actual != (expected ?? actual) || !await StoreAsync(actual, cancel))
        {
            await EmptyAsync(cancel);
            return new BlobCommit.Mismatch(actual, total);
        }

        await _keeper.RemoveAsync(cancel);
        _isOver = true;
        await held.DisposeAsync();
        var stored = await client.HeadOrNullAsync(keys.Blob(actual), cancel)
            ?? throw new BlobsUnreachableException($"The object {keys.Blob(actual)} was stored, and cannot be found.");
        return new BlobCommit.Stored(new BlobInfo(actual, total, new DateTimeOffset(stored.LastModified!.Value.ToUniversalTime())));
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOver)
            return;
        _isOver = true;
        try
        {
            await KeepAsync(CancellationToken.None);
        }
        catch (BlobsUnreachableException)
        {
            // What was kept before stays; the transfer goes on from there.
        }
        finally
        {
            await held.DisposeAsync();
        }
    }

    /// <summary>Forgets a partial whose lock is held.</summary>
    public static async Task DiscardAsync(S3Client client, S3Keys keys, PartialName name, CancellationToken cancel)
    {
        if (await client.ReadOrNullAsync(keys.Partial(name), cancel) is { } content)
        {
            if (S3State.ReadOrNull(content) is { State.UploadId: { } upload })
                await client.AbortUploadAsync(keys.TargetOf(name), upload, cancel);
            await client.DeleteAsync(keys.Partial(name), cancel);
        }

        await S3Keeper.RemovePiecesAsync(client, keys, name, cancel);
    }

    private static int SizeOfPart(int number, int first) => first << ((number - 1) / PartsOfOneSize);

    /// <summary>Goes back to the mark.</summary>
    private void Load()
    {
        _state = _mark.State with { UploadId = _mark.State.UploadId ?? _state.UploadId };
        _hash.TryLoad(_state.Hash);
        _tail = new byte[SizeOfPart(_state.Parts.Count + 1, firstPartSize)];
        _tailLength = Math.Min(_mark.Tail.Length, _tail.Length);
        _mark.Tail.AsSpan(0, _tailLength).CopyTo(_tail);
        _hash.Append(_tail.AsSpan(0, _tailLength));
    }

    private void Cut(int length)
    {
        _tailLength = length;
        _keeper.Forget(length);
        _hash.TryLoad(_state.Hash);
        _hash.Append(_tail.AsSpan(0, length));
    }

    private async Task EmptyAsync(CancellationToken cancel)
    {
        await SentAsync();
        if (_state.UploadId is { } upload)
            await client.AbortUploadAsync(_target, upload, cancel);
        await _keeper.RemoveAsync(cancel);
        _state = S3State.Empty;
        _mark = (S3State.Empty, []);
        Load();
    }

    /// <summary>Where the next bytes go; sends the part when it is full.</summary>
    private async Task<Memory<byte>> RoomAsync(CancellationToken cancel)
    {
        if (_tailLength == _tail.Length)
        {
            if (await SentAsync())
                await PutStateAsync(_keeper.InPieces, cancel);
            _state = _state with { UploadId = _state.UploadId ?? await client.BeginUploadAsync(_target, cancel) };
            _sending = (SendAsync(_state.Parts.Count + 1, _tail, _tailLength, CancellationToken.None), _tail, _hash.Save());
            var next = SizeOfPart(_state.Parts.Count + 2, firstPartSize);
            _tail = _spare.Length == next ? _spare : new byte[next];
            _spare = [];
            _tailLength = 0;
            _keeper.Forget();
        }

        return _tail.AsMemory(_tailLength);
    }

    private async Task<S3Part> SendAsync(int number, byte[] bytes, int length, CancellationToken cancel)
    {
        using var stream = new MemoryStream(bytes, 0, length, writable: false);
        try
        {
            return new S3Part(number, await client.UploadPartAsync(_target, _state.UploadId!, number, stream, cancel), length);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchUpload")
        {
            // A bucket's rule ended it, or a person. What is known of it is of no use to anybody.
            _isGone = true;
            await client.DeleteAsync(keys.Partial(name), cancel);
            throw new BlobsUnreachableException($"The S3 server has lost what it had of the transfer {name}; it begins anew.", e);
        }
    }

    /// <summary>Waits for the part that is on its way; false when none is.</summary>
    private async Task<bool> SentAsync()
    {
        if (_sending is not var (part, bytes, hashAfter))
            return false;
        _sending = null;
        try
        {
            _state = _state with { Parts = [.. _state.Parts, await part], Hash = hashAfter };
        }
        catch
        {
            // What follows a part that is not there belongs nowhere. After a flush the writer can go on from that; before one, only
            // another writer can, from what was kept.
            Load();
            _keeper.Forget();
            _isLost = !_isFlushed;
            throw;
        }

        _spare = bytes;
        return true;
    }

    private async Task KeepAsync(CancellationToken cancel)
    {
        await SentAsync();
        if (!_isLost && !_isGone && (Offset > 0 || _keeper.IsKept))
            await PutStateAsync(_tailLength, cancel);
    }

    private async Task PutStateAsync(int tail, CancellationToken cancel)
    {
        _keptAt = TimeProvider.System.GetTimestamp();
        await _keeper.KeepAsync(_state, _tail.AsMemory(0, tail), cancel);
        var twice = 2 * TimeProvider.System.GetElapsedTime(_keptAt);
        _keepAgain = twice > KeepEvery ? twice : KeepEvery;
    }

    /// <summary>Makes the object; false when the server has lost what it had.</summary>
    private async Task<bool> StoreAsync(Digest digest, CancellationToken cancel)
    {
        var key = keys.Blob(digest);
        await SentAsync();
        if (_state.Parts.Count == 0)
        {
            await client.PutAsync(key, default, _tail.AsMemory(0, _tailLength), null, cancel);
            return true;
        }

        // A partial that was named after a digest can become nothing else.
        if (_target != key && keys.TryReadBlob(_target, out _))
            return false;
        var parts = new List<S3Part>(_state.Parts);
        if (_tailLength > 0)
            parts.Add(await SendAsync(parts.Count + 1, _tail, _tailLength, cancel));
        if (!await client.CompleteUploadAsync(_target, _state.UploadId!, parts, cancel))
            return false;
        _state = S3State.Empty; // that upload has ended
        if (_target != key)
        {
            await client.CopyAsync(_target, key, _hash.Length, cancel);
            await client.DeleteAsync(_target, cancel);
        }

        return true;
    }
}
