using System.Collections.Generic;
using System.Linq;
using BootDepot.Images.Products;

namespace BootDepot.Images.Selections;

/// <summary>
/// Which images of a source its selections take. An image passes if some selection matches in all fields; a source
/// without selections takes everything; boot loaders always pass.
/// </summary>
/// <remarks>
/// A concrete sub-architecture is that of a product, or one that machines have: then the one product is taken that
/// serves it (<see cref="Availability"/>).
/// </remarks>
public static class SelectionMatching
{
    /// <summary>The images that are taken, in their order.</summary>
    public static IReadOnlyList<OfferedImage> Take(IReadOnlyList<OfferedImage> images, IReadOnlyList<SelectionRule> selections)
    {
        if (selections.Count == 0)
            return images;
        Availability? availability = null;
        var taken = new List<OfferedImage>();
        foreach (var image in images)
        {
            if (image.IsBootloader || selections.Any(s => Matches(s, image)))
                taken.Add(image);
        }

        return taken;

        bool Matches(SelectionRule selection, OfferedImage image)
        {
            if (!selection.MatchesBesidesSubarch(image.Os, image.Release, image.Key.Architecture.Arch, image.Label))
                return false;
            if (selection.TakesAnySubarch || SelectionRule.Takes(selection.Subarches, image.Subarch))
                return true;
            for (var i = 0; i < selection.Subarches.Count; i++)
            {
                if (!SelectionRule.Takes(image.Subarches, selection.Subarches[i]))
                    continue;
                availability ??= Availability.Of(images);
                if (ReferenceEquals(availability.ServingOrNull(image, selection.Subarches[i]), image))
                    return true;
            }

            return false;
        }
    }

    /// <summary>
    /// Whether something that is held, but is no longer offered, is still asked for. Here a sub-architecture matches if
    /// it is any of those that the kernel serves, because what would serve it better is no longer known.
    /// </summary>
    /// <param name="selections">Of one source; none takes everything.</param>
    /// <param name="key">The resource.</param>
    /// <param name="rawSubarch">Its sub-architecture without the flavour.</param>
    /// <param name="subarches">Machine sub-architectures that it serves.</param>
    /// <param name="label">Its label.</param>
    public static bool StillAsksFor(
        IReadOnlyList<SelectionRule> selections, ResourceKey key, string rawSubarch, IReadOnlyList<string> subarches, string label) =>
        selections.Count == 0 || selections.Any(s =>
            s.MatchesBesidesSubarch(key.Name.Os, key.Name.Release, key.Architecture.Arch, label)
            && (s.TakesAnySubarch || SelectionRule.Takes(s.Subarches, rawSubarch)
                || s.Subarches.Any(wanted => SelectionRule.Takes(subarches, wanted))));
}
