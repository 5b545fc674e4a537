using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Uploads;
using BootDepot.DiskImages.Conversions;
using BootDepot.Images;
using BootDepot.Region.Changes;
using BootDepot.Region.Uploads.Conversions;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads;

/// <summary>
/// Ends an upload whose bytes are all stored: looks into them, then either makes them visible by one transaction that also
/// retires what they replace, or sets a conversion going, or writes down why they are refused.
/// </summary>
internal sealed class UploadCompletion(
    CatalogDatabase catalog, UploadInspection inspection, ConversionQueue conversions, ChangeSignal changes, TimeProvider time)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// The file's blob is stored. Null when that is well; a fault when the bytes are refused, so that nothing became visible.
    /// May be called again, after a crash for example. Nothing happens when the file is gone or complete.
    /// </summary>
    public async Task<Fault?> CompleteAsync(int fileId, CancellationToken cancel)
    {
        FileToInspect? file;
        await using (var db = await catalog.CreateDbContextAsync(cancel))
        {
            file = await db.Files.AsNoTracking().Where(f => f.Id == fileId && f.StoredAt == null)
                .Select(f => new FileToInspect(
                    f.Sha256, f.FileType, f.Set!.Resource!.Architecture, f.Set.Resource.BaseImage,
                    db.UploadFacts.Where(u => u.FileId == f.Id).Select(u => u.Force).FirstOrDefault(),
                    db.UploadFacts.Where(u => u.FileId == f.Id).Select(u => u.ConvertTo).FirstOrDefault()))
                .FirstOrDefaultAsync(cancel);
        }

        if (file is null)
            return null;
        var inspected = await inspection.InspectAsync(Digest.Parse(file.Sha256), file.Declared, cancel);
        await catalog.ChangeAsync(
            async (db, token) =>
            {
                var row = await db.Files.Include(f => f.Set!.Resource!.Sets).FirstOrDefaultAsync(f => f.Id == fileId, token);
                if (row?.Set is { Resource: { } resource } set && row.StoredAt is null)
                    await RecordAsync(db, resource, set, row, inspected, token);
            },
            cancel);
        Tell(inspected);
        return (inspected as Inspected.Refused)?.Fault;
    }

    /// <summary>Tells those who wait for what <see cref="RecordAsync"/> wrote, once it is committed.</summary>
    public void Tell(Inspected inspected)
    {
        if (inspected is Inspected.Accepted)
            changes.Raise();
        else if (inspected is Inspected.ToConvert)
            conversions.Wake();
    }

    /// <summary>Writes down what comes of looking into a file whose blob is held.</summary>
    public async Task RecordAsync(
        CatalogContext db, BootResource resource, ResourceSet set, ResourceFile file, Inspected inspected, CancellationToken cancel)
    {
        var facts = await FactsAsync(db, file, cancel);
        facts.Found = inspected.Found;
        (facts.FaultCode, facts.FaultMessage) = (null, null);
        switch (inspected)
        {
            case Inspected.Accepted accepted:
                facts.Warnings = WriteFaults(accepted.Warnings);
                Publish(db, resource, set, file, time.GetUtcNow());
                break;
            case Inspected.ToConvert convert:
                await EnqueueAsync(db, file, convert.Target, cancel);
                break;
            case Inspected.Refused refused:
                (facts.FaultCode, facts.FaultMessage) = (refused.Fault.Code, refused.Fault.Message);
                break;
        }
    }

    /// <summary>Marks a file as stored and its set as complete, and retires the sets that it replaces.</summary>
    public static void Publish(CatalogContext db, BootResource resource, ResourceSet set, ResourceFile file, DateTimeOffset now)
    {
        file.StoredAt = set.CompletedAt = resource.Updated = now;
        // Their bytes go when nothing else has them.
        db.Sets.RemoveRange(resource.Sets.Where(s => s != set && !s.Pinned));
    }

    private static async Task<UploadFacts> FactsAsync(CatalogContext db, ResourceFile file, CancellationToken cancel)
    {
        if (await db.UploadFacts.FindAsync([file.Id], cancel) is { } facts)
            return facts;
        db.UploadFacts.Add(facts = new UploadFacts { File = file });
        return facts;
    }

    private async Task EnqueueAsync(CatalogContext db, ResourceFile file, FileType target, CancellationToken cancel)
    {
        if (await db.Conversions.AnyAsync(
            c => c.FileId == file.Id && (c.State == ConversionState.Queued || c.State == ConversionState.Running), cancel))
            return;
        file.FileType = target.Name;
        file.Filename = target.DefaultFilename;
        var now = time.GetUtcNow();
        db.Conversions.Add(new Conversion
        {
            File = file,
            SourceSha256 = file.Sha256,
            Target = target.UploadName!,
            Key = new ConversionKey(Digest.Parse(file.Sha256), target).ToDigest().Hex,
            Created = now,
            Updated = now,
        });
    }

    private static string WriteFaults(IEnumerable<Fault> faults) =>
        new JsonArray([.. faults.Select(f => new JsonObject { ["code"] = f.Code, ["message"] = f.Message })]).ToJsonString(Readable);

    private sealed record FileToInspect(
        string Sha256, string Type, string Architecture, string BaseImage, bool Force, string? ConvertTo)
    {
        public Declared Declared => new(
            FileType.FindOrNull(Type) ?? FileType.DefaultUpload, Architecture, BaseImage, Force,
            ConvertTo is null ? null : FileType.FindUploadOrNull(ConvertTo));
    }
}
