using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Resources;

/// <summary>A boot resource without its versions, as lists show it. The members mean what <see cref="BootResource"/>'s do.</summary>
#pragma warning disable CS1591 // documented there
public sealed record ResourceRow(
    int Id,
    ResourceKind Kind,
    string Name,
    string Architecture,
    string? Subarches,
    string? Title,
    string? Platform,
    string? SupportedPlatforms,
    string BaseImage,
    DateTimeOffset? LastDeployed);
#pragma warning restore CS1591

/// <summary>The read side of boot resources: each a constant number of queries, nothing tracked.</summary>
public static class ResourceList
{
    private static readonly CatalogQuery<Func<CatalogContext, ResourceKind?, IAsyncEnumerable<ResourceRow>>> Rows = new(Compile);

    /// <summary>All resources, or those of one kind, by kind, name and architecture, bytewise. One query.</summary>
    public static async Task<IReadOnlyList<ResourceRow>> ListAsync(
        CatalogContext context,
        ResourceKind? kind,
        CancellationToken cancellationToken)
    {
        var rows = new List<ResourceRow>();
        await foreach (var row in Rows.For(context)(context, kind).WithCancellation(cancellationToken))
            rows.Add(row);
        return rows;
    }

    /// <summary>
    /// The same resources with all their versions and files. Three queries; call it in a snapshot, so that they see one moment.
    /// </summary>
    public static async Task<IReadOnlyList<BootResource>> ListWithSetsAsync(
        CatalogContext context,
        ResourceKind? kind,
        CancellationToken cancellationToken)
    {
        // Put together here: Include would track, and repeat the resource in every row of a file.
        var resources = await context.Resources.AsNoTracking().Where(r => kind == null || r.Kind == kind)
            .OrderBy(r => r.Kind).ThenBy(r => r.Name).ThenBy(r => r.Architecture).ToListAsync(cancellationToken);
        var byId = resources.ToDictionary(r => r.Id);
        var sets = await context.Sets.AsNoTracking().Where(s => kind == null || s.Resource!.Kind == kind).ToDictionaryAsync(s => s.Id, cancellationToken);
        foreach (var set in sets.Values)
            byId[set.ResourceId].Sets.Add(set);
        await foreach (var file in context.Files.AsNoTracking().Where(f => kind == null || f.Set!.Resource!.Kind == kind).AsAsyncEnumerable().WithCancellation(cancellationToken))
            sets[file.SetId].Files.Add(file);
        return resources;
    }

    /// <summary>
    /// One resource with its versions, newest first, and their files by name, complete or not; null when there is none of
    /// that id. One query, so what it returns was true at one moment.
    /// </summary>
    public static async Task<BootResource?> ReadOrNullAsync(CatalogContext context, int id, CancellationToken cancellationToken)
    {
        // Flat joins, not Include: for nested collections that makes a sub-query which SQLite works out for all
        // resources before it looks for the one.
        var rows = await context.Resources
            .AsNoTracking()
            .Where(r => r.Id == id)
            .LeftJoin(context.Sets, r => r.Id, s => s.ResourceId, (Resource, Set) => new { Resource, Set })
            .LeftJoin(context.Files, x => x.Set!.Id, f => f.SetId, (x, File) => new { x.Resource, x.Set, File })
            .OrderByDescending(x => x.Set!.Version).ThenBy(x => x.File!.Filename)
            .ToListAsync(cancellationToken);
        if (rows.Count == 0)
            return null;

        var resource = rows[0].Resource;
        foreach (var row in rows)
        {
            if (row.Set is null)
                continue;
            // Each row brings its own copy of the set; the first one is kept.
            if (resource.Sets is not [.., var last] || last.Id != row.Set.Id)
                resource.Sets.Add(row.Set);
            if (row.File is not null)
                resource.Sets[^1].Files.Add(row.File);
        }

        return resource;
    }

    private static Func<CatalogContext, ResourceKind?, IAsyncEnumerable<ResourceRow>> Compile() =>
        EF.CompileAsyncQuery((CatalogContext context, ResourceKind? kind) => context.Resources
            .Where(r => kind == null || r.Kind == kind)
            .OrderBy(r => r.Kind).ThenBy(r => r.Name).ThenBy(r => r.Architecture)
            .Select(r => new ResourceRow(
                r.Id,
                r.Kind,
                r.Name,
                r.Architecture,
                r.Subarches,
                r.Title,
                r.Platform,
                r.SupportedPlatforms,
                r.BaseImage,
                r.LastDeployed)));
}
