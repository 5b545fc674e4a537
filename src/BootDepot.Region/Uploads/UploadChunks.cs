using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads;

/// <summary>What became of a chunk.</summary>
internal enum ChunkResult
{
    /// <summary>Appended; when it was the last, the file is complete.</summary>
    Taken,

    /// <summary>No such resource.</summary>
    NoResource,

    /// <summary>No such file in that resource.</summary>
    NoFile,

    /// <summary>The request had no body.</summary>
    NoData,

    /// <summary>Fewer bytes came than were announced; none of them count.</summary>
    Short,

    /// <summary>The resource came from a stream.</summary>
    NotAnUpload,

    /// <summary>All bytes are there already.</summary>
    Complete,

    /// <summary>More bytes than the file may have; none of them count.</summary>
    TooMuch,

    /// <summary>All bytes came and hash to something else; the upload starts again at byte 0.</summary>
    Mismatch,

    /// <summary>No room on the disk; none of the bytes count.</summary>
    NoSpace,

    /// <summary>Another request is writing this file.</summary>
    Busy,
}

/// <summary>
/// MAAS's chunk protocol: each body is appended at the present end, and a body that does not arrive whole does not count.
/// </summary>
internal sealed class UploadChunks(
    CatalogDatabase catalog, UploadSessions sessions, UploadCompletion completion, TimeSpan? patience = null)
{
    private static readonly Func<CatalogContext, int, CancellationToken, Task<FileFacts?>> FindFile =
        EF.CompileAsyncQuery((CatalogContext db, int id, CancellationToken cancel) => db.Files
            .Where(f => f.Id == id)
            .Select(f => new FileFacts(
                f.Set!.ResourceId, f.Set.Resource!.Kind, f.Sha256, f.Size, f.StoredAt != null))
            .FirstOrDefault());

    // How long a second writer of one file waits for the first.
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(10);

    /// <summary>Takes a chunk. The checks come in MAAS's order.</summary>
    /// <param name="resourceId">Resource in the path; null when it is no number.</param>
    /// <param name="fileId">File in the path; null when it is no number.</param>
    /// <param name="length">Announced length of the body; null when it is sent without.</param>
    /// <param name="body">The bytes.</param>
    /// <param name="cancel">The client has gone.</param>
    public async Task<ChunkResult> AppendAsync(int? resourceId, int? fileId, long? length, Stream body, CancellationToken cancel)
    {
        FileFacts? file;
        await using (var db = await catalog.CreateDbContextAsync(cancel))
        {
            if (resourceId is null || !await db.Resources.AnyAsync(r => r.Id == resourceId, cancel))
                return ChunkResult.NoResource;
            file = fileId is null ? null : await FindFile(db, fileId.Value, cancel);
        }

        if (file is null || file.ResourceId != resourceId)
            return ChunkResult.NoFile;
        if (length == 0)
            return ChunkResult.NoData;
        if (file.Kind != ResourceKind.Uploaded)
            return ChunkResult.NotAnUpload;
        if (file.IsStored)
            return ChunkResult.Complete;
        using var hold = await sessions.TakeOrNullAsync(fileId!.Value, file.Size, _patience, cancel);
        if (hold is null)
            return ChunkResult.Busy;
        return await WriteAsync(hold, file, length, body, cancel);
    }

    /// <summary>How far an upload is: bytes received and bytes in all; null when there is no such file to upload to.</summary>
    public async Task<(long Received, long Size)?> ProgressOrNullAsync(int? resourceId, int? fileId, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        if (fileId is null || await FindFile(db, fileId.Value, cancel) is not { Kind: ResourceKind.Uploaded } file
            || file.ResourceId != resourceId)
            return null;
        return (file.IsStored ? file.Size : await sessions.ReceivedAsync(fileId.Value, cancel), file.Size);
    }

    private async Task<ChunkResult> WriteAsync(UploadHold hold, FileFacts file, long? length, Stream body, CancellationToken cancel)
    {
        var writer = hold.Writer;
        var start = writer.Offset;
        if (start + length > file.Size)
            return ChunkResult.TooMuch;
        ChunkResult result;
        try
        {
            result = await CopyAsync(writer, file.Size, start + length, body, cancel);
        }
        catch (BlobSpaceException)
        {
            result = ChunkResult.NoSpace;
        }
        catch (Exception e) when (e is BadHttpRequestException or OperationCanceledException or IOException)
        {
            // The connection broke. The client does not know how much came, so none of it counts.
            await writer.TruncateAsync(start, CancellationToken.None);
            if (e is BadHttpRequestException && !cancel.IsCancellationRequested)
                return ChunkResult.Short;
            throw;
        }

        if (result != ChunkResult.Taken)
        {
            await writer.TruncateAsync(start, CancellationToken.None);
            return result;
        }

        return writer.Offset == file.Size ? await CommitAsync(hold, file) : ChunkResult.Taken;
    }

    private static async Task<ChunkResult> CopyAsync(
        IBlobWriter writer, long size, long? end, Stream body, CancellationToken cancel)
    {
        var start = writer.Offset;
        using var piece = BlobPieces.Rent();
        while (true)
        {
            var count = await body.ReadAtLeastAsync(piece.Memory, piece.Memory.Length, throwOnEndOfStream: false, cancel);
            if (count == 0)
                break;
            if (writer.Offset + count > size)
                return ChunkResult.TooMuch;
            await writer.AppendAsync(piece.Memory[..count], cancel);
        }

        if (end is not null && writer.Offset != end)
            return ChunkResult.Short;
        return writer.Offset == start ? ChunkResult.NoData : ChunkResult.Taken;
    }

    // Goes on although the client may leave now: all bytes are here.
    private async Task<ChunkResult> CommitAsync(UploadHold hold, FileFacts file)
    {
        var commit = await hold.Writer.CommitAsync(Digest.Parse(file.Sha256), CancellationToken.None);
        if (commit is BlobCommit.Mismatch)
            return ChunkResult.Mismatch;
        await sessions.EndAsync(hold);
        await completion.CompleteAsync(hold.Session.FileId, CancellationToken.None);
        return ChunkResult.Taken;
    }

    private sealed record FileFacts(int ResourceId, ResourceKind Kind, string Sha256, long Size, bool IsStored);
}
