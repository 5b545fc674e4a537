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
}
