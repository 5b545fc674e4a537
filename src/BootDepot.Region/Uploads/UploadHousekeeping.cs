using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Settings;
using BootDepot.Catalog.Uploads;
using BootDepot.Images;
using BootDepot.Region.Uploads.Tus;
using BootDepot.Region.Observing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Uploads;

/// <summary>
/// At start, ends uploads whose bytes had all come when the region was killed. From then on, gives up uploads to which no
/// byte came for as long as the setting <c>upload_expiry_hours</c> says.
/// </summary>
internal sealed partial class UploadHousekeeping(
    CatalogDatabase catalog, IBlobStore blobs, SettingsStore settings, UploadCompletion completion, UploadChunks chunks,
    UploadAbandonment abandonment, TusUploads tus, TimeProvider time, ILogger<UploadHousekeeping> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await TryAsync(SettleAsync, stoppingToken);
        while (true)
        {
            await TryAsync(ExpireAsync, stoppingToken);
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <summary>Ends what a killed region left complete but unrecorded, or not even stored.</summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        var received = new Dictionary<PartialName, long>();
        await foreach (var partial in blobs.ListPartialsAsync(cancel))
            received[partial.Name] = partial.Received;
        foreach (var file in await IncompleteAsync(cancel))
        {
            var digest = Digest.Parse(file.Sha256);
            if (await blobs.SizeOrNullAsync(digest, cancel) == file.Size)
                await completion.CompleteAsync(file.Id, cancel);
            else if (received.GetValueOrDefault(UploadSessions.PartialOf(file.Id)) == file.Size)
                await chunks.FinishAsync(file.Id, digest, file.Size, cancel);
        }

        await using var db = await catalog.CreateDbContextAsync(cancel);
        var open = await db.ResumableUploads.AsNoTracking().Where(u => u.ResourceId == null && u.FaultCode == null).ToListAsync(cancel);
        foreach (var upload in open)
        {
            var actor = new Actor(upload.Owner);
            if (upload.Sha256 is not null)
                await tus.SettleAsync(upload, actor, cancel);
            else if (received.GetValueOrDefault(TusUploads.PartialOf(upload.Id)) == upload.Size)
                await tus.FinishAsync(upload, actor, cancel);
        }
    }

    /// <summary>Gives up what has expired.</summary>
    public async Task ExpireAsync(CancellationToken cancel)
    {
        var limit = time.GetUtcNow() - TimeSpan.FromHours((await settings.GetAsync(cancel)).UploadExpiryHours);
        var written = new Dictionary<PartialName, DateTimeOffset>();
        await foreach (var partial in blobs.ListPartialsAsync(cancel))
            written[partial.Name] = partial.WrittenAt;

        bool IsOld(PartialName name, DateTimeOffset created) =>
            created < limit && (!written.TryGetValue(name, out var at) || at < limit);

        var files = await IncompleteAsync(cancel);
        foreach (var file in files.Where(f => IsOld(UploadSessions.PartialOf(f.Id), f.Created)))
        {
            await abandonment.AbandonAsync(null, file.Id, Actor.System, cancel);
            LogExpired(file.Name);
        }

        List<ResumableUpload> open;
        await using (var db = await catalog.CreateDbContextAsync(cancel))
            open = await db.ResumableUploads.AsNoTracking().ToListAsync(cancel);
        foreach (var upload in open.Where(u => IsOld(TusUploads.PartialOf(u.Id), u.Created)))
            await tus.RemoveAsync(upload.Id, Actor.System, cancel);

        var wanted = files.Select(f => UploadSessions.PartialOf(f.Id)).Concat(open.Select(u => TusUploads.PartialOf(u.Id))).ToHashSet();
        await DiscardAsync(written.Where(w => w.Value < limit && IsOurs(w.Key) && !wanted.Contains(w.Key)).Select(w => w.Key), cancel);
    }

    // Left by requests that a crash cut.
    private async Task DiscardAsync(IEnumerable<PartialName> names, CancellationToken cancel)
    {
        foreach (var name in names)
        {
            try
            {
                await blobs.DiscardPartialAsync(name, cancel);
            }
            catch (PartialBusyException)
            {
                // Someone writes it at this moment, so it is not left over.
            }
        }
    }

    private static bool IsOurs(PartialName name) =>
        name.ToString() is var text
        && (text.StartsWith("upload-", StringComparison.Ordinal) || text.StartsWith("conversion-", StringComparison.Ordinal));

    // A file whose conversion waits or runs lacks nothing but time.
    private async Task<List<OpenFile>> IncompleteAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.Files.AsNoTracking()
            .Where(f => f.StoredAt == null && f.Set!.Resource!.Kind == ResourceKind.Uploaded
                && !db.Conversions.Any(c => c.FileId == f.Id
                    && (c.State == ConversionState.Queued || c.State == ConversionState.Running)))
            .Select(f => new OpenFile(f.Id, f.Sha256, f.Size, f.Set!.Created, f.Set.Resource!.Name))
            .ToListAsync(cancel);
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        try
        {
            await work(cancel);
        }
        catch (Exception e) when (catalog.WillPass(e))
        {
            LogFailure(e);
        }
    }

    private sealed record OpenFile(int Id, string Sha256, long Size, DateTimeOffset Created, string Name);

    [LoggerMessage(Level = LogLevel.Information, Message = "The upload of {Name} was given up: no byte came for too long")]
    private partial void LogExpired(string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking after uploads failed; it is tried again")]
    private partial void LogFailure(Exception exception);
}
