using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Uploads;
using BootDepot.Images;
using BootDepot.Region.Uploads.Tus;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads;

/// <summary>One upload, as it stands.</summary>
internal sealed record UploadStatus
{
    /// <summary>Where its bytes go.</summary>
    public required string Uri { get; init; }

    /// <summary><c>incomplete</c>, <c>converting</c>, <c>refused</c>, <c>failed</c> or <c>complete</c>.</summary>
    public required string State { get; init; }

    /// <summary>Code of the reason for the state; null when there is nothing to say.</summary>
    public string? Code { get; init; }

    /// <summary>The reason in words.</summary>
    public string? Reason { get; init; }

    /// <summary>Bytes held.</summary>
    public long Received { get; init; }

    /// <summary>Bytes in all.</summary>
    public long Size { get; init; }

    /// <summary>The resource; null when there is none yet.</summary>
    public int? ResourceId { get; init; }

    /// <summary>The conversion that it waits for or waited for.</summary>
    public int? ConversionId { get; init; }

    /// <summary>Name of the image.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>arch/subarch</c>.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>Upload name of the declared type, or of the type that the file is converted to.</summary>
    public string? Type { get; init; }

    /// <summary>What the bytes are; null until they were looked at.</summary>
    public string? Found { get; init; }

    /// <summary>Upload name of the type that refused bytes are; null when they are none, or are not refused.</summary>
    public string? RightType { get; init; }

    /// <summary>What the uploader should know: a JSON array.</summary>
    public string Warnings { get; init; } = "[]";

    /// <summary>When it began.</summary>
    public DateTimeOffset Created { get; init; }
}

/// <summary>Tells how uploads stand: those of both protocols in one list, newest first.</summary>
internal sealed class UploadList(CatalogDatabase catalog, UploadSessions sessions, TusUploads tus)
{
    /// <summary>Reads it.</summary>
    public async Task<List<UploadStatus>> ReadAsync(CancellationToken cancel)
    {
        // Of one moment: an upload by tus becomes a file between two, and would be in neither list.
        var (rows, open) = await catalog.SnapshotAsync(ReadAsync, cancel);
        var all = new List<UploadStatus>();
        foreach (var row in rows)
            all.Add(await StatusAsync(row, cancel));
        foreach (var upload in open)
            all.Add(await StatusAsync(upload, cancel));
        return [.. all.OrderByDescending(u => u.Created)];
    }

    private static async Task<(List<Row> Files, List<ResumableUpload> Open)> ReadAsync(CatalogContext db, CancellationToken cancel) => (
        await db.Files.AsNoTracking()
            .Where(f => f.Set!.Resource!.Kind == ResourceKind.Uploaded)
            .Select(f => new Row(
                f, f.Set!.Resource!, f.Set.Created,
                db.UploadFacts.FirstOrDefault(u => u.FileId == f.Id),
                db.Conversions.Where(c => c.FileId == f.Id).OrderByDescending(c => c.Id).FirstOrDefault()))
            .ToListAsync(cancel),
        await db.ResumableUploads.AsNoTracking().Where(u => u.ResourceId == null).ToListAsync(cancel));

    private async Task<UploadStatus> StatusAsync(Row row, CancellationToken cancel)
    {
        var (file, resource, facts, conversion) = (row.File, row.Resource, row.Facts, row.Conversion);
        var isStored = file.StoredAt is not null;
        var received = isStored || conversion is not null
            ? file.Size
            : await sessions.ReceivedAsync(file.Id, Digest.Parse(file.Sha256), file.Size, cancel);
        var (state, code, reason) = (isStored, conversion, facts) switch
        {
            (true, _, _) => ("complete", null, null),
            (_, { State: ConversionState.Queued or ConversionState.Running }, _) => ("converting", null, $"It becomes {conversion.Target}."),
            (_, { State: ConversionState.Failed }, _) => ("failed", conversion.FaultCode, conversion.FaultMessage),
            (_, { State: ConversionState.Stopped }, _) => ("failed", "conversion-stopped", "The conversion was stopped. Upload the image again to go on; no byte has to be sent."),
            (_, _, { FaultCode: not null }) => ("refused", facts.FaultCode, facts.FaultMessage),
            _ => ("incomplete", "upload-incomplete", Incomplete(received, file.Size)),
        };
        return new UploadStatus
        {
            Uri = string.Create(CultureInfo.InvariantCulture, $"/MAAS/api/2.0/boot-resources/{resource.Id}/upload/{file.Id}/"),
            State = state,
            Code = code,
            Reason = reason,
            Received = received,
            Size = file.Size,
            ResourceId = resource.Id,
            ConversionId = conversion?.Id,
            Name = resource.Name,
            Architecture = resource.Architecture,
            Type = FileType.FindOrNull(file.FileType)?.UploadName,
            Found = facts?.Found,
            RightType = facts?.RightType,
            Warnings = facts?.Warnings ?? "[]",
            Created = row.Created,
        };
    }

    private async Task<UploadStatus> StatusAsync(ResumableUpload upload, CancellationToken cancel)
    {
        _ = MetadataRule.Check(upload.Metadata, out var fields);
        var received = await tus.OffsetAsync(upload, cancel);
        var refusal = TusUploads.RefusalOrNull(upload);
        return new UploadStatus
        {
            Uri = TusServer.Base + upload.Id,
            State = upload.FaultCode is null ? "incomplete" : "refused",
            Code = upload.FaultCode ?? "upload-incomplete",
            Reason = upload.FaultMessage ?? Incomplete(received, upload.Size),
            Received = received,
            Size = upload.Size,
            Name = fields.LastOrNull("name") ?? "",
            Architecture = fields.LastOrNull("architecture") ?? "",
            Type = refusal?.Declared ?? fields.LastOrNull("filetype"),
            Found = upload.Found,
            RightType = upload.RightType,
            Created = upload.Created,
        };
    }

    private static string Incomplete(long received, long size) => string.Create(
        CultureInfo.InvariantCulture, $"Upload incomplete: {received} of {size} bytes. Go on from there, or delete it.");

    private sealed record Row(
        ResourceFile File, BootResource Resource, DateTimeOffset Created, UploadFacts? Facts, Conversion? Conversion);
}
