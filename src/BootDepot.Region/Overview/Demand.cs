using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Images;
using BootDepot.Images.Selections;

namespace BootDepot.Region.Overview;

/// <summary>What enabled sources offer, and which of it is selected.</summary>
internal sealed class Demand
{
    private readonly Dictionary<string, Image> _images;

    private Demand(Dictionary<string, Image> images) => _images = images;

    /// <summary>Those that nobody took.</summary>
    public IEnumerable<Image> Rest => _images.Values;

    /// <summary>Works it out.</summary>
    public static Demand Of(OverviewFacts facts)
    {
        var images = new Dictionary<string, Image>(StringComparer.Ordinal);
        var groups = facts.Offers
            .Where(o => facts.Sources.TryGetValue(o.SourceId, out var s) && s.Row.Enabled)
            .GroupBy(o => (o.Os, o.Release, o.Arch));
        foreach (var group in groups)
        {
            var bySource = group.GroupBy(o => o.SourceId)
                .OrderByDescending(g => facts.Sources[g.Key].Row.Priority).ThenBy(g => g.Key).ToList();
            var selected = bySource.Where(g => IsSelected(facts.Sources[g.Key], g)).ToList();
            var winner = selected.Count > 0 ? selected[0] : bySource[0];
            var newest = winner.MaxBy(o => o.Version, StringComparer.Ordinal)!;
            var name = $"{group.Key.Os}/{group.Key.Release}";
            images[OverviewFacts.KeyOf(name, group.Key.Arch)] = new Image(
                name, group.Key.Arch, newest.Title, newest.Label, newest.Version, winner.Max(o => o.Size), newest.IsBootloader,
                [.. bySource.Select(g => g.Key)], [.. selected.Select(g => g.Key)]);
        }

        return new Demand(images);
    }

    /// <summary>Takes the image of that key out; null when nobody offers it.</summary>
    public Image? Remove(string key) => _images.Remove(key, out var image) ? image : null;

    // A boot loader comes with whatever is selected; without selections everything is taken.
    private static bool IsSelected(OverviewFacts.Source source, IEnumerable<OverviewFacts.Offered> offers) =>
        source.Rules.Count == 0 || offers.Any(o => o.IsBootloader || SelectionMatching.StillAsksFor(
            source.Rules, new ResourceKey(ImageName.Of(o.Os, o.Release), Architecture.Of(o.Arch, o.Subarch)), o.Subarch, [o.Subarch], o.Label));

    /// <summary>One image that is offered.</summary>
    internal sealed record Image(
        string Name,
        string Arch,
        string Title,
        string Label,
        string Version,
        long Size,
        bool IsBootloader,
        IReadOnlyList<int> OfferedBy,
        IReadOnlyList<int> SelectedBy);
}
