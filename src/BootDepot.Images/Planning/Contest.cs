using System.Collections.Generic;
using System.Linq;
using BootDepot.Images.Products;
using BootDepot.Images.Selections;

namespace BootDepot.Images.Planning;

/// <summary>An offered image that a selection takes, and the source that offers it.</summary>
internal sealed record Candidate(OfferedImage Image, PlanSource Source);

/// <summary>
/// Decides, for each resource, which of the images that claim it is wanted: that of the source with the highest
/// priority, then of the source that was there first, then the newest.
/// </summary>
internal sealed class Contest
{
    private readonly Dictionary<ResourceKey, Candidate> _winners = [];
    private readonly HashSet<ResourceKey> _offered = [];
    private readonly HashSet<ResourceKey> _refused = [];

    private Contest()
    {
    }

    /// <summary>What should be held.</summary>
    public IReadOnlyDictionary<ResourceKey, Candidate> Winners => _winners;

    /// <summary>Whether an enabled source offers the resource, asked for or not.</summary>
    public bool IsOffered(ResourceKey key) => _offered.Contains(key);

    /// <summary>Whether the resource is asked for and offered, but by no offer that can be used.</summary>
    public bool IsRefused(ResourceKey key) => _refused.Contains(key) && !_winners.ContainsKey(key);

    /// <summary>Decides.</summary>
    public static Contest Decide(
        IReadOnlyList<PlanSource> sources,
        Dictionary<ResourceKey, List<HeldSet>> setsOf,
        IReadOnlyDictionary<Digest, long> held,
        List<Problem> problems)
    {
        var contest = new Contest();
        var sizes = new Dictionary<Digest, long>();
        var stronger = new List<PlanSource>();
        foreach (var source in ByStrength(sources))
        {
            foreach (var image in source.Images)
                contest._offered.Add(image.Key);
            foreach (var image in SelectionMatching.Take(source.Images, source.Selections).OrderByDescending(i => i.Version))
            {
                var claimed = contest._winners.ContainsKey(image.Key)
                    || IsClaimedByUnread(stronger, setsOf.GetValueOrDefault(image.Key));
                if (claimed)
                    continue;
                if (SizesAgree(image, source, sizes, held, problems))
                    contest._winners.Add(image.Key, new Candidate(image, source));
                else
                    contest._refused.Add(image.Key);
            }

            if (!source.IsWhollyRead)
                stronger.Add(source);
        }

        return contest;
    }

    /// <summary>Enabled sources, the winner of every tie first.</summary>
    public static IEnumerable<PlanSource> ByStrength(IEnumerable<PlanSource> sources) =>
        sources.Where(s => s.IsEnabled).OrderByDescending(s => s.Priority).ThenBy(s => s.Id);

    // A stronger source that cannot be read today keeps what came from it: a network failure must not swap images.
    private static bool IsClaimedByUnread(List<PlanSource> stronger, List<HeldSet>? sets) =>
        sets is not null && stronger.Count > 0
        && sets.Exists(s => s.IsComplete && stronger.Exists(source => source.Id == s.SourceId));

    private static bool SizesAgree(
        OfferedImage image,
        PlanSource source,
        Dictionary<Digest, long> sizes,
        IReadOnlyDictionary<Digest, long> held,
        List<Problem> problems)
    {
        foreach (var file in image.Files)
        {
            if (!held.TryGetValue(file.Digest, out var size) && !sizes.TryGetValue(file.Digest, out size))
                continue;
            if (size == file.Size)
                continue;
            problems.Add(new Problem(ProblemLevel.Warning, $"{image.ProductName} {image.Version}", new Fault(
                "item-digest-with-two-sizes",
                $"Source {source.Id} offers {file.Filename} with {file.Size} bytes, but its SHA-256 {file.Digest} is "
                + $"known to have {size}. The publisher has to correct the stream.")));
            return false;
        }

        foreach (var file in image.Files)
            sizes.TryAdd(file.Digest, file.Size);
        return true;
    }
}
