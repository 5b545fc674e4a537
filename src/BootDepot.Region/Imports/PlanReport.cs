using System.Collections.Generic;
using System.Linq;
using BootDepot.Images;
using BootDepot.Images.Planning;
using BootDepot.Region.Imports.Planning;
using BootDepot.Region.Imports.Sources;

namespace BootDepot.Region.Imports;

/// <summary>What an import would do now.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Sources">URLs of the sources, by id.</param>
/// <param name="BytesToFetch">Bytes that are still to come, without what former runs left.</param>
/// <param name="FreeBytes">Room for blobs; null when the store has no limit or nothing has to be fetched.</param>
/// <param name="Problems">What stands in the way, and what would be left out.</param>
public sealed record PlanReport(
    ImportPlan Plan,
    IReadOnlyDictionary<int, string> Sources,
    long BytesToFetch,
    long? FreeBytes,
    IReadOnlyList<Problem> Problems)
{
    internal static PlanReport Of(MeasuredPlan measured, SourcesState state)
    {
        var problems = state.Problems.Concat(measured.Plan.Problems).ToList();
        if (measured.SpaceFault is { } full)
            problems.Insert(0, new Problem(ProblemLevel.Error, "storage", full));
        return new PlanReport(
            measured.Plan, state.Urls, measured.Plan.BytesToFetch - measured.Received.Values.Sum(), measured.FreeBytes, problems);
    }
}
