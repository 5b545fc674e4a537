using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Settings;
using BootDepot.Images;
using BootDepot.Images.Selections;

namespace BootDepot.Region.Overview;

/// <summary>Says of every image that is held or selected how it stands, and why.</summary>
internal sealed class ImageOverview(CatalogDatabase catalog, SettingsStore settings)
{
    /// <summary>Every image, by name and architecture.</summary>
    public async Task<IReadOnlyList<ImageRow>> ReadAsync(CancellationToken cancel)
    {
        var facts = await OverviewFacts.ReadAsync(catalog, cancel);
        return RowsOf(facts, await settings.GetAsync(cancel));
    }

    private static List<ImageRow> RowsOf(OverviewFacts facts, RegionSettings settings)
    {
        var wanted = Demand.Of(facts);
        var rows = new List<ImageRow>();
        foreach (var group in facts.Resources.GroupBy(r => (r.Kind, r.Name, Arch: r.Architecture.Split('/')[0])))
        {
            var held = Held.Of(facts, [.. group]);
            var demand = group.Key.Kind == ResourceKind.Uploaded ? null : wanted.Remove(OverviewFacts.KeyOf(group.Key.Name, group.Key.Arch));
            var row = group.Key.Kind == ResourceKind.Uploaded ? Uploaded(held) : Synced(facts, held, demand, group.Key.Name, group.Key.Arch);
            rows.Add(row with { IsForCommissioning = group.Key.Name == $"{settings.CommissioningOsystem}/{settings.CommissioningDistroSeries}" });
        }

        rows.AddRange(wanted.Rest.Where(d => d.SelectedBy.Count > 0).Select(d => Missing(facts, d)));
        rows.AddRange(NothingOffered(facts, rows));
        rows.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name) is var c && c != 0 ? c : string.CompareOrdinal(a.Arch, b.Arch));
        return rows;
    }

    private static ImageRow Uploaded(Held held) => held.Row with
    {
        Kind = ResourceKind.Uploaded,
        Status = held.Row.Version is null ? ImageStatus.UploadIncomplete : ImageStatus.Ready,
    };

    private static ImageRow Synced(OverviewFacts facts, Held held, Demand.Image? demand, string name, string arch)
    {
        var row = held.Row;
        if (demand is not null)
        {
            row = row with
            {
                OfferedVersion = demand.Version,
                OfferedSize = demand.Size,
                OfferedBy = demand.OfferedBy,
                SelectedBy = demand.SelectedBy,
                SourceId = demand.SelectedBy.Count > 0 ? demand.SelectedBy[0] : row.SourceId,
                Title = row.Title.Length > 0 ? row.Title : demand.Title,
            };
        }

        var isAskedFor = demand is { SelectedBy.Count: > 0 };
        if (row.Version is null)
            return isAskedFor ? Waiting(facts, row) : row with { Status = ImageStatus.NotSelected, Reason = "Nothing selects it any more; the next import removes it." };
        if (isAskedFor)
            return string.CompareOrdinal(demand!.Version, row.Version) > 0 ? Behind(facts, row) : row with { Status = ImageStatus.Ready };
        return Unwanted(facts, row, name, arch);
    }

    private static ImageRow Unwanted(OverviewFacts facts, ImageRow row, string name, string arch)
    {
        if (row.SourceId is { } id && facts.Sources.TryGetValue(id, out var source))
        {
            if (!source.Row.Enabled)
                return row with { Status = ImageStatus.SourceDisabled, Reason = $"The source {source.Row.Name} is disabled. The image stays, and gets no updates." };
            var key = new ResourceKey(ImageName.Parse(name), Architecture.Of(arch, "generic"));
            if (row.IsBootloader || SelectionMatching.StillAsksFor(source.Rules, key, "generic", ["generic"], row.Label ?? "")
                || source.Selections.Any(s => s.Os == key.Name.Os && s.Release == key.Name.Release))
                return row with { Status = ImageStatus.Withdrawn, Reason = $"{source.Row.Name} offers it no longer. The image stays until you delete it." };
        }

        return row with { Status = ImageStatus.NotSelected, Reason = "Nothing selects it any more; the next import removes it." };
    }

    private static ImageRow Missing(OverviewFacts facts, Demand.Image demand) => Waiting(facts, new ImageRow
    {
        Kind = ResourceKind.Synced,
        Name = demand.Name,
        Arch = demand.Arch,
        Title = demand.Title,
        IsBootloader = demand.IsBootloader,
        Label = demand.Label,
        OfferedVersion = demand.Version,
        OfferedSize = demand.Size,
        OfferedBy = demand.OfferedBy,
        SelectedBy = demand.SelectedBy,
        SourceId = demand.SelectedBy[0],
        Status = ImageStatus.Waiting,
    });

    private static ImageRow Waiting(OverviewFacts facts, ImageRow row) =>
        FailureOf(facts, row) is { } failure
            ? row with { Status = ImageStatus.Failed, Code = failure.Code, Reason = failure.Reason }
            : row with { Status = ImageStatus.Waiting, Reason = "The next import fetches it." };

    private static ImageRow Behind(OverviewFacts facts, ImageRow row) =>
        FailureOf(facts, row) is { } failure
            ? row with { Status = ImageStatus.Failed, Code = failure.Code, Reason = failure.Reason }
            : row with { Status = ImageStatus.UpdateAvailable, Reason = $"Version {row.OfferedVersion} is offered; the next import fetches it." };

    private static (string Code, string Reason)? FailureOf(OverviewFacts facts, ImageRow row) =>
        facts.Failures.TryGetValue(OverviewFacts.KeyOf(row.Name, row.Arch), out var failure) ? failure : facts.Obstacle;

    // What is selected by name and offered by nobody, as far as is known.
    private static List<ImageRow> NothingOffered(OverviewFacts facts, List<ImageRow> rows)
    {
        var shown = rows.Where(r => r.Kind == ResourceKind.Synced).Select(r => OverviewFacts.KeyOf(r.Name, r.Arch)).ToHashSet(StringComparer.Ordinal);
        var missing = new List<ImageRow>();
        foreach (var source in facts.Sources.Values.Where(s => s.Row.Enabled))
        {
            foreach (var selection in source.Selections.Where(s => s.Os is not ("" or "*") && s.Release is not ("" or "*")))
            {
                foreach (var arch in selection.Arches.Where(a => a != "*" && shown.Add($"{selection.Os}/{selection.Release}:{a}")))
                    missing.Add(Absent(source, selection.Os + "/" + selection.Release, arch));
            }
        }

        return missing;
    }

    private static ImageRow Absent(OverviewFacts.Source source, string name, string arch)
    {
        var row = new ImageRow
        {
            Kind = ResourceKind.Synced,
            Name = name,
            Arch = arch,
            SourceId = source.Id,
            SelectedBy = [source.Id],
            Status = ImageStatus.NotOffered,
            Reason = $"{source.Row.Name} does not offer it. Remove the selection, or choose another source.",
        };
        if (source.Row.ProblemCode is { } code)
            return row with { Status = ImageStatus.Failed, Code = code, Reason = source.Row.ProblemMessage };
        return source.Row.VerifiedAt is null ? row with { Status = ImageStatus.Waiting, Reason = "Its source has not been read yet." } : row;
    }
}
