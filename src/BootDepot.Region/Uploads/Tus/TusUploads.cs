using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Settings;
using BootDepot.Catalog.Uploads;
using BootDepot.DiskImages;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.BootResources;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads.Tus;

/// <summary>
/// Uploads that are no resource yet. Their row says what they shall become; when the last byte is there, they become a
/// resource exactly as an upload by MAAS's protocol whose bytes are held already.
/// </summary>
internal sealed class TusUploads(
    CatalogDatabase catalog, IBlobStore blobs, UploadSessions sessions, UploadBeginning beginning, SettingsStore settings,
    TimeProvider time)
{
    /// <summary>The partial of an upload.</summary>
    public static PartialName PartialOf(string id) => PartialName.OfUpload("tus-" + id);

    /// <summary>Begins one, after all that can be checked without its bytes. Null, with errors, when something is wrong.</summary>
    public async Task<ResumableUpload?> CreateAsync(
        string metadata, Fields fields, long size, string owner, FieldErrors errors, CancellationToken cancel)
    {
        if (fields.Has("sha256"))
            UploadForm.ReadDigestOrNull(fields, errors);
        _ = UploadForm.ReadOrNull(WithType(fields), (Digest.FromHash(new byte[32]), size), ApiVersion.Two, errors);
        await beginning.CheckAsync(fields.LastOrNull("name"), fields.LastOrNull("architecture"), errors, cancel);
        if (!errors.IsEmpty)
            return null;
        var upload = new ResumableUpload
        {
            Id = Guid.NewGuid().ToString("N"),
            Owner = owner,
            Size = size,
            Metadata = metadata,
            Created = time.GetUtcNow(),
        };
        var now = await settings.GetAsync(cancel);
        await catalog.ChangeAsync(
            async (db, token) =>
            {
                await UploadStaging.CheckAsync(db, now, size, fields.LastOrNull("name"), fields.LastOrNull("architecture"), errors, token);
                if (errors.IsEmpty)
                    db.ResumableUploads.Add(upload);
            },
            cancel);
        return errors.IsEmpty ? upload : null;
    }

    /// <summary>The upload of that id; null when there is none (any more).</summary>
    public async Task<ResumableUpload?> FindOrNullAsync(string id, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.ResumableUploads.AsNoTracking().FirstOrDefaultAsync(u => u.Id == id, cancel);
    }

    /// <summary>Bytes held of an upload.</summary>
    public async Task<long> OffsetAsync(ResumableUpload upload, CancellationToken cancel) =>
        upload.Sha256 is not null ? upload.Size : await sessions.ReceivedAsync(PartialOf(upload.Id), cancel);

    /// <summary>When an upload expires if no byte comes.</summary>
    public async Task<DateTimeOffset> ExpiryAsync(CancellationToken cancel) =>
        time.GetUtcNow() + TimeSpan.FromHours((await settings.GetAsync(cancel)).UploadExpiryHours);

    /// <summary>Forgets an upload and frees its bytes; a resource that it became stays.</summary>
    public async Task RemoveAsync(string id, Actor actor, CancellationToken cancel)
    {
        await catalog.ChangeAsync(
            async (db, token) =>
            {
                if (await db.ResumableUploads.FirstOrDefaultAsync(u => u.Id == id, token) is not { } row)
                    return;
                db.ResumableUploads.Remove(row);
                var before = new JsonObject { ["owner"] = row.Owner, ["size"] = row.Size, ["began"] = row.Created, ["boot_resource"] = row.ResourceId };
                AuditTrail.Append(db, time, actor, "upload.delete", "upload/" + id, before, null);
            },
            cancel);
        await sessions.AbandonAsync(PartialOf(id), cancel);
    }

    /// <summary>
    /// All bytes are there: names them, so that a crash from here on loses nothing, stores the blob, and makes the resource.
    /// The reason when the bytes are not those that were announced, or are refused.
    /// </summary>
    public async Task<UploadRefusal?> FinishAsync(ResumableUpload upload, UploadHold hold, Actor actor)
    {
        var digest = await hold.Writer.HashAsync(CancellationToken.None);
        _ = MetadataRule.Check(upload.Metadata, out var fields);
        if (fields.LastOrNull("sha256") is { Length: > 0 } text && Digest.Parse(text) != digest)
        {
            await hold.Writer.RestartAsync(CancellationToken.None);
            return new(new Fault("upload-digest-mismatch", $"Saved content does not match given SHA256 value: it is {digest.Hex}. The upload starts again at byte 0."));
        }

        await UpdateAsync(upload.Id, row => row.Sha256 = digest.Hex);
        upload.Sha256 = digest.Hex;
        await hold.Writer.CommitAsync(digest, CancellationToken.None);
        await sessions.EndAsync(hold);
        return await SettleAsync(upload, actor, CancellationToken.None);
    }

    /// <summary>Ends an upload all of whose bytes came before the region was killed, and before it could store them.</summary>
    public async Task FinishAsync(ResumableUpload upload, Actor actor, CancellationToken cancel)
    {
        await using var hold = await sessions.TakeOrNullAsync(PartialOf(upload.Id), upload.Size, TimeSpan.FromSeconds(10), cancel);
        // Another request or region may be at it.
        if (hold is not null && hold.Writer.Offset == upload.Size)
            await FinishAsync(upload, hold, actor);
    }

    /// <summary>
    /// Makes the resource of an upload whose bytes are all there and named; also after a crash in between. Null when that is
    /// well.
    /// </summary>
    public async Task<UploadRefusal?> SettleAsync(ResumableUpload upload, Actor actor, CancellationToken cancel)
    {
        if (upload.ResourceId is not null || upload.Sha256 is null)
            return null;
        var digest = Digest.Parse(upload.Sha256);
        if (await blobs.SizeOrNullAsync(digest, cancel) is null && await CommitAgainAsync(upload, digest) is { } lost)
            return new UploadRefusal(lost);
        _ = MetadataRule.Check(upload.Metadata, out var fields);
        var errors = new FieldErrors();
        var draft = UploadForm.ReadOrNull(WithType(fields), (digest, upload.Size), ApiVersion.Two, errors);
        var begun = await beginning.BeginAsync(
            draft, fields.LastOrNull("name")?.Trim(), fields.LastOrNull("architecture")?.Trim(), errors, actor, cancel);
        var refusal = begun switch
        {
            UploadBegun.Ready => null,
            UploadBegun.Refused refused => refused.Why,
            _ => new UploadRefusal(new Fault("upload-not-possible", "The name or architecture cannot be used any more; a source may offer it by now. Begin again with another one: " + string.Join(" ", errors.Texts))),
        };
        var resource = (begun as UploadBegun.Ready)?.ResourceId;
        await UpdateAsync(upload.Id, row =>
        {
            row.ResourceId = resource;
            Write(row, refusal);
        });
        upload.ResourceId = resource;
        return refusal;
    }

    /// <summary>Why the bytes of an upload were refused; null when they were not.</summary>
    public static UploadRefusal? RefusalOrNull(ResumableUpload upload) =>
        upload.FaultCode is null
            ? null
            : new UploadRefusal(
                new Fault(upload.FaultCode, upload.FaultMessage ?? ""), DraftOrNull(upload)?.Type.UploadName, upload.Found, upload.RightType,
                upload.FaultCode == FaultCodes.TypeMismatch);

    /// <summary>
    /// The first bytes have come: why they would be refused in the end, if they tell that for certain; it is written down then.
    /// </summary>
    public async Task<UploadRefusal?> RefuseEarlyOrNullAsync(ResumableUpload upload, ReadOnlyMemory<byte> start, CancellationToken cancel)
    {
        if (DraftOrNull(upload) is not { } draft
            || await beginning.RefuseEarlyOrNullAsync(draft, start, upload.Size, cancel) is not { } refusal)
            return null;
        await UpdateAsync(upload.Id, row => Write(row, refusal));
        return refusal;
    }

    private static void Write(ResumableUpload row, UploadRefusal? refusal)
    {
        (row.FaultCode, row.FaultMessage) = (refusal?.Fault.Code, refusal?.Fault.Message);
        (row.Found, row.RightType) = (refusal?.Found, refusal?.RightType);
    }

    // What it shall become, as far as that is known before all bytes are here.
    private static UploadDraft? DraftOrNull(ResumableUpload upload)
    {
        _ = MetadataRule.Check(upload.Metadata, out var fields);
        return UploadForm.ReadOrNull(WithType(fields), (Digest.FromHash(new byte[32]), upload.Size), ApiVersion.Two, new FieldErrors());
    }

    // The crash came after the digest was written down and before the blob was stored.
    private async Task<Fault?> CommitAgainAsync(ResumableUpload upload, Digest digest)
    {
        await using var hold = await sessions.TakeOrNullAsync(PartialOf(upload.Id), upload.Size, TimeSpan.FromSeconds(10), CancellationToken.None);
        if (hold is null)
            return new Fault("upload-busy", "Another request is ending this upload.");
        var commit = await hold.Writer.CommitAsync(digest, CancellationToken.None);
        if (commit is BlobCommit.Stored)
        {
            await sessions.EndAsync(hold);
            return null;
        }

        await UpdateAsync(upload.Id, row => row.Sha256 = null);
        upload.Sha256 = null;
        return new Fault("upload-bytes-lost", "The bytes of this upload were lost in a crash; it starts again at byte 0.");
    }

    private Task UpdateAsync(string id, Action<ResumableUpload> change) => catalog.ChangeAsync(
        async (db, token) =>
        {
            if (await db.ResumableUploads.FirstOrDefaultAsync(u => u.Id == id, token) is { } row)
                change(row);
        },
        CancellationToken.None);

    // Browsers send the file's name, from which its type can be guessed; the bytes decide in the end.
    private static Fields WithType(Fields fields) =>
        !fields.Has("filetype") && !fields.Has("convert") && fields.LastOrNull("filename") is { } name && FileNames.GuessOrNull(name) is { } type
            ? new Fields(fields.Pairs.Add(new("filetype", type.UploadName!)))
            : fields;
}
