using System;
using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>What a version is to clients.</summary>
internal enum ModelState
{
    Incomplete,
    Served,
    Withheld,
}

/// <summary>A version as the model has it.</summary>
internal sealed record ModelVersion(string Name, string[] Digests)
{
    public ModelState State { get; init; }

    public bool Pinned { get; init; }

    /// <summary>Whether the digest is one of its files'.</summary>
    public bool Has(string digest) => Array.IndexOf(Digests, digest) >= 0;
}

/// <summary>A version that was deleted and can be put back for a while.</summary>
internal sealed record ModelDeleted(string Image, ModelVersion Version, DateTimeOffset At);

/// <summary>
/// The lifetimes of images as docs/lifetimes.md tells them, in a few lists. Every change gives another model, so that what was before a
/// crash and what would have been after it can both be compared with what is found.
/// </summary>
internal sealed record LifetimeModel(IReadOnlyDictionary<string, IReadOnlyList<ModelVersion>> Images, IReadOnlyList<ModelDeleted> Deleted)
{
    /// <summary>Complete versions that stay of an imported image.</summary>
    public const int KeepVersions = 2;

    public static readonly LifetimeModel Empty = new(new Dictionary<string, IReadOnlyList<ModelVersion>>(), []);

    public static bool IsUpload(string image) => image.StartsWith("custom/", StringComparison.Ordinal);

    public IReadOnlyList<ModelVersion> Of(string image) => Images.GetValueOrDefault(image) ?? [];

    public ModelVersion? ServedOrNull(string image) => NewestOrNull(Of(image).Where(v => v.State == ModelState.Served));

    /// <summary>Everything that a file or a deletion that can be undone refers to.</summary>
    public HashSet<string> Referenced() =>
        [.. Images.Values.SelectMany(v => v).SelectMany(v => v.Digests), .. Deleted.SelectMany(d => d.Version.Digests)];

    /// <summary>One line per version, and per deleted one, as the catalogue is rendered, too.</summary>
    public IReadOnlyList<string> Lines() =>
    [
        .. Images.SelectMany(i => i.Value, (i, v) => $"{i.Key} {v.Name} {v.State} {v.Pinned} {string.Join(',', v.Digests.Order(StringComparer.Ordinal))}")
            .Concat(Deleted.Select(d => $"deleted {d.Image} {d.Version.Name} {d.At:O}"))
            .Order(StringComparer.Ordinal),
    ];

    public LifetimeModel With(string image, IEnumerable<ModelVersion> versions)
    {
        var images = new Dictionary<string, IReadOnlyList<ModelVersion>>(Images) { [image] = [.. versions] };
        if (images[image].Count == 0)
            images.Remove(image);
        return this with { Images = images };
    }

    public LifetimeModel Change(string image, Func<ModelVersion, ModelVersion> change) => With(image, Of(image).Select(change));

    // An import, in its three steps.
    public LifetimeModel Announce(string image, ModelVersion offered) =>
        Of(image).Any(v => v.Name == offered.Name) ? this : With(image, Of(image).Append(offered with { State = ModelState.Incomplete }));

    public LifetimeModel Publish(string image, string version) =>
        Change(image, v => v.Name == version && v.State == ModelState.Incomplete ? v with { State = ModelState.Served } : v);

    public LifetimeModel Retire(string image, string wanted, DateTimeOffset now)
    {
        var versions = Of(image).OrderByDescending(v => v.Name, StringComparer.Ordinal).ToList();
        var served = ServedOrNull(image);
        var isRolledBack = versions.Exists(v => v.Name == wanted && v.State == ModelState.Withheld);
        var former = KeepVersions - 1;
        var kept = new List<ModelVersion>();
        foreach (var version in versions)
        {
            var isBehindRollBack = version.State == ModelState.Withheld
                && (served is null || string.CompareOrdinal(version.Name, served.Name) > 0);
            if (version.Name == wanted || version.Pinned)
                kept.Add(version);
            else if (version.State == ModelState.Incomplete)
                continue;
            else if (isBehindRollBack || (version == served && isRolledBack) || (version.State == ModelState.Served && former-- > 0))
                kept.Add(version);
        }

        return Delete(image, versions.Except(kept), now).With(image, kept);
    }

    // An upload.
    public LifetimeModel Begin(string image, string version, string digest) => With(
        image,
        Of(image).Where(v => v.State != ModelState.Incomplete).Append(new ModelVersion(version, [digest])));

    public LifetimeModel Finish(string image, string version, DateTimeOffset now)
    {
        var replaced = Of(image).Where(v => !v.Pinned && string.CompareOrdinal(v.Name, version) < 0).ToList();
        return Delete(image, replaced, now).With(
            image, Of(image).Except(replaced).Select(v => v.Name == version ? v with { State = ModelState.Served } : v));
    }

    // What people do.
    public LifetimeModel RollBack(string image, string target) => Change(
        image,
        v => v.State == ModelState.Served && string.CompareOrdinal(v.Name, target) > 0 ? v with { State = ModelState.Withheld } : v);

    public LifetimeModel Promote(string image) =>
        Change(image, v => v.State == ModelState.Withheld ? v with { State = ModelState.Served } : v);

    public LifetimeModel Remove(string image, DateTimeOffset now) => Delete(image, Of(image), now).With(image, []);

    public LifetimeModel Restore(ModelDeleted deleted) =>
        (this with { Deleted = [.. Deleted.Where(d => d != deleted)] }).With(
            deleted.Image,
            Of(deleted.Image).Append(deleted.Version with
            {
                State = ModelState.Served, Pinned = deleted.Version.Pinned || !IsUpload(deleted.Image),
            }));

    // What the region does by itself.
    public LifetimeModel Expire(DateTimeOffset upTo) => this with { Deleted = [.. Deleted.Where(d => d.At > upTo)] };

    public LifetimeModel Rot(string digest) => Images.Keys.Aggregate(
        this, (model, image) => model.Change(image, v => v.Has(digest) ? v with { State = ModelState.Incomplete } : v));

    public static ModelVersion? NewestOrNull(IEnumerable<ModelVersion> versions) => versions.MaxBy(v => v.Name, StringComparer.Ordinal);

    private LifetimeModel Delete(string image, IEnumerable<ModelVersion> versions, DateTimeOffset now) => this with
    {
        Deleted = [.. Deleted, .. versions.Where(v => v.State != ModelState.Incomplete).Select(v => new ModelDeleted(image, v, now))],
    };
}
