using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Lifetimes;

/// <summary>Says by name what still needs an image that somebody wants to delete.</summary>
internal static class DeletionBlockers
{
    private static readonly (string Os, string Release, string What)[] Defaults =
    [
        ("default_osystem", "default_distro_series", "what machines are deployed with (setting default_distro_series)"),
        ("commissioning_osystem", "commissioning_distro_series", "what machines are commissioned with (setting commissioning_distro_series)"),
    ];

    /// <summary>What needs it; null when nothing does.</summary>
    /// <param name="db">The transaction that would delete.</param>
    /// <param name="resource">The image, versions and files loaded.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<Fault?> FindOrNullAsync(CatalogContext db, BootResource resource, CancellationToken cancel)
    {
        var reasons = new List<string>();
        reasons.AddRange(resource.Sets.Where(s => s.Pinned).Select(s => $"version {s.Version} is pinned"));
        var isServed = resource.Sets.Exists(s => s.CompletedAt is not null);
        // An upload without anything else is deleted to be rid of it; beside something that is served it is work in progress.
        if (resource.Kind == ResourceKind.Uploaded && isServed
            && resource.Sets.SelectMany(s => s.Files).FirstOrDefault(f => f.StoredAt is null) is { } file)
            reasons.Add($"{file.Filename} is being uploaded to it");
        if (isServed)
            reasons.AddRange(await DefaultsAsync(db, resource, cancel));
        return reasons.Count == 0
            ? null
            : new Fault(
                "image-in-use",
                $"{resource.Name} {resource.Architecture} is in use and was not deleted: {string.Join("; ", reasons)}. "
                + "Change that, or delete it all the same with force=true.");
    }

    // Only a default that somebody chose counts: the built-in ones say nothing about this installation.
    private static async Task<IEnumerable<string>> DefaultsAsync(CatalogContext db, BootResource resource, CancellationToken cancel)
    {
        if (await db.Resources.AnyAsync(r => r.Id != resource.Id && r.Name == resource.Name && r.Sets.Any(s => s.CompletedAt != null), cancel))
            return [];
        var chosen = await db.Settings.AsNoTracking().ToDictionaryAsync(s => s.Name, s => s.Value.Trim('"'), StringComparer.Ordinal, cancel);
        return Defaults
            .Where(d => chosen.TryGetValue(d.Release, out var release)
                && resource.Name == $"{chosen.GetValueOrDefault(d.Os, "ubuntu")}/{release}")
            .Select(d => "it is " + d.What);
    }
}
