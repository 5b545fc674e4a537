using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Sources;
using BootDepot.Images.Selections;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Overview;

/// <summary>What an overview is made from, read at one moment in six queries.</summary>
internal sealed record OverviewFacts
{
    public required IReadOnlyList<Resource> Resources { get; init; }

    public required ILookup<int, Version> Versions { get; init; }

    public required ILookup<int, Blob> Blobs { get; init; }

    public required IReadOnlyDictionary<int, Source> Sources { get; init; }

    public required IReadOnlyList<Offered> Offers { get; init; }

    /// <summary>What kept the last import from fetching, by image key without its kind.</summary>
    public required IReadOnlyDictionary<string, (string Code, string Reason)> Failures { get; init; }

    /// <summary>What kept the last import from fetching anything; null when nothing did.</summary>
    public (string Code, string Reason)? Obstacle { get; init; }

    public static Task<OverviewFacts> ReadAsync(CatalogDatabase catalog, CancellationToken cancel) => catalog.SnapshotAsync(ReadAsync, cancel);

    /// <summary>The key of an image without its kind.</summary>
    public static string KeyOf(string name, string architecture) => $"{name}:{architecture.Split('/')[0]}";

    private static async Task<OverviewFacts> ReadAsync(CatalogContext db, CancellationToken cancel)
    {
        var resources = await db.Resources.OrderBy(r => r.Id)
            .Select(r => new Resource(r.Id, r.Kind, r.Name, r.Architecture, r.Title, r.BootloaderType != null, r.LastDeployed)).ToListAsync(cancel);
        var versions = await db.Sets
            .Select(s => new Version(s.Id, s.ResourceId, s.Version, s.Label, s.CompletedAt, s.BootSourceId)).ToListAsync(cancel);
        var blobs = await db.Files.Select(f => new Blob(f.SetId, f.Sha256, f.Size, f.StoredAt != null)).ToListAsync(cancel);
        var selections = (await db.Selections.ToListAsync(cancel)).ToLookup(s => s.BootSourceId);
        var sources = (await db.BootSources.ToListAsync(cancel)).Select(s => new Source(s, [.. selections[s.Id]]));
        var offers = await db.Offers
            .Select(o => new Offered(o.BootSourceId, o.Os, o.Release, o.Arch, o.Subarch, o.Label, o.Version, o.Title, o.Size, o.IsBootloader))
            .ToListAsync(cancel);
        var last = await db.ImportRuns.Where(r => r.State != ImportState.Running).OrderByDescending(r => r.Id).FirstOrDefaultAsync(cancel);
        var (failures, obstacle) = Problems(last?.Problems);
        return new OverviewFacts
        {
            Resources = resources,
            Versions = versions.ToLookup(v => v.ResourceId),
            Blobs = blobs.ToLookup(b => b.SetId),
            Sources = sources.ToDictionary(s => s.Id),
            Offers = offers,
            Failures = failures,
            Obstacle = obstacle,
        };
    }

    // Subjects of images begin with "os/release arch/subarch"; lack of room concerns all.
    private static (Dictionary<string, (string Code, string Reason)> Failures, (string Code, string Reason)? Obstacle) Problems(string? json)
    {
        var failures = new Dictionary<string, (string Code, string Reason)>(StringComparer.Ordinal);
        (string, string)? obstacle = null;
        if (json is null)
            return (failures, null);
        using var document = JsonDocument.Parse(json);
        foreach (var problem in document.RootElement.EnumerateArray().Where(p => p.GetProperty("level").GetString() == "error"))
        {
            var reason = (problem.GetProperty("code").GetString() ?? "", problem.GetProperty("message").GetString() ?? "");
            var words = (problem.GetProperty("subject").GetString() ?? "").Split(' ');
            if (words is ["storage"])
                obstacle = reason;
            else if (words.Length > 1 && words[0].Contains('/', StringComparison.Ordinal) && words[1].Contains('/', StringComparison.Ordinal))
                failures.TryAdd(KeyOf(words[0], words[1]), reason);
        }

        return (failures, obstacle);
    }

    internal sealed record Resource(
        int Id, ResourceKind Kind, string Name, string Architecture, string? Title, bool IsBootloader, DateTimeOffset? LastDeployed);

    internal sealed record Version(int Id, int ResourceId, string Name, string Label, DateTimeOffset? CompletedAt, int? SourceId);

    internal sealed record Blob(int SetId, string Sha256, long Size, bool IsStored);

    internal sealed record Offered(
        int SourceId, string Os, string Release, string Arch, string Subarch, string Label, string Version, string Title, long Size, bool IsBootloader);

    internal sealed class Source(BootSource source, IReadOnlyList<BootSourceSelection> selections)
    {
        public int Id => source.Id;

        public BootSource Row => source;

        public IReadOnlyList<BootSourceSelection> Selections => selections;

        public IReadOnlyList<SelectionRule> Rules { get; } =
            [.. selections.Select(s => new SelectionRule(s.Os, s.Release, s.Arches, s.Subarches, s.Labels))];
    }
}
