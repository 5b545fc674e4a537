using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Catalog.Resources;

namespace BootDepot.Region.Overview;

/// <summary>What is held of one image.</summary>
/// <param name="Row">The row, as far as what is held tells.</param>
internal sealed record Held(ImageRow Row)
{
    public static Held Of(OverviewFacts facts, IReadOnlyList<OverviewFacts.Resource> resources)
    {
        var first = resources[0];
        var versions = resources.SelectMany(r => facts.Versions[r.Id]).ToList();
        var newest = versions.Where(v => v.CompletedAt is not null).OrderByDescending(v => v.Name, StringComparer.Ordinal).FirstOrDefault();
        return new Held(new ImageRow
        {
            Kind = first.Kind,
            Name = first.Name,
            Arch = first.Architecture.Split('/')[0],
            Title = resources.Select(r => r.Title).FirstOrDefault(t => !string.IsNullOrEmpty(t)) ?? "",
            IsBootloader = first.Kind == ResourceKind.Synced && first.IsBootloader,
            Resources = [.. resources.Select(r => r.Id)],
            Size = SizeOf(facts, versions),
            Versions = versions.Where(v => v.CompletedAt is not null).Select(v => v.Name).Distinct(StringComparer.Ordinal).Count(),
            Version = newest?.Name,
            Label = newest?.Label ?? (versions.Count > 0 ? versions[0].Label : null),
            Updated = newest?.CompletedAt,
            SourceId = newest?.SourceId ?? versions.Select(v => v.SourceId).FirstOrDefault(s => s is not null),
            LastDeployed = resources.Max(r => r.LastDeployed),
            Status = ImageStatus.Ready,
        });
    }

    private static long SizeOf(OverviewFacts facts, List<OverviewFacts.Version> versions)
    {
        // One version: its files differ, or nearly always do, and the set of digests would cost more than all the rest.
        if (versions.Count == 1)
            return facts.Blobs[versions[0].Id].Where(b => b.IsStored).Sum(b => b.Size);
        return versions.SelectMany(v => facts.Blobs[v.Id]).Where(b => b.IsStored).DistinctBy(b => b.Sha256, StringComparer.Ordinal).Sum(b => b.Size);
    }
}
