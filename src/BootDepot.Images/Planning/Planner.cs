using System.Collections.Generic;
using System.Linq;
using BootDepot.Images.Retention;

namespace BootDepot.Images.Planning;

/// <summary>Makes the plan of an import: a function of what is offered, asked for and held, and of nothing else.</summary>
/// <remarks>
/// Selections say what should exist, not the old catalogue. Nothing is retired before what takes its place is complete:
/// <see cref="RetiredSet.After"/> says so, and planning again after the transfers gives what can go then.
/// </remarks>
public static class Planner
{
    /// <summary>Plans.</summary>
    /// <param name="sources">Every source, disabled ones included.</param>
    /// <param name="sets">Every set of the catalogue.</param>
    /// <param name="held">Digests of complete blobs with their sizes.</param>
    /// <param name="policy">How much of the past is kept, where a selection does not say so itself.</param>
    /// <param name="now">The present time; needed for policies that count days.</param>
    public static ImportPlan Plan(
        IReadOnlyList<PlanSource> sources,
        IReadOnlyList<HeldSet> sets,
        IReadOnlyDictionary<Digest, long> held,
        RetentionPolicy policy,
        System.DateTimeOffset now = default)
    {
        var problems = new List<Problem>();
        var setsOf = sets.Where(s => !s.IsUploaded).GroupBy(s => s.Key).ToDictionary(g => g.Key, g => g.ToList());
        var wanted = Contest.Decide(sources, setsOf, held, problems);
        var fates = SetFates.Decide(sources, sets, setsOf, wanted, new Retainer(policy, now), problems);
        return FetchList.Complete(fates, sources, setsOf, wanted, held, problems);
    }
}
