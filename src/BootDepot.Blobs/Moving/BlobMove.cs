using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;

namespace BootDepot.Blobs.Moving;

/// <summary>What a copy of a store came to.</summary>
/// <param name="Blobs">Blobs that the target has now.</param>
/// <param name="Copied">Of these, the ones that were copied now.</param>
/// <param name="Bytes">Bytes that were copied now.</param>
/// <param name="Damaged">Blobs whose bytes in the source are not what their name says; they were not copied.</param>
public sealed record BlobMoveReport(long Blobs, long Copied, long Bytes, IReadOnlyList<Digest> Damaged);

/// <summary>
/// Copies all complete blobs of a store into another. Every byte is hashed on the way and compared with the blob's name; a copy that
/// was cut off is gone on with where it stopped. Both stores may be in use: what comes into the source meanwhile is
/// copied by another run, so run it again after the switch.
/// </summary>
public static class BlobMove
{
    /// <summary>Copies what the target lacks.</summary>
    /// <param name="from">The source; only read.</param>
    /// <param name="to">The target.</param>
    /// <param name="told">Is told each blob when it is there.</param>
    /// <param name="cancel">Stops; run it again to go on.</param>
    public static async Task<BlobMoveReport> RunAsync(IBlobStore from, IBlobStore to, Action<BlobInfo> told, CancellationToken cancel)
    {
        var (blobs, copied, bytes) = (0L, 0L, 0L);
        var damaged = new List<Digest>();
        await foreach (var blob in from.ListAsync(cancel))
        {
            if (await to.SizeOrNullAsync(blob.Digest, cancel) != blob.Size)
            {
                if (await CopyAsync(from, to, blob, cancel) is not { } came)
                {
                    damaged.Add(blob.Digest);
                    continue;
                }

                copied++;
                bytes += came;
            }

            blobs++;
            told(blob);
        }

        return new BlobMoveReport(blobs, copied, bytes, damaged);
    }

    private static async Task<long?> CopyAsync(IBlobStore from, IBlobStore to, BlobInfo blob, CancellationToken cancel)
    {
        await using var writer = await to.WriteAsync(PartialName.Of(blob.Digest), blob.Size, cancel);
        var start = writer.Offset;
        await using var source = await from.OpenOrNullAsync(blob.Digest, start, cancel);
        if (source is null)
            return 0; // deleted since it was listed
        using var piece = BlobPieces.Rent();
        for (int count; (count = await source.ReadAtLeastAsync(piece.Memory, piece.Memory.Length, throwOnEndOfStream: false, cancel)) > 0;)
            await writer.AppendAsync(piece.Memory[..count], cancel);
        return await writer.CommitAsync(blob.Digest, cancel) is BlobCommit.Stored ? blob.Size - start : null;
    }
}
