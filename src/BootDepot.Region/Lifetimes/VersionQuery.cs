using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Lifetimes;

/// <summary>Which versions somebody means.</summary>
/// <param name="Image">Id of a resource, or its name: <c>ubuntu/noble</c>.</param>
/// <param name="Architecture"><c>amd64</c> or <c>amd64/ga-24.04</c>; null for all.</param>
/// <param name="Version">A version; null for the one that is served.</param>
internal sealed record VersionQuery(string Image, string? Architecture, string? Version)
{
    /// <summary>The resources, with versions and files, tracked.</summary>
    public async Task<List<BootResource>> ResourcesAsync(CatalogContext db, CancellationToken cancel)
    {
        var resources = db.Resources.Include(r => r.Sets).ThenInclude(s => s.Files).AsSplitQuery();
        var found = int.TryParse(Image, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? resources.Where(r => r.Id == id || r.Name == Image)
            : resources.Where(r => r.Name == Image);
        var all = await found.OrderBy(r => r.Id).ToListAsync(cancel);
        return all.FindAll(r => Architecture is null || r.Architecture == Architecture
            || r.Architecture.StartsWith(Architecture + "/", StringComparison.Ordinal));
    }

    /// <summary>The version that clients get of a resource: the newest that is served; null when none is.</summary>
    public static ResourceSet? ServedOrNull(BootResource resource) =>
        resource.Sets.Where(s => s.CompletedAt is not null).MaxBy(s => s.Version, StringComparer.Ordinal);

    /// <summary>The meant version of a resource; null when it has no such.</summary>
    public ResourceSet? SetOrNull(BootResource resource) =>
        Version is null ? ServedOrNull(resource) : resource.Sets.Find(s => s.Version == Version);

    /// <summary>Says that nothing was found.</summary>
    public Fault Missing() => new(
        "image-version-unknown",
        $"There is no image {Image}{(Architecture is null ? "" : " for " + Architecture)}"
        + $"{(Version is null ? " that is served" : " with a version " + Version)}. List what there is with: bootdepot versions");
}
