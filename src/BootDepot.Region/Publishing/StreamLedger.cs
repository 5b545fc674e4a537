using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Streams;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Publishing;

/// <summary>
/// Remembers when each published document last changed. A document's <c>updated</c>, which is also the time of its signature,
/// moves only with its content; so a restart, or another region, publishes the very same bytes.
/// </summary>
internal sealed class StreamLedger(CatalogDatabase catalog, TimeProvider time)
{
    /// <summary>The shelves of a stream (as in <see cref="DateAsync(IReadOnlyDictionary{string, byte[]}, string, CancellationToken)"/>) that were published at some time.</summary>
    public static async Task<IReadOnlyList<Shelf>> ShelvesAsync(CatalogContext db, string stream, CancellationToken cancel)
    {
        var names = await db.StreamDocuments.Select(d => d.Name).ToListAsync(cancel);
        return [.. Shelf.All.Where(s => names.Contains(stream + s.ContentId))];
    }

    /// <summary>
    /// When each document, identified by content id or index name, last changed; those whose content is new get a time later than
    /// the one before, whole seconds.
    /// </summary>
    /// <param name="contents">The documents without their <c>updated</c>.</param>
    /// <param name="stream">What the names of this stream's documents begin with in the ledger; empty for the region's own stream.</param>
    /// <param name="cancel">Stops the database work.</param>
    public Task<IReadOnlyDictionary<string, DateTimeOffset>> DateAsync(
        IReadOnlyDictionary<string, byte[]> contents, string stream, CancellationToken cancel) =>
        catalog.ChangeAsync((db, token) => DateAsync(db, contents, stream, token), cancel);

    private async Task<IReadOnlyDictionary<string, DateTimeOffset>> DateAsync(
        CatalogContext db, IReadOnlyDictionary<string, byte[]> contents, string stream, CancellationToken cancel)
    {
        var known = await db.StreamDocuments.ToDictionaryAsync(d => d.Name, StringComparer.Ordinal, cancel);
        var now = WholeSeconds(time.GetUtcNow());
        foreach (var (document, content) in contents)
        {
            var name = stream + document;
            var hash = Convert.ToHexStringLower(SHA256.HashData(content));
            if (!known.TryGetValue(name, out var entry))
            {
                known[name] = entry = new StreamDocument { Name = name, Sha256 = hash, Updated = now };
                db.StreamDocuments.Add(entry);
            }
            else if (entry.Sha256 != hash)
            {
                // Later than before even if the clock went back or two changes share a second: readers refuse an older document.
                var after = entry.Updated.AddSeconds(1);
                entry.Sha256 = hash;
                entry.Updated = now > after ? now : after;
            }
        }

        return contents.Keys.ToDictionary(n => n, n => known[stream + n].Updated, StringComparer.Ordinal);
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset t) => DateTimeOffset.FromUnixTimeSeconds(t.ToUnixTimeSeconds());
}
