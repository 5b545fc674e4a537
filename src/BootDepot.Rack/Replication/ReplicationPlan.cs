using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Images.Products;
using BootDepot.Images.Racks;
using BootDepot.Images.Selections;

namespace BootDepot.Rack.Replication;

/// <summary>What a rack is to hold. A pure function of what is published, what is wanted and what is there.</summary>
/// <param name="Wanted">
/// The versions that are to be held, in the order in which they are fetched: boot loaders, without which nothing boots, then what
/// lacks the fewest bytes, so that something is usable as early as possible.
/// </param>
/// <param name="Servable">The versions that machines may ask for: those that are whole, and, on demand, all that are published.</param>
internal sealed record ReplicationPlan(ImmutableArray<OfferedImage> Wanted, ImmutableArray<OfferedImage> Servable)
{
    /// <summary>Plans.</summary>
    /// <param name="offers">What the region publishes.</param>
    /// <param name="policy">How to copy.</param>
    /// <param name="assignments">What machines boot; a version named there is held although there is a newer one.</param>
    /// <param name="isHeld">Whether a file is there.</param>
    /// <param name="former">What was served before: an image stays until its replacement is whole.</param>
    public static ReplicationPlan Of(
        Offers offers, RackPolicy policy, IReadOnlyList<BootAssignment> assignments, Func<Digest, bool> isHeld,
        IReadOnlyList<OfferedImage> former)
    {
        var taken = policy.Mode == RackMode.All || (policy.Mode == RackMode.OnDemand && policy.Selections.Count == 0)
            ? offers.Images
            : Take(offers.Images, policy.Selections);
        var newest = new HashSet<ResourceKey>();
        var wanted = new List<OfferedImage>();
        foreach (var image in taken)
        {
            if (newest.Add(image.Key) || IsAssigned(image, assignments) || IsWhole(image))
                wanted.Add(image);
        }

        // What the region withdrew stays while its replacement is on its way; what it does not publish at all any more goes.
        var published = wanted.Select(i => i.Key).ToHashSet();
        var whole = wanted.Where(IsWhole).ToList();
        var wholeKeys = whole.Select(i => i.Key).ToHashSet();
        var bridging = former.Where(f => published.Contains(f.Key) && !wholeKeys.Contains(f.Key) && IsWhole(f));
        if (policy.Mode == RackMode.OnDemand)
            return new ReplicationPlan([], [.. wanted]);
        return new ReplicationPlan(
            [.. wanted.OrderBy(i => i.IsBootloader ? 0 : 1).ThenBy(Missing)],
            [.. whole, .. bridging]);

        bool IsWhole(OfferedImage image) => image.Files.All(f => isHeld(f.Digest));

        long Missing(OfferedImage image) => image.Files.Where(f => !isHeld(f.Digest)).Sum(f => f.Size);
    }

    /// <summary>Newest and older versions share their sub-architectures' competition, so each generation is matched by itself.</summary>
    private static ImmutableArray<OfferedImage> Take(ImmutableArray<OfferedImage> images, IReadOnlyList<SelectionRule> selections)
    {
        if (selections.Count == 0)
            return [.. images.Where(i => i.IsBootloader)];
        var newest = images.DistinctBy(i => (i.Key, i.ProductName)).ToList();
        var keys = SelectionMatching.Take(newest, selections).Select(i => (i.Key, i.ProductName)).ToHashSet();
        return [.. images.Where(i => keys.Contains((i.Key, i.ProductName)))];
    }

    private static bool IsAssigned(OfferedImage image, IReadOnlyList<BootAssignment> assignments) =>
        assignments.Any(a => a.Version == image.Version && a.Image is { } name && name.Os == image.Key.Name.Os && name.Release == image.Key.Name.Release);
}
