using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Images.Planning;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Imports.Planning;

/// <summary>What the catalogue has, as the planner wants it.</summary>
/// <param name="Sets">Every set.</param>
/// <param name="Held">Digests whose blob was stored, with their sizes.</param>
internal sealed record CatalogSnapshot(IReadOnlyList<HeldSet> Sets, Dictionary<Digest, long> Held)
{
    /// <summary>Reads it, in two queries that see one moment.</summary>
    public static Task<CatalogSnapshot> ReadAsync(CatalogDatabase catalog, CancellationToken cancel) =>
        catalog.SnapshotAsync(ReadAsync, cancel);

    private static async Task<CatalogSnapshot> ReadAsync(CatalogContext context, CancellationToken cancel)
    {
        var rows = await context.Sets.AsNoTracking().Select(s => new
        {
            s.Id,
            s.Resource!.Kind,
            s.Resource.Name,
            s.Resource.Architecture,
            s.Resource.KernelFlavor,
            s.Resource.BootloaderType,
            s.Resource.Subarches,
            s.Version,
            s.Label,
            s.UpstreamLabel,
            s.CompletedAt,
            s.WithheldAt,
            s.Pinned,
            s.BootSourceId,
        }).ToListAsync(cancel);
        var files = new Dictionary<int, List<HeldFile>>(rows.Count);
        var held = new Dictionary<Digest, long>();
        await foreach (var file in context.Files.AsNoTracking()
            .Select(f => new { f.SetId, f.Filename, f.Sha256, f.Size, IsStored = f.StoredAt != null })
            .AsAsyncEnumerable().WithCancellation(cancel))
        {
            // The file of a running upload has no digest yet.
            if (!Digest.TryParse(file.Sha256, out var digest))
                continue;
            if (!files.TryGetValue(file.SetId, out var list))
                files.Add(file.SetId, list = []);
            list.Add(new HeldFile(file.Filename, digest, file.Size));
            if (file.IsStored)
                held.TryAdd(digest, file.Size);
        }

        var sets = rows.Select(row => new HeldSet
        {
            Id = row.Id,
            Key = KeyOf(row.Name, row.Architecture),
            IsUploaded = row.Kind != ResourceKind.Synced,
            IsBootloader = row.BootloaderType is not null,
            Version = SetVersion.Parse(row.Version),
            Label = row.UpstreamLabel ?? row.Label,
            KernelFlavor = row.KernelFlavor,
            Subarches = row.Subarches?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [],
            IsComplete = row.CompletedAt is not null || row.WithheldAt is not null,
            IsWithheld = row.WithheldAt is not null,
            CompletedAt = row.CompletedAt ?? row.WithheldAt,
            IsPinned = row.Pinned,
            SourceId = row.BootSourceId,
            Files = files.GetValueOrDefault(row.Id) ?? [],
        }).ToList();
        return new CatalogSnapshot(sets, held);
    }

    private static ResourceKey KeyOf(string name, string architecture) =>
        new(ImageName.Parse(name), Architecture.Parse(architecture));
}
