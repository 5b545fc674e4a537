using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Sources;
using BootDepot.Images;
using BootDepot.Images.Selections;
using BootDepot.Region.Sources;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Overview;

/// <summary>An image to select: <c>SOURCE/OS/RELEASE/ARCH</c> on the wire; <c>*</c> for any of the last three.</summary>
internal sealed record ImageChoice(int SourceId, string Os, string Release, string Arch)
{
    /// <summary>Reads it; null when it is none.</summary>
    public static ImageChoice? ParseOrNull(string text) =>
        text.Split('/') is [var source, var os, var release, var arch] && int.TryParse(source, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && IsWord(os) && IsWord(release) && IsWord(arch)
            ? new ImageChoice(id, os, release, arch)
            : null;

    private static bool IsWord(string text) => text == SelectionRule.Any || SafeName.IsSafe(text);
}

/// <summary>Selects several images at once: all or none, merged into the selections that are there.</summary>
internal sealed class ImageSelecting(CatalogDatabase catalog, SourceWatch watch, TimeProvider time)
{
    /// <summary>Most choices of one request.</summary>
    public const int Most = 500;

    /// <summary>The rules that choices come to, by source, beside those that are there already.</summary>
    public static IReadOnlyDictionary<int, IReadOnlyList<SelectionRule>> RulesOf(
        IReadOnlyList<ImageChoice> choices, IReadOnlyList<string> subarches, IReadOnlyList<string> labels) =>
        choices.GroupBy(c => c.SourceId).ToDictionary(
            g => g.Key,
            IReadOnlyList<SelectionRule> (g) =>
                [.. g.GroupBy(c => (c.Os, c.Release)).Select(r => new SelectionRule(r.Key.Os, r.Key.Release, [.. r.Select(c => c.Arch)], subarches, labels))]);

    /// <summary>Stores them. Refusal: <c>source-unknown</c>.</summary>
    public async Task<Fault?> SelectAsync(
        IReadOnlyList<ImageChoice> choices, IReadOnlyList<string> subarches, IReadOnlyList<string> labels, Actor actor, CancellationToken cancel)
    {
        var fault = await catalog.ChangeAsync(
            async (db, token) =>
            {
                foreach (var (sourceId, rules) in RulesOf(choices, subarches, labels))
                {
                    if (await db.BootSources.Include(s => s.Selections).FirstOrDefaultAsync(s => s.Id == sourceId, token) is not { } source)
                    {
                        db.ChangeTracker.Clear();
                        return new Fault("source-unknown", $"The boot source {sourceId} is gone; nothing was selected. Choose again.");
                    }

                    foreach (var rule in rules)
                        Apply(db, source, rule, actor, time);
                }

                return null;
            },
            cancel);
        if (fault is null)
            watch.Signal();
        return fault;
    }

    /// <summary>Merges a rule into the selections of a source.</summary>
    public static void Apply(CatalogContext db, BootSource source, SelectionRule rule, Actor actor, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var selection = source.Selections.Find(s => s.Os == rule.Os && s.Release == rule.Release);
        var before = selection is null ? null : ToJson(selection);
        if (selection is null)
        {
            selection = new BootSourceSelection { Os = rule.Os, Release = rule.Release, Created = now };
            source.Selections.Add(selection);
        }

        selection.Arches = Union(selection.Arches, rule.Arches);
        selection.Subarches = Union(selection.Subarches, rule.Subarches);
        selection.Labels = Union(selection.Labels, rule.Labels);
        selection.Updated = now;
        AuditTrail.Append(
            db, time, actor, before is null ? "boot-source-selection.create" : "boot-source-selection.update",
            $"boot-source/{source.Id}/selection/{rule.Os}/{rule.Release}", before, ToJson(selection));
    }

    private static List<string> Union(List<string> have, IReadOnlyList<string> add) =>
        have.Contains(SelectionRule.Any) || add.Contains(SelectionRule.Any, StringComparer.Ordinal) ? [SelectionRule.Any] : [.. have.Union(add, StringComparer.Ordinal)];

    private static JsonObject ToJson(BootSourceSelection selection) => new()
    {
        ["os"] = selection.Os,
        ["release"] = selection.Release,
        ["arches"] = new JsonArray([.. selection.Arches.Select(a => JsonValue.Create(a))]),
        ["subarches"] = new JsonArray([.. selection.Subarches.Select(a => JsonValue.Create(a))]),
        ["labels"] = new JsonArray([.. selection.Labels.Select(a => JsonValue.Create(a))]),
    };
}
