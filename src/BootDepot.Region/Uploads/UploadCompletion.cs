using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Uploads;
using BootDepot.DiskImages;
using BootDepot.DiskImages.Conversions;
using BootDepot.Images;
using BootDepot.Region.Changes;
using BootDepot.Region.Lifetimes;
using BootDepot.Region.Resources;
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
    /// The file's blob is stored. Null when that is well; the reason when the bytes are refused, so that nothing became visible.
    /// May be called again, after a crash for example. Nothing happens when the file is gone or complete.
    /// </summary>
    public async Task<UploadRefusal?> CompleteAsync(int fileId, CancellationToken cancel)
    {
        if (await FindOrNullAsync(fileId, cancel) is not { } file)
            return null;
        var inspected = await inspection.InspectAsync(Digest.Parse(file.Sha256), file.Declared, cancel);
        await RecordAsync(fileId, inspected, cancel);
        Tell(inspected);
        return (inspected as Inspected.Refused)?.Why;
    }

    /// <summary>
    /// The first bytes of a file have come: why it would be refused in the end, if they tell that for certain. That is written
    /// down, so that it holds for every byte that follows. Null when the upload may go on.
    /// </summary>
    public async Task<UploadRefusal?> RefuseEarlyOrNullAsync(int fileId, ReadOnlyMemory<byte> start, CancellationToken cancel)
    {
        if (await FindOrNullAsync(fileId, cancel) is not { } file)
            return null;
        if (file.RefusalOrNull is { } before)
            return before;
        if (await inspection.RefuseEarlyOrNullAsync(start, file.Size, file.Declared, cancel) is not { } refused)
            return null;
        await RecordAsync(fileId, refused, CancellationToken.None);
        return refused.Why;
    }

    private async Task<FileToInspect?> FindOrNullAsync(int fileId, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await (
            from f in db.Files.AsNoTracking()
            where f.Id == fileId && f.StoredAt == null
            join u in db.UploadFacts on f.Id equals u.FileId into all
            from u in all.DefaultIfEmpty()
            select new FileToInspect
            {
                Sha256 = f.Sha256, Size = f.Size, Type = f.FileType, Architecture = f.Set!.Resource!.Architecture,
                BaseImage = f.Set.Resource.BaseImage, Force = u != null && u.Force, ConvertTo = u!.ConvertTo,
                FaultCode = u.FaultCode, FaultMessage = u.FaultMessage, Found = u.Found, RightType = u.RightType,
            }).FirstOrDefaultAsync(cancel);
    }

    private Task RecordAsync(int fileId, Inspected inspected, CancellationToken cancel) => catalog.ChangeAsync(
        async (db, token) =>
        {
            var row = await db.Files.Include(f => f.Set!.Resource!.Sets).ThenInclude(s => s.Files).FirstOrDefaultAsync(f => f.Id == fileId, token);
            if (row?.Set is { Resource: { } resource } set && row.StoredAt is null)
                await RecordAsync(db, resource, set, row, inspected, token);
        },
        cancel);

    /// <summary>Tells those who wait for what <see cref="RecordAsync(CatalogContext, BootResource, ResourceSet, ResourceFile, Inspected, CancellationToken)"/> wrote, once it is committed.</summary>
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
        (facts.FaultCode, facts.FaultMessage, facts.RightType) = (null, null, null);
        switch (inspected)
        {
            case Inspected.Accepted accepted:
                facts.Warnings = WriteFaults(accepted.Warnings);
                await PublishAsync(db, resource, set, file, time, cancel);
                break;
            case Inspected.ToConvert convert:
                await EnqueueAsync(db, file, convert.Target, cancel);
                break;
            case Inspected.Refused refused:
                (facts.FaultCode, facts.FaultMessage, facts.RightType) = (refused.Why.Fault.Code, refused.Why.Fault.Message, refused.Why.RightType);
                break;
        }
    }

    /// <summary>
    /// Marks a file as stored and its set as complete, and retires the sets that it replaces. All sets of the resource must be loaded with
    /// their files.
    /// </summary>
    public static async Task PublishAsync(
        CatalogContext db, BootResource resource, ResourceSet set, ResourceFile file, TimeProvider time, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        file.StoredAt = set.CompletedAt = resource.Updated = now;
        // An older one that is whole again, after its bytes had rotted, replaces nothing newer.
        foreach (var replaced in resource.Sets.Where(s => !s.Pinned && string.CompareOrdinal(s.Version, set.Version) < 0).ToArray())
            await SetSnapshot.MoveToDeletedAsync(db, replaced, Actor.System, "Superseded", now, cancel);
        AuditTrail.Append(db, time, Actor.System, "boot-resource.publish", $"boot-resource/{resource.Id}", null, PublishedFacts.Of(resource, set));
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

    private sealed record FileToInspect
    {
        public required string Sha256 { get; init; }

        public required long Size { get; init; }

        public required string Type { get; init; }

        public required string Architecture { get; init; }

        public required string BaseImage { get; init; }

        public required bool Force { get; init; }

        public required string? ConvertTo { get; init; }

        public required string? FaultCode { get; init; }

        public required string? FaultMessage { get; init; }

        public required string? Found { get; init; }

        public required string? RightType { get; init; }

        public Declared Declared => new(
            FileType.FindOrNull(Type) ?? FileType.DefaultUpload, Architecture, BaseImage, Force,
            ConvertTo is null ? null : FileType.FindUploadOrNull(ConvertTo));

        public UploadRefusal? RefusalOrNull => FaultCode is null
            ? null
            : new(new Fault(FaultCode, FaultMessage ?? ""), Declared.Type.UploadName, Found, RightType, FaultCode == FaultCodes.TypeMismatch);
    }
}
