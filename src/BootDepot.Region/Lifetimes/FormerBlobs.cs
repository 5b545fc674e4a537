using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Lifetimes;
using BootDepot.Catalog.Resources;

namespace BootDepot.Region.Lifetimes;

/// <summary>Blobs of files that end without a deletion that could be undone.</summary>
internal static class FormerBlobs
{
    /// <summary>
    /// Says that their grace period begins now, in the transaction of the context: clients may have been told of them until this moment,
    /// however long ago a collection saw them without use, or something else that had them was deleted.
    /// </summary>
    public static async Task NoteAsync(CatalogContext context, IEnumerable<ResourceFile> files, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var file in files.Where(f => f.StoredAt is not null).DistinctBy(f => f.Sha256, StringComparer.Ordinal).ToList())
        {
            var row = await context.UnreferencedBlobs.FindAsync([file.Sha256], cancel);
            if (row is null)
                context.UnreferencedBlobs.Add(row = new UnreferencedBlob { Sha256 = file.Sha256, Size = file.Size });
            row.Since = now;
        }
    }
}
