using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Resources;

/// <summary>What may be shown to the outside: versions whose every file is held.</summary>
public static class PublishedSets
{
    /// <summary>
    /// Every complete set with its resource and its files, by set id. Two queries, whatever their number; files are read
    /// as they are asked for, so that only the sets themselves are in memory.
    /// </summary>
    /// <param name="snapshot">A context of <see cref="CatalogDatabase.SnapshotAsync"/>, for both queries to see the same moment.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async IAsyncEnumerable<ResourceSet> ReadAsync(
        CatalogContext snapshot,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sets = await snapshot.Sets
            .AsNoTracking()
            .Include(s => s.Resource)
            .Where(s => s.CompletedAt != null)
            .OrderBy(s => s.Id)
            .ToListAsync(cancellationToken);
        // Both in the order of set ids, the files by their index: a merge without a sort.
        var files = snapshot.Files
            .AsNoTracking()
            .Where(f => f.Set!.CompletedAt != null)
            .OrderBy(f => f.SetId).ThenBy(f => f.Filename)
            .AsAsyncEnumerable();

        var at = 0;
        await foreach (var file in files.WithCancellation(cancellationToken))
        {
            while (sets[at].Id != file.SetId)
                yield return sets[at++];
            sets[at].Files.Add(file);
        }

        while (at < sets.Count)
            yield return sets[at++];
    }
}
