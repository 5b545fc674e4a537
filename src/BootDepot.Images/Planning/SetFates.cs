using System.Collections.Generic;
using System.Linq;
using BootDepot.Images.Products;
using BootDepot.Images.Selections;

namespace BootDepot.Images.Planning;

/// <summary>Decides which held sets stay and which go.</summary>
internal sealed class SetFates
{
    private readonly List<KeptSet> _kept = [];
    private readonly List<RetiredSet> _retired = [];
    private readonly HashSet<ResourceKey> _settled = [];
    private readonly IReadOnlyList<PlanSource> _sources;
    private readonly Dictionary<ResourceKey, List<HeldSet>> _setsOf;
    private readonly Contest _wanted;
    private readonly Retainer _retainer;
    private readonly ILookup<(string Os, string Release, string Arch), ResourceKey> _wantedOfRelease;

    private SetFates(
        IReadOnlyList<PlanSource> sources,
        Dictionary<ResourceKey, List<HeldSet>> setsOf,
        Contest wanted,
        Retainer retainer)
    {
        _sources = sources;
        _setsOf = setsOf;
        _wanted = wanted;
        _retainer = retainer;
        _wantedOfRelease = wanted.Winners.Keys.ToLookup(ReleaseOf);
    }

    /// <summary>Sets that stay.</summary>
    public IReadOnlyList<KeptSet> Kept => _kept;

    /// <summary>Sets that go.</summary>
    public IReadOnlyList<RetiredSet> Retired => _retired;

    /// <summary>Whether something better is held than what can be had of the resource.</summary>
    public bool IsSettled(ResourceKey key) => _settled.Contains(key);

    /// <summary>Decides.</summary>
    public static SetFates Decide(
        IReadOnlyList<PlanSource> sources,
        IReadOnlyList<HeldSet> sets,
        Dictionary<ResourceKey, List<HeldSet>> setsOf,
        Contest wanted,
        Retainer retainer,
        List<Problem> problems)
    {
        var fates = new SetFates(sources, setsOf, wanted, retainer);
        foreach (var uploaded in sets.Where(s => s.IsUploaded))
            fates.Keep(uploaded, KeepReason.Uploaded);
        foreach (var (key, ofResource) in setsOf)
        {
            if (wanted.Winners.TryGetValue(key, out var winner))
                fates.DecideWanted(winner, ofResource);
            else
                ofResource.ForEach(fates.DecideUnwanted);
        }

        fates.GuardLastImages(sets, problems);
        return fates;
    }

    /// <summary>Whether the set has exactly the files that are offered.</summary>
    public static bool HasFilesOf(HeldSet set, OfferedImage image)
    {
        if (set.Files.Count != image.Files.Count)
            return false;
        foreach (var file in set.Files)
        {
            var same = false;
            foreach (var offered in image.Files)
                same |= offered.Filename == file.Filename && offered.Digest == file.Digest;
            if (!same)
                return false;
        }

        return true;
    }

    private void DecideWanted(Candidate winner, List<HeldSet> sets)
    {
        var image = winner.Image;
        var unusable = sets.Find(s => s.IsComplete && IsListedButUnusable(s, winner));
        var version = unusable?.Version ?? image.Version;
        var served = sets.Where(s => s is { IsComplete: true, IsWithheld: false }).MaxBy(s => s.Version);
        var isReady = served is not null && served.Version == version;
        var isRolledBack = sets.Exists(s => s.IsWithheld && s.Version == version);
        var kept = _retainer.Begin(winner);
        foreach (var set in sets.OrderByDescending(s => s.Version))
        {
            if (set == unusable)
            {
                Keep(set, KeepReason.OfferUnusable);
                _settled.Add(image.Key);
            }
            else if (set.Version == version)
            {
                // Incomplete, or complete with other bytes: it is in the fetch list.
                if (set.IsComplete && HasFilesOf(set, image))
                    Keep(set, set.IsWithheld ? KeepReason.Withheld : KeepReason.Current);
            }
            else if (set.IsPinned)
            {
                Keep(set, KeepReason.Pinned);
            }
            else if (!set.IsComplete)
            {
                Retire(set, RetireReason.Abandoned, null);
            }
            else if (set.IsWithheld && (served is null || set.Version > served.Version))
            {
                Keep(set, KeepReason.Withheld);
            }
            else if (set == served && isRolledBack)
            {
                Keep(set, KeepReason.RolledBack);
            }
            else if (!set.IsWithheld && kept.Keeps(set))
            {
                Keep(set, KeepReason.Retained);
            }
            else
            {
                Retire(set, RetireReason.Superseded, isReady || isRolledBack ? null : image.Key);
            }

            kept.Passed(set);
        }
    }

    // The stream lists it, newer than what can be used, with something wrong: going back would help nobody.
    private static bool IsListedButUnusable(HeldSet set, Candidate winner) =>
        set.SourceId == winner.Source.Id && set.Version > winner.Image.Version
        && winner.Image.RefusedVersions.Any(v => v == set.Version.ToString());

    private void DecideUnwanted(HeldSet set)
    {
        if (set.IsPinned)
        {
            Keep(set, KeepReason.Pinned);
        }
        else if (_sources.FirstOrDefault(s => s.Id == set.SourceId) is { } source && (!source.IsEnabled || !source.IsWhollyRead))
        {
            Keep(set, source.IsEnabled ? KeepReason.SourceUnavailable : KeepReason.SourceDisabled);
        }
        else if (_wanted.IsRefused(set.Key))
        {
            Keep(set, KeepReason.OfferUnusable);
        }
        else if (_wanted.IsOffered(set.Key) || !IsAskedFor(set))
        {
            Retire(set, RetireReason.NotSelected, null);
        }
        else if (!set.IsComplete)
        {
            Retire(set, RetireReason.Abandoned, null);
        }
        else if (!set.IsBootloader && _wantedOfRelease[ReleaseOf(set.Key)].FirstOrNull() is { } other)
        {
            Retire(set, RetireReason.KernelLineGone, _wantedOfRelease[ReleaseOf(set.Key)].Any(IsComplete) ? null : other);
        }
        else
        {
            Keep(set, KeepReason.DroppedUpstream);
        }
    }

    private bool IsAskedFor(HeldSet set)
    {
        if (set.IsBootloader)
            return _sources.Any(s => s.Id == set.SourceId);
        var raw = KernelFlavors.Strip(set.Key.Architecture.Subarch, set.KernelFlavor);
        return _sources.Any(s => SelectionMatching.StillAsksFor(s.Selections, set.Key, raw, set.Subarches, set.Label));
    }

    private bool IsComplete(ResourceKey key) => _setsOf.TryGetValue(key, out var sets) && sets.Exists(s => s.IsComplete);

    /// <summary>
    /// If no image at all would be left, those that would go stay: until something new is complete, or for good when
    /// nothing is on its way.
    /// </summary>
    private void GuardLastImages(IReadOnlyList<HeldSet> sets, List<Problem> problems)
    {
        var images = sets.Where(s => s is { IsUploaded: false, IsBootloader: false, IsComplete: true }).ToDictionary(s => s.Id);
        var going = _retired.Where(r => r.After is null && images.ContainsKey(r.SetId)).ToList();
        if (going.Count == 0 || going.Count < images.Count)
            return;
        _retired.RemoveAll(r => images.ContainsKey(r.SetId));
        ResourceKey? coming = _wanted.Winners.Where(w => !w.Value.Image.IsBootloader).Select(w => w.Key).FirstOrNull();
        if (coming is not null)
        {
            _retired.AddRange(going.Select(r => r with { After = coming }));
            return;
        }

        foreach (var set in going.Select(r => images[r.SetId]))
            Keep(set, KeepReason.LastImages);
        problems.Add(new Problem(ProblemLevel.Error, "catalogue", new Fault(
            "import-would-delete-everything",
            $"Nothing that is offered matches a selection, so all {going.Count} image versions would go. They were kept. "
            + "Check the sources and selections; to really be rid of an image, delete it by hand.")));
    }

    private void Keep(HeldSet set, KeepReason reason) => _kept.Add(new KeptSet(set.Id, set.Key, set.Version, reason));

    private void Retire(HeldSet set, RetireReason reason, ResourceKey? after) =>
        _retired.Add(new RetiredSet(set.Id, set.Key, set.Version, reason, after));

    private static (string Os, string Release, string Arch) ReleaseOf(ResourceKey key) =>
        (key.Name.Os, key.Name.Release, key.Architecture.Arch);
}

/// <summary>First element of a sequence of values, as a nullable.</summary>
internal static class FirstOrNullExtension
{
    public static T? FirstOrNull<T>(this IEnumerable<T> values)
        where T : struct
    {
        foreach (var value in values)
            return value;
        return null;
    }
}
