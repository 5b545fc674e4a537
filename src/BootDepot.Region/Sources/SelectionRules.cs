using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Sources;
using BootDepot.Region.Api.Answers;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Sources;

/// <summary>
/// A selection must name something that its source offers, as last read. Only what the request changes is checked, so that
/// a selection of something that upstream dropped can still be edited.
/// </summary>
internal static class SelectionRules
{
    private const string All = "*";
    private const int MaxName = 20;

    /// <summary>What is wrong with the selection as it would be.</summary>
    public static async Task<FieldErrors> CheckAsync(
        CatalogContext db, SelectionDraft draft, BootSourceSelection selection, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        CheckLength("os", selection.Os, errors);
        CheckLength("release", selection.Release, errors);
        if (!errors.IsEmpty)
            return errors;
        var offers = await OffersAsync(db, selection, cancel);
        if ((draft.Os ?? draft.Release) is not null && offers.Count == 0)
        {
            errors.Add("os", $"OS {selection.Os} with release {selection.Release} has no available images for download");
            return errors;
        }

        CheckList("arches", draft.Arches, offers.Select(o => o.Arch), errors);
        CheckList("subarches", draft.Subarches, offers.Select(o => o.Subarch), errors);
        CheckList("labels", draft.Labels, offers.Select(o => o.Label), errors);
        return errors;
    }

    private static async Task<List<Slot>> OffersAsync(
        CatalogContext db, BootSourceSelection selection, CancellationToken cancel)
    {
        var offers = db.Offers.AsNoTracking().Where(o => o.BootSourceId == selection.BootSourceId);
        if (selection.Os is not ("" or All))
            offers = offers.Where(o => o.Os == selection.Os);
        if (selection.Release != All)
            offers = offers.Where(o => o.Release == selection.Release);
        return await offers.Select(o => new Slot(o.Arch, o.Subarch, o.Label)).Distinct().ToListAsync(cancel);
    }

    private static void CheckLength(string field, string text, FieldErrors errors)
    {
        if (text.Length > MaxName)
            errors.Add(field, SourceRules.TooLong(MaxName, text.Length));
    }

    private static void CheckList(string field, string[]? wanted, IEnumerable<string> offered, FieldErrors errors)
    {
        if (wanted is null || wanted.Contains(All, StringComparer.Ordinal))
            return;
        var missing = wanted.Except(offered, StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
            errors.Add(field, $"No available images to download for [{string.Join(", ", missing.Select(m => $"'{m}'"))}]");
    }

    private sealed record Slot(string Arch, string Subarch, string Label);
}
