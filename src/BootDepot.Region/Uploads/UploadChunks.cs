using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Uploads;
using BootDepot.Images;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads;

/// <summary>
/// MAAS's chunk protocol: each body is appended at the present end, and a body that does not arrive whole does not count.
/// A client that says where its chunk belongs may send it again: what is held is skipped, a gap is refused.
/// </summary>
internal sealed class UploadChunks(
    CatalogDatabase catalog, IBlobStore blobs, UploadSessions sessions, UploadCompletion completion, TimeSpan? patience = null)
{
    private static readonly CatalogQuery<Func<CatalogContext, int, CancellationToken, Task<FileFacts?>>> FindFile = new(() =>
        EF.CompileAsyncQuery((CatalogContext db, int id, CancellationToken cancel) => db.Files
            .Where(f => f.Id == id)
            .Select(f => new FileFacts(
                f.Id, f.Set!.ResourceId, f.Set.Resource!.Kind, f.Sha256, f.Size, f.StoredAt != null,
                db.Conversions.Any(c => c.FileId == f.Id && c.State != ConversionState.Done)))
            .FirstOrDefault()));

    // How long a second writer of one file waits for the first.
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(10);

    /// <summary>Takes a chunk. The checks come in MAAS's order.</summary>
    /// <param name="resourceId">Resource in the path; null when it is no number.</param>
    /// <param name="fileId">File in the path; null when it is no number.</param>
    /// <param name="range">Where the chunk belongs; null: at the present end.</param>
    /// <param name="length">Announced length of the body; null when it is sent without.</param>
    /// <param name="body">The bytes.</param>
    /// <param name="cancel">The client has gone.</param>
    public async Task<ChunkOutcome> AppendAsync(
        int? resourceId, int? fileId, ChunkRange? range, long? length, Stream body, CancellationToken cancel)
    {
        FileFacts? file;
        await using (var db = await catalog.CreateDbContextAsync(cancel))
        {
            file = fileId is null ? null : await FindFile.For(db)(db, fileId.Value, cancel);
            if (file is null || file.ResourceId != resourceId)
            {
                var hasResource = resourceId is not null && await db.Resources.AnyAsync(r => r.Id == resourceId, cancel);
                return new(hasResource ? ChunkResult.NoFile : ChunkResult.NoResource);
            }
        }

        if (length == 0)
            return new(ChunkResult.NoData);
        if (file.Kind != ResourceKind.Uploaded)
            return new(ChunkResult.NotAnUpload);
        if (range is { } r && ((length is { } announced && announced != r.Length) || (r.Size is { } size && size != file.Size)))
            return new(ChunkResult.Short);
        if (file.HasAllBytes)
            return await AfterTheEndAsync(file, range, body, cancel);
        try
        {
            await using var hold = await sessions.TakeOrNullAsync(UploadSessions.PartialOf(file.Id), file.Size, _patience, cancel);
            return hold is null ? new(ChunkResult.Busy) : await WriteAsync(hold, file, range, length, body, cancel);
        }
        catch (BlobSpaceException)
        {
            // Room for the whole file is reserved at its first byte: whoever comes last goes away empty, and harms nobody.
            return new(ChunkResult.NoSpace);
        }
    }

    /// <summary>How far an upload is: bytes received and bytes in all; null when there is no such file to upload to.</summary>
    public async Task<(long Received, long Size)?> ProgressOrNullAsync(int? resourceId, int? fileId, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        if (fileId is null || await FindFile.For(db)(db, fileId.Value, cancel) is not { Kind: ResourceKind.Uploaded } file
            || file.ResourceId != resourceId)
            return null;
        await sessions.WaitForWriterAsync(UploadSessions.PartialOf(file.Id), _patience, cancel);
        var received = file.HasAllBytes
            ? file.Size
            : await sessions.ReceivedAsync(file.Id, Digest.Parse(file.Sha256), file.Size, cancel);
        return (received, file.Size);
    }

    /// <summary>Ends an upload all of whose bytes came before the region was killed, and before it could store them.</summary>
    public async Task FinishAsync(int fileId, Digest digest, long size, CancellationToken cancel)
    {
        await using var hold = await sessions.TakeOrNullAsync(UploadSessions.PartialOf(fileId), size, _patience, cancel);
        // Another request or region may be at it.
        if (hold is not null && hold.Writer.Offset == size)
            await CommitAsync(hold, fileId, digest);
    }

    // The answer to the last chunk was lost, and the client sends it again: that is well, if it says that it does.
    private static async Task<ChunkOutcome> AfterTheEndAsync(FileFacts file, ChunkRange? range, Stream body, CancellationToken cancel)
    {
        if (range is not { } r || r.Last >= file.Size)
            return new(ChunkResult.Complete);
        await body.CopyToAsync(Stream.Null, cancel);
        return new(ChunkResult.Taken, file.Size);
    }

    private async Task<ChunkOutcome> WriteAsync(
        UploadHold hold, FileFacts file, ChunkRange? range, long? length, Stream body, CancellationToken cancel)
    {
        var writer = hold.Writer;
        var start = writer.Offset;
        // All bytes are here although nobody recorded it: a crash between the two, or another upload brought them.
        if (start == 0 && await blobs.SizeOrNullAsync(Digest.Parse(file.Sha256), cancel) == file.Size)
        {
            await sessions.ForgetAsync(hold, cancel);
            var refusal = await completion.CompleteAsync(file.Id, CancellationToken.None);
            return refusal is null ? await AfterTheEndAsync(file, range, body, cancel) : new(ChunkResult.Refused, file.Size, refusal);
        }

        var skip = 0L;
        if (range is { } r)
        {
            if (r.First > start)
                return new(ChunkResult.Gap, start);
            skip = Math.Min(start - r.First, r.Length);
            length = r.Length;
        }

        if (start - skip + length > file.Size)
            return new(ChunkResult.TooMuch, start);
        var look = start == 0 ? new FirstLook(bytes => completion.RefuseEarlyOrNullAsync(file.Id, bytes, cancel)) : null;
        var result = await ReceiveAsync(writer, file.Size, skip, length, body, look, cancel);
        if (look?.Refusal is { } early)
        {
            // What is refused needs no room.
            await sessions.ForgetAsync(hold, CancellationToken.None);
            return new(ChunkResult.Refused, 0, early);
        }

        if (result != ChunkResult.Taken)
        {
            await writer.TruncateAsync(start, CancellationToken.None);
            return new(result, start);
        }

        return writer.Offset == file.Size ? await CommitAsync(hold, file.Id, Digest.Parse(file.Sha256)) : new(ChunkResult.Taken, writer.Offset);
    }

    private static async Task<ChunkResult> ReceiveAsync(
        IBlobWriter writer, long size, long skip, long? length, Stream body, FirstLook? look, CancellationToken cancel)
    {
        var start = writer.Offset;
        try
        {
            return await CopyAsync(writer, size, skip, start - skip + length, body, look, cancel);
        }
        catch (BlobSpaceException)
        {
            return ChunkResult.NoSpace;
        }
        catch (Exception e) when (e is BadHttpRequestException or OperationCanceledException or IOException)
        {
            // The connection broke. The client does not know how much came, so none of it counts.
            await writer.TruncateAsync(start, CancellationToken.None);
            if (e is BadHttpRequestException && !cancel.IsCancellationRequested)
                return ChunkResult.Short;
            throw;
        }
    }

    private static async Task<ChunkResult> CopyAsync(
        IBlobWriter writer, long size, long skip, long? end, Stream body, FirstLook? look, CancellationToken cancel)
    {
        var position = writer.Offset - skip;
        var start = position;
        using var piece = BlobPieces.Rent();
        while (true)
        {
            var count = await body.ReadAtLeastAsync(piece.Memory, piece.Memory.Length, throwOnEndOfStream: false, cancel);
            if (count == 0)
                break;
            if (position + count > size)
                return ChunkResult.TooMuch;
            if (look is not null && await look.RefusesAsync(piece.Memory[..count]))
                return ChunkResult.Refused;
            var held = (int)Math.Clamp(writer.Offset - position, 0, count);
            if (held < count)
                await writer.AppendAsync(piece.Memory[held..count], cancel);
            position += count;
        }

        if (end is not null && position != end)
            return ChunkResult.Short;
        return position == start ? ChunkResult.NoData : ChunkResult.Taken;
    }

    // Goes on although the client may leave now: all bytes are here.
    private async Task<ChunkOutcome> CommitAsync(UploadHold hold, int fileId, Digest digest)
    {
        var size = hold.Writer.Offset;
        var commit = await hold.Writer.CommitAsync(digest, CancellationToken.None);
        if (commit is BlobCommit.Mismatch)
            return new(ChunkResult.Mismatch, 0);
        await sessions.EndAsync(hold);
        var refusal = await completion.CompleteAsync(fileId, CancellationToken.None);
        return new(refusal is null ? ChunkResult.Taken : ChunkResult.Refused, size, refusal);
    }

    private sealed record FileFacts(
        int Id, int ResourceId, ResourceKind Kind, string Sha256, long Size, bool IsStored, bool IsConverting)
    {
        public bool HasAllBytes => IsStored || IsConverting;
    }
}
