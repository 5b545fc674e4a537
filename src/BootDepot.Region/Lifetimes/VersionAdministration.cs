using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Region.Changes;

namespace BootDepot.Region.Lifetimes;

/// <summary>
/// Pins, promotes and rolls back versions. Each is one transaction that moves no bytes; everything that shows images asks for
/// <see cref="ResourceSet.CompletedAt"/>, so API, stream and racks follow at once.
/// </summary>
internal sealed class VersionAdministration(CatalogDatabase catalog, ChangeSignal changes, TimeProvider time)
{
    /// <summary>Label of what is fit for use.</summary>
    public const string Stable = "stable";

    /// <summary>Pins a version, so that no import takes it away, or lets it go again.</summary>
    public Task<Outcome<IReadOnlyList<VersionFacts>>> PinAsync(VersionQuery query, bool pinned, Actor actor, CancellationToken cancel) =>
        ChangeAsync(
            query,
            pinned ? "image-version.pin" : "image-version.unpin",
            actor,
            (resource, versions) =>
            {
                if (query.SetOrNull(resource) is not { } set)
                    return null;
                set.Pinned = pinned;
                versions.Add(set);
                return null;
            },
            cancel);

    /// <summary>
    /// Makes a version what clients get: gives it another label, and serves it again, with what is older, if somebody rolled back
    /// behind it. Without a version: the newest one that is held.
    /// </summary>
    public Task<Outcome<IReadOnlyList<VersionFacts>>> PromoteAsync(
        VersionQuery query, string label, Actor actor, CancellationToken cancel) =>
        SafeName.IsSafe(label)
            ? ChangeAsync(
                query,
                "image-version.promote",
                actor,
                (resource, versions) =>
                {
                    var set = query.Version is null
                        ? resource.Sets.Where(IsHeld).MaxBy(s => s.Version, StringComparer.Ordinal)
                        : query.SetOrNull(resource);
                    if (set is null)
                        return null;
                    if (!IsHeld(set))
                        return Incomplete(resource, set);
                    foreach (var held in resource.Sets.Where(s => s.WithheldAt is not null
                        && string.CompareOrdinal(s.Version, set.Version) <= 0))
                    {
                        (held.CompletedAt, held.WithheldAt) = (time.GetUtcNow(), null);
                    }

                    if (set.Label != label)
                    {
                        set.UpstreamLabel ??= set.Label;
                        set.Label = label;
                        if (set.UpstreamLabel == label)
                            set.UpstreamLabel = null;
                    }

                    versions.Add(set);
                    return null;
                },
                cancel)
            : Task.FromResult<Outcome<IReadOnlyList<VersionFacts>>>(new Fault(
                "image-label-invalid", $"'{label}' cannot be a label: use letters, digits, dots, dashes and underscores."));

    /// <summary>
    /// Makes an older version what clients get: everything newer is withheld until it is promoted, or an import brings something
    /// newer still. Without a version: the one before the served one.
    /// </summary>
    public Task<Outcome<IReadOnlyList<VersionFacts>>> RollBackAsync(VersionQuery query, Actor actor, CancellationToken cancel) =>
        ChangeAsync(
            query,
            "image-version.rollback",
            actor,
            (resource, versions) =>
            {
                var served = VersionQuery.ServedOrNull(resource);
                var target = query.Version is null
                    ? resource.Sets.Where(s => s.CompletedAt is not null && s != served).MaxBy(s => s.Version, StringComparer.Ordinal)
                    : query.SetOrNull(resource);
                if (target is null)
                    return null;
                if (!IsHeld(target))
                    return Incomplete(resource, target);
                var now = time.GetUtcNow();
                if (target.WithheldAt is not null)
                    (target.CompletedAt, target.WithheldAt) = (now, null);
                foreach (var newer in resource.Sets.Where(s => s.CompletedAt is not null
                    && string.CompareOrdinal(s.Version, target.Version) > 0))
                {
                    (newer.CompletedAt, newer.WithheldAt) = (null, now);
                }

                versions.Add(target);
                return null;
            },
            cancel);

    private static bool IsHeld(ResourceSet set) => set.CompletedAt is not null || set.WithheldAt is not null;

    private static Fault Incomplete(BootResource resource, ResourceSet set) => new(
        "image-version-incomplete",
        $"{resource.Name} {resource.Architecture} {set.Version} is not complete yet; nothing was changed. Wait for the import to end.");

    private async Task<Outcome<IReadOnlyList<VersionFacts>>> ChangeAsync(
        VersionQuery query, string action, Actor actor, Func<BootResource, List<ResourceSet>, Fault?> change, CancellationToken cancel)
    {
        var outcome = await catalog.ChangeAsync<Outcome<IReadOnlyList<VersionFacts>>>(
            async (db, token) =>
            {
                var resources = await query.ResourcesAsync(db, token);
                var before = resources.SelectMany(r => r.Sets).ToDictionary(s => s.Id, StateOf);
                var versions = new List<ResourceSet>();
                foreach (var resource in resources)
                {
                    if (change(resource, versions) is not { } fault)
                        continue;
                    db.ChangeTracker.Clear();
                    return fault;
                }

                if (versions.Count == 0)
                    return query.Missing();
                foreach (var resource in resources)
                    Record(db, resource, before, action, actor);
                return versions.ConvertAll(s => VersionFacts.Of(s.Resource!, s));
            },
            cancel);
        if (outcome is Outcome<IReadOnlyList<VersionFacts>>.Done)
            changes.Raise();
        return outcome;
    }

    private void Record(CatalogContext db, BootResource resource, Dictionary<int, JsonObject> before, string action, Actor actor)
    {
        foreach (var set in resource.Sets)
        {
            var after = StateOf(set);
            if (JsonNode.DeepEquals(before[set.Id], after))
                continue;
            resource.Updated = time.GetUtcNow();
            AuditTrail.Append(db, time, actor, action, $"boot-resource/{resource.Id}", before[set.Id], after);
        }
    }

    private static JsonObject StateOf(ResourceSet set) => new()
    {
        ["name"] = set.Resource!.Name,
        ["architecture"] = set.Resource.Architecture,
        ["version"] = set.Version,
        ["label"] = set.Label,
        ["pinned"] = set.Pinned,
        ["served"] = set.CompletedAt is not null,
    };
}

/// <summary>A version as lists of versions show it.</summary>
/// <param name="ResourceId">Its resource.</param>
/// <param name="Kind">How it came.</param>
/// <param name="Name"><c>os/release</c> or a bare name.</param>
/// <param name="Architecture"><c>arch/subarch</c>.</param>
/// <param name="Version">Version.</param>
/// <param name="Label">Label.</param>
/// <param name="UpstreamLabel">Label that the stream gave, when it was promoted.</param>
/// <param name="State"><c>served</c>, <c>former</c> (served to who asks for it by version), <c>withheld</c>, <c>incomplete</c>.</param>
/// <param name="Pinned">Whether it is pinned.</param>
/// <param name="Size">Bytes of its files.</param>
/// <param name="CompletedAt">When it was complete.</param>
/// <param name="SignedBy">Fingerprint of the key that signed its stream document.</param>
internal sealed record VersionFacts(
    int ResourceId,
    ResourceKind Kind,
    string Name,
    string Architecture,
    string Version,
    string Label,
    string? UpstreamLabel,
    string State,
    bool Pinned,
    long Size,
    DateTimeOffset? CompletedAt,
    string? SignedBy)
{
    /// <summary>Of a set whose resource has all its sets loaded.</summary>
    public static VersionFacts Of(BootResource resource, ResourceSet set) => new(
        resource.Id,
        resource.Kind,
        resource.Name,
        resource.Architecture,
        set.Version,
        set.Label,
        set.UpstreamLabel,
        set.WithheldAt is not null ? "withheld"
            : set.CompletedAt is null ? "incomplete"
            : set == VersionQuery.ServedOrNull(resource) ? "served" : "former",
        set.Pinned,
        set.Files.Sum(f => f.Size),
        set.CompletedAt ?? set.WithheldAt,
        set.SignedBy);
}
