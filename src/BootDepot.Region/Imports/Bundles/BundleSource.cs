using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Sources;
using BootDepot.Images;
using BootDepot.Images.Selections;
using BootDepot.Region.Imports.Sources;
using BootDepot.Simplestreams;
using BootDepot.Transfers.Bundles;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Imports.Bundles;

/// <summary>
/// The boot source that a bundle stands for. One that the region has keeps its keyring and settings; one that it has not is added,
/// disabled, so that nobody asks the network for it, with the keyring that the bundle's maker vouches for.
/// </summary>
internal sealed class BundleSource(CatalogDatabase catalog, Bundle bundle, TimeProvider time)
{
    private readonly StreamLocation _location = StreamLocation.Parse(bundle.Manifest.Source);

    /// <summary>The source as an import needs it; nothing is added.</summary>
    public async Task<SourceFacts> FindAsync(CancellationToken cancel) =>
        (await SourceFacts.ReadAllAsync(catalog, cancel)).FirstOrDefault(s => IsIt(s.Url)) ?? new SourceFacts
        {
            Id = 0,
            Url = bundle.Manifest.Source,
            Priority = 0,
            Enabled = true,
            SkipVerification = bundle.KeyringOrNull is null,
            KeyringFilename = "",
            KeyringData = await KeyringAsync(cancel),
            Updated = time.GetUtcNow(),
            HadProblem = false,
            Selections = [],
            Documents = new Dictionary<string, StoredDocument>(StringComparer.Ordinal),
        };

    /// <summary>Sees to it that the source is there and selects what the bundle carries, in one change.</summary>
    /// <returns>Its number.</returns>
    public async Task<int> EnsureAsync(Actor actor, CancellationToken cancel)
    {
        var keyring = await KeyringAsync(cancel);
        return await catalog.ChangeAsync(
            async (db, token) =>
            {
                var source = (await db.BootSources.Include(s => s.Selections).ToListAsync(token)).Find(s => IsIt(s.Url));
                var isNew = source is null;
                if (source is null)
                    db.BootSources.Add(source = await NewAsync(db, keyring, token));
                // A source without selections takes everything: one more would take the rest away.
                if (isNew || source.Selections.Count > 0)
                    Select(source);
                await db.SaveChangesAsync(token);
                AuditTrail.Append(db, time, actor, "bundle.import", $"boot-source/{source.Id}", null, new JsonObject
                {
                    ["bundle"] = bundle.Id.Hex,
                    ["signed_by"] = bundle.Signature?.PrimaryKey.Hex,
                    ["url"] = UrlText.WithoutPassword(source.Url),
                });
                return source.Id;
            },
            cancel);
    }

    private async Task<BootSource> NewAsync(CatalogContext db, byte[] keyring, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return new BootSource
        {
            Url = bundle.Manifest.Source,
            Name = bundle.Manifest.Source,
            Priority = (await db.BootSources.MaxAsync(s => (int?)s.Priority, cancel) ?? 0) + 1,
            Enabled = false,
            SkipKeyringVerification = keyring.Length == 0,
            KeyringData = keyring,
            Created = now,
            Updated = now,
        };
    }

    private void Select(BootSource source)
    {
        var now = time.GetUtcNow();
        foreach (var wanted in bundle.Manifest.Selections)
        {
            var there = source.Selections.Find(s => s.Os == wanted.Os && s.Release == wanted.Release);
            if (there is null)
            {
                source.Selections.Add(new BootSourceSelection
                {
                    Os = wanted.Os,
                    Release = wanted.Release,
                    Arches = [.. wanted.Arches],
                    Subarches = [SelectionRule.Any],
                    Labels = [SelectionRule.Any],
                    Created = now,
                    Updated = now,
                });
            }
            else if (!there.Arches.Contains(SelectionRule.Any) && wanted.Arches.Except(there.Arches, StringComparer.Ordinal).ToList() is { Count: > 0 } more)
            {
                there.Arches = [.. there.Arches, .. more];
                there.Updated = now;
            }
        }
    }

    private bool IsIt(string url)
    {
        try
        {
            return StreamLocation.Parse(url).ToString() == _location.ToString();
        }
        catch (StreamException)
        {
            return false; // a source that no stream can be read from, as one of ftp
        }
    }

    private async Task<byte[]> KeyringAsync(CancellationToken cancel) =>
        bundle.KeyringOrNull is { } keyring ? await bundle.ReadDocumentAsync(keyring, cancel) : [];
}
