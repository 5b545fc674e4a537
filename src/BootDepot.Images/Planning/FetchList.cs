using System.Collections.Generic;
using System.Linq;
using BootDepot.Images.Products;

namespace BootDepot.Images.Planning;

/// <summary>Lists the sets to complete and the blobs to fetch for them, each digest once.</summary>
internal static class FetchList
{
    /// <summary>Puts the plan together.</summary>
    public static ImportPlan Complete(
        SetFates fates,
        IReadOnlyList<PlanSource> sources,
        Dictionary<ResourceKey, List<HeldSet>> setsOf,
        Contest wanted,
        IReadOnlyDictionary<Digest, long> held,
        List<Problem> problems)
    {
        var missing = wanted.Winners.Values
            .Where(w => !fates.IsSettled(w.Image.Key))
            .Select(w => (Candidate: w, Set: setsOf.GetValueOrDefault(w.Image.Key)?.Find(s => s.Version == w.Image.Version)))
            .Where(w => w.Set is not { IsComplete: true } set || !SetFates.HasFilesOf(set, w.Candidate.Image))
            .Select(w => (w.Candidate, w.Set, Bytes: MissingBytes(w.Candidate.Image, held)))
            // Boot loaders are small and nothing boots without them; then what is nearly there.
            .OrderByDescending(w => w.Candidate.Image.IsBootloader)
            .ThenBy(w => w.Bytes)
            .ThenBy(w => w.Candidate.Image.Key.ToString(), System.StringComparer.Ordinal)
            .ToList();

        var needed = new Dictionary<Digest, (long Size, List<BlobLocation> Locations)>();
        var fetch = new List<PlannedSet>(missing.Count);
        foreach (var (candidate, set, _) in missing)
        {
            var bytes = 0L;
            foreach (var file in candidate.Image.Files)
            {
                if (held.ContainsKey(file.Digest) || needed.ContainsKey(file.Digest))
                    continue;
                needed.Add(file.Digest, (file.Size, [new BlobLocation(candidate.Source.Id, file.Path)]));
                bytes += file.Size;
            }

            fetch.Add(new PlannedSet(candidate.Image, candidate.Source.Id, set?.Id, set?.IsComplete ?? false, bytes));
        }

        AddLocations(sources, needed);
        var blobs = needed.Select(n => new PlannedBlob(n.Key, n.Value.Size, n.Value.Locations)).ToList();
        return new ImportPlan(fetch, fates.Kept, fates.Retired, blobs, problems);
    }

    private static long MissingBytes(OfferedImage image, IReadOnlyDictionary<Digest, long> held) =>
        image.Files.Where(f => !held.ContainsKey(f.Digest)).DistinctBy(f => f.Digest).Sum(f => f.Size);

    // A mirror that offers the same bytes can help out when the winner's server cannot.
    private static void AddLocations(
        IReadOnlyList<PlanSource> sources, Dictionary<Digest, (long Size, List<BlobLocation> Locations)> needed)
    {
        if (needed.Count == 0)
            return;
        foreach (var source in Contest.ByStrength(sources))
        {
            foreach (var file in source.Images.SelectMany(i => i.Files))
            {
                if (!needed.TryGetValue(file.Digest, out var blob) || blob.Size != file.Size)
                    continue;
                var location = new BlobLocation(source.Id, file.Path);
                if (!blob.Locations.Contains(location))
                    blob.Locations.Add(location);
            }
        }
    }
}
