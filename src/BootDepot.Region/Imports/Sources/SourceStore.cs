using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Sources;
using BootDepot.Images.Selections;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Imports.Sources;

/// <summary>Keeps what was read of sources.</summary>
internal static class SourceStore
{
    private const int Batch = 500;

    /// <summary>
    /// Stores, in one transaction, how each source fared; its new documents; and, only when all of it was read and
    /// something is new, what it offers, as a whole.
    /// </summary>
    public static Task StoreAsync(
        CatalogDatabase catalog, IReadOnlyList<SourceReading> readings, TimeProvider time, CancellationToken cancel) =>
        catalog.ChangeAsync(
            async (context, token) =>
            {
                var now = time.GetUtcNow();
                foreach (var reading in readings)
                    await StoreAsync(context, reading, now, token);
            },
            cancel);

    private static async Task StoreAsync(
        CatalogContext context, SourceReading reading, DateTimeOffset now, CancellationToken cancel)
    {
        var id = reading.Source.Id;
        var seen = reading.Source.Updated;
        var fault = reading.FaultOrNull;
        var found = await context.BootSources.Where(s => s.Id == id && s.Updated == seen).ExecuteUpdateAsync(
            set => set
                .SetProperty(s => s.CheckedAt, now)
                .SetProperty(s => s.VerifiedAt, s => reading.IsVerified ? now : s.VerifiedAt)
                .SetProperty(s => s.SignedBy, s => reading.IsVerified ? reading.SignedBy : s.SignedBy)
                .SetProperty(s => s.ProblemCode, fault != null ? fault.Code : null)
                .SetProperty(s => s.ProblemMessage, fault != null ? fault.Message : null),
            cancel);
        // Deleted or changed while it was read: what was read belongs to something that is no more.
        if (found == 0)
            return;
        foreach (var fresh in reading.Fresh)
            await StoreAsync(context, id, fresh, cancel);
        if (!reading.IsVerified)
            return;
        var gone = reading.Source.Documents.Keys.Where(p => !reading.Paths.Contains(p)).ToList();
        if (gone.Count > 0)
            await context.SourceDocuments.Where(d => d.BootSourceId == id && gone.Contains(d.Path)).ExecuteDeleteAsync(cancel);
        // After a problem, part of what was stored then may not be among the offers yet.
        if (reading.Fresh.Count > 0 || reading.Source.HadProblem)
            await ReplaceOffersAsync(context, reading, cancel);
    }

    private static async Task StoreAsync(CatalogContext context, int sourceId, FreshDocument fresh, CancellationToken cancel)
    {
        var row = await context.SourceDocuments.SingleOrDefaultAsync(
            d => d.BootSourceId == sourceId && d.Path == fresh.Path, cancel);
        if (row is null)
        {
            row = new SourceDocument { BootSourceId = sourceId, Path = fresh.Path, Sha256 = "", Content = [] };
            context.SourceDocuments.Add(row);
        }

        row.ETag = fresh.State?.ETag;
        row.LastModified = fresh.State?.LastModified?.ToString("r");
        row.Sha256 = fresh.Sha256;
        row.Content = fresh.Text.ToArray();
        row.SignedBy = fresh.SignedBy;
        row.StreamUpdated = fresh.StreamUpdated;
        row.FetchedAt = fresh.FetchedAt;
    }

    private static async Task ReplaceOffersAsync(CatalogContext context, SourceReading reading, CancellationToken cancel)
    {
        await context.Offers.Where(o => o.BootSourceId == reading.Source.Id).ExecuteDeleteAsync(cancel);
        foreach (var rows in Availability.Of(reading.Images).Rows.Chunk(Batch))
        {
            // Written and let go of, some at a time: a stream may have tens of thousands, and a row that is about to be written takes kilobytes.
            await context.SaveChangesAsync(cancel);
            context.ChangeTracker.Clear();
            context.Offers.AddRange(rows.Select(row => new Offer
            {
                BootSourceId = reading.Source.Id,
                Os = row.Os,
                Release = row.Release,
                Arch = row.Arch,
                Subarch = row.Subarch,
                KernelFlavor = row.KernelFlavor,
                Label = row.Label,
                IsBootloader = row.Image.IsBootloader,
                Title = row.Image.ReleaseTitle,
                Version = row.Image.Version.ToString(),
                Size = row.Image.Files.DistinctBy(f => f.Digest).Sum(f => f.Size),
            }));
        }
    }
}
