using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Blobs.S3;

/// <summary>
/// Keeps what another process needs to go on with a partial. Parts of S3's are large, and a transfer may be slow, so the bytes that are not
/// in one yet are kept as they come, each about once: many in pieces of their own, the last few beside the state.
/// </summary>
internal sealed class S3Keeper(S3Client client, S3Keys keys, PartialName name)
{
    // What is kept beside the state is sent again each time; more than this makes a piece.
    private const int Few = 256 * 1024;

    private readonly List<S3Piece> _pieces = [];
    private readonly List<int> _stale = []; // pieces that the next state names no more
    private bool _mayLeak; // whether there may be pieces that no state names
    private int _next;

    /// <summary>Whether the partial has an object.</summary>
    public bool IsKept { get; private set; }

    /// <summary>How many bytes behind the last part are in pieces.</summary>
    public int InPieces => _pieces.Sum(p => p.Size);

    /// <summary>What was kept: the state, and the bytes behind its last part. Null when there is nothing of use.</summary>
    public async Task<(S3State State, byte[] Tail)?> ReadOrNullAsync(CancellationToken cancel)
    {
        if (await client.ReadOrNullAsync(keys.Partial(name), cancel) is not { } content)
            return null;
        IsKept = _mayLeak = true;
        if (S3State.ReadOrNull(content) is not var (state, last))
            return null;
        _next = state.Pieces.Count == 0 ? 0 : state.Pieces.Max(p => p.Number) + 1;
        using var tail = new MemoryStream();
        foreach (var piece in state.Pieces)
        {
            // One that is not what it was ends the bytes that can be trusted.
            if (await client.ReadOrNullAsync(keys.Piece(name, piece.Number), cancel) is not { } bytes || bytes.Length != piece.Size)
                return (state, tail.ToArray());
            await tail.WriteAsync(bytes, cancel);
            _pieces.Add(piece);
        }

        await tail.WriteAsync(last, cancel);
        return (state, tail.ToArray());
    }

    /// <summary>The tail is another one from now on, or ends before that many bytes: pieces that were kept of it are of no use.</summary>
    public void Forget(int from = 0)
    {
        while (InPieces > from)
        {
            _stale.Add(_pieces[^1].Number);
            _pieces.RemoveAt(_pieces.Count - 1);
        }
    }

    /// <summary>Keeps the state, and the bytes behind its last part.</summary>
    public async Task KeepAsync(S3State state, ReadOnlyMemory<byte> tail, CancellationToken cancel)
    {
        var received = (state.PartBytes() + tail.Length).ToString(CultureInfo.InvariantCulture);
        tail = tail[InPieces..];
        if (tail.Length > Few)
        {
            var piece = new S3Piece(_next++, tail.Length);
            _mayLeak = true;
            await client.PutAsync(keys.Piece(name, piece.Number), default, tail, null, cancel);
            _pieces.Add(piece);
            tail = default;
        }

        await client.PutAsync(keys.Partial(name), (state with { Pieces = [.. _pieces] }).Write(), tail, (S3BlobStore.ReceivedField, received), cancel);
        IsKept = true;
        // Only now, when no state names them.
        foreach (var number in _stale)
            await client.DeleteAsync(keys.Piece(name, number), cancel);
        _stale.Clear();
    }

    /// <summary>Removes all that was kept.</summary>
    public async Task RemoveAsync(CancellationToken cancel)
    {
        if (IsKept)
            await client.DeleteAsync(keys.Partial(name), cancel);
        if (_mayLeak)
            await RemovePiecesAsync(client, keys, name, cancel);
        _pieces.Clear();
        _stale.Clear();
        IsKept = _mayLeak = false;
    }

    /// <summary>Removes all pieces of a partial, also those that a process left which was killed.</summary>
    public static async Task RemovePiecesAsync(S3Client client, S3Keys keys, PartialName name, CancellationToken cancel)
    {
        await foreach (var piece in client.ListAsync(keys.Pieces(name), cancel))
            await client.DeleteAsync(piece.Key, cancel);
    }
}
