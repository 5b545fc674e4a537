using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Settings;
using BootDepot.Images;
using BootDepot.Images.Planning;
using BootDepot.Images.Retention;
using BootDepot.Region.Imports.Sources;

namespace BootDepot.Region.Imports.Planning;

/// <summary>Plans with what the sources, the catalogue and the store say at this moment.</summary>
internal sealed class ImportPlanner(
    CatalogDatabase catalog, IBlobStore blobs, SettingsStore settings, ImportOptions options, TimeProvider time)
{
    /// <summary>Plans.</summary>
    /// <param name="sources">Every source of the catalogue.</param>
    /// <param name="readings">What was read of the enabled ones.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<MeasuredPlan> PlanAsync(
        IReadOnlyList<SourceFacts> sources, IReadOnlyDictionary<int, SourceReading> readings, CancellationToken cancel)
    {
        var planSources = sources.Select(s => Of(s, readings.GetValueOrDefault(s.Id))).ToList();
        var snapshot = await CatalogSnapshot.ReadAsync(catalog, cancel);
        var now = await settings.GetAsync(cancel);
        var policy = new RetentionPolicy(now.BootImagesKeepVersions, now.BootImagesKeepDays);
        var plan = Planner.Plan(planSources, snapshot.Sets, snapshot.Held, policy, time.GetUtcNow());
        if (plan.Blobs.Count == 0)
            return new MeasuredPlan(plan, snapshot.Held, new Dictionary<Digest, long>(), null, null);

        // A blob may be stored already without a row that says so: another image's, or of a run that died in between.
        var found = false;
        foreach (var blob in plan.Blobs)
        {
            if (await blobs.SizeOrNullAsync(blob.Digest, cancel) is not { } size)
                continue;
            snapshot.Held[blob.Digest] = size;
            found = true;
        }

        if (found)
            plan = Planner.Plan(planSources, snapshot.Sets, snapshot.Held, policy, time.GetUtcNow());
        return await MeasureAsync(plan, snapshot, cancel);
    }

    private async Task<MeasuredPlan> MeasureAsync(ImportPlan plan, CatalogSnapshot snapshot, CancellationToken cancel)
    {
        var wanted = plan.Blobs.ToDictionary(b => PartialName.Of(b.Digest), b => b.Digest);
        var received = new Dictionary<Digest, long>();
        await foreach (var partial in blobs.ListPartialsAsync(cancel))
        {
            if (wanted.TryGetValue(partial.Name, out var digest))
                received[digest] = partial.Received;
        }

        var space = await blobs.MeasureAsync(cancel);
        var missing = plan.Blobs.Sum(b => Math.Max(0, b.Size - received.GetValueOrDefault(b.Digest)));
        var fault = space.Free < missing + options.SpaceReserve
            ? new Fault(
                "import-space-insufficient",
                $"This import needs {missing} bytes more, and {options.SpaceReserve} are kept in reserve, but only "
                + $"{space.Free} are free for blobs. Nothing was fetched. Make room, or select less.")
            : null;
        return new MeasuredPlan(plan, snapshot.Held, received, space.Free, fault);
    }

    private static PlanSource Of(SourceFacts source, SourceReading? reading) => new(
        source.Id,
        source.Priority,
        source.Enabled,
        reading?.AbsenceCounts ?? false,
        source.Selections,
        reading?.Images ?? []);
}

/// <summary>A plan, and whether there is room for it.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Held">Digests that are stored, with their sizes.</param>
/// <param name="Received">Bytes that former runs left of blobs of the plan.</param>
/// <param name="FreeBytes">Room of the store; null when it has no limit or nothing has to be fetched.</param>
/// <param name="SpaceFault">Why there is not enough room; null when there is.</param>
internal sealed record MeasuredPlan(
    ImportPlan Plan,
    IReadOnlyDictionary<Digest, long> Held,
    IReadOnlyDictionary<Digest, long> Received,
    long? FreeBytes,
    Fault? SpaceFault);
