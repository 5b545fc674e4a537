using System;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.Region.Uploads;

/// <summary>The old way to upload: the whole file in the first request.</summary>
internal sealed class WholeUploads(IBlobStore blobs)
{
    /// <summary>Digest of a file.</summary>
    public static async Task<Digest> HashAsync(Stream file, CancellationToken cancel) =>
        Digest.FromHash(await SHA256.HashDataAsync(file, cancel));

    /// <summary>Stores a file unless it is held already.</summary>
    public async Task StoreAsync(Stream file, Digest digest, long size, CancellationToken cancel)
    {
        if (await blobs.SizeOrNullAsync(digest, cancel) is not null)
            return;
        await using var writer = await blobs.WriteAsync(PartialName.OfUpload(Guid.NewGuid().ToString("N")), size, cancel);
        using var piece = BlobPieces.Rent();
        int count;
        while ((count = await file.ReadAtLeastAsync(piece.Memory, piece.Memory.Length, throwOnEndOfStream: false, cancel)) > 0)
            await writer.AppendAsync(piece.Memory[..count], cancel);
        if (await writer.CommitAsync(digest, cancel) is not BlobCommit.Stored)
            throw new IOException($"The temporary file of {digest} changed while it was read.");
    }

    /// <summary>
    /// Stores a body as it comes. A body that breaks off leaves nothing: there is no name under which to go on with it.
    /// </summary>
    /// <param name="body">The bytes.</param>
    /// <param name="length">How many were announced; null when the client does not say.</param>
    /// <param name="expected">What they must hash to; null for anything.</param>
    /// <param name="look">Sees the first piece.</param>
    /// <param name="cancel">The client has gone.</param>
    public async Task<WholeOutcome> ReceiveAsync(Stream body, long? length, Digest? expected, FirstLook look, CancellationToken cancel)
    {
        var name = PartialName.OfUpload(Guid.NewGuid().ToString("N"));
        try
        {
            await using var writer = await blobs.WriteAsync(name, length, cancel);
            using var piece = BlobPieces.Rent();
            int count;
            while ((count = await body.ReadAtLeastAsync(piece.Memory, piece.Memory.Length, throwOnEndOfStream: false, cancel)) > 0)
            {
                if (await look.RefusesAsync(piece.Memory[..count]))
                    return new(ChunkResult.Refused, null);
                await writer.AppendAsync(piece.Memory[..count], cancel);
            }

            if (writer.Offset == 0)
                return new(ChunkResult.NoData, null);
            return await writer.CommitAsync(expected, cancel) is BlobCommit.Stored stored
                ? new(ChunkResult.Taken, stored.Blob)
                : new(ChunkResult.Mismatch, null);
        }
        catch (BlobSpaceException)
        {
            return new(ChunkResult.NoSpace, null);
        }
        finally
        {
            await blobs.DiscardPartialAsync(name, CancellationToken.None);
        }
    }
}

/// <summary>What became of a body.</summary>
/// <param name="Result">Taken, or why not.</param>
/// <param name="Blob">Where it is.</param>
internal sealed record WholeOutcome(ChunkResult Result, BlobInfo? Blob);
