using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Sources;
using BootDepot.Region.Api.Answers;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Sources;

/// <summary>Selections of boot sources: list, add, change, remove. None of it starts an import.</summary>
internal sealed class SelectionAdministration(CatalogDatabase catalog, SourceWatch watch, TimeProvider time)
{
    private const string Model = "BootSourceSelection";

    /// <summary>The selections of a source, by id; null when there is no such source.</summary>
    public async Task<IReadOnlyList<BootSourceSelection>?> ListOrNullAsync(int? sourceId, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        if (sourceId is null || !await db.BootSources.AnyAsync(s => s.Id == sourceId, cancel))
            return null;
        return await db.Selections.AsNoTracking().Where(s => s.BootSourceId == sourceId).OrderBy(s => s.Id).ToListAsync(cancel);
    }

    /// <summary>One selection of a source.</summary>
    public async Task<EditOutcome<BootSourceSelection>> FindAsync(int? sourceId, int? id, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await FindAsync(db, sourceId, id, cancel);
    }

    /// <summary>Adds a selection of something that the source offers.</summary>
    public async Task<EditOutcome<BootSourceSelection>> CreateAsync(
        int? sourceId, SelectionDraft draft, Actor actor, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var outcome = await catalog.ChangeAsync<EditOutcome<BootSourceSelection>>(
            async (db, token) =>
            {
                if (sourceId is not { } source || !await db.BootSources.AnyAsync(s => s.Id == source, token))
                    return new EditOutcome<BootSourceSelection>.Missing("BootSource");
                var selection = new BootSourceSelection { BootSourceId = source, Os = "", Release = "", Created = now };
                // What was not sent is checked as empty: a selection of nothing is refused.
                if (await ApplyAsync(db, draft with { Os = draft.Os ?? "", Release = draft.Release ?? "" }, selection, token) is { } refusal)
                    return refusal;
                db.Selections.Add(selection);
                await db.SaveChangesAsync(token);
                AuditTrail.Append(db, time, actor, "boot-source-selection.create", SubjectOf(selection), null, ToJson(selection));
                return new EditOutcome<BootSourceSelection>.Done(selection);
            },
            cancel);
        Announce(outcome);
        return outcome;
    }

    /// <summary>Changes the members that the draft has; a list is replaced as a whole.</summary>
    public async Task<EditOutcome<BootSourceSelection>> UpdateAsync(
        int? sourceId, int? id, SelectionDraft draft, Actor actor, CancellationToken cancel)
    {
        var outcome = await catalog.ChangeAsync<EditOutcome<BootSourceSelection>>(
            async (db, token) =>
            {
                if (await FindAsync(db, sourceId, id, token) is not EditOutcome<BootSourceSelection>.Done found)
                    return new EditOutcome<BootSourceSelection>.Missing(Model);
                var selection = found.Value;
                db.Selections.Attach(selection);
                var before = ToJson(selection);
                if (await ApplyAsync(db, draft, selection, token) is { } refusal)
                {
                    db.ChangeTracker.Clear();
                    return refusal;
                }

                AuditTrail.Append(db, time, actor, "boot-source-selection.update", SubjectOf(selection), before, ToJson(selection));
                return new EditOutcome<BootSourceSelection>.Done(selection);
            },
            cancel);
        Announce(outcome);
        return outcome;
    }

    /// <summary>Removes a selection; what came through it goes with the next import. False when there is none.</summary>
    public async Task<bool> DeleteAsync(int? sourceId, int? id, Actor actor, CancellationToken cancel)
    {
        var found = await catalog.ChangeAsync(
            async (db, token) =>
            {
                if (await FindAsync(db, sourceId, id, token) is not EditOutcome<BootSourceSelection>.Done { Value: var selection })
                    return false;
                db.Selections.Remove(selection);
                AuditTrail.Append(db, time, actor, "boot-source-selection.delete", SubjectOf(selection), ToJson(selection), null);
                return true;
            },
            cancel);
        if (found)
            watch.Signal();
        return found;
    }

    private static async Task<EditOutcome<BootSourceSelection>> FindAsync(
        CatalogContext db, int? sourceId, int? id, CancellationToken cancel) =>
        sourceId is not null && id is not null
        && await db.Selections.AsNoTracking().FirstOrDefaultAsync(s => s.BootSourceId == sourceId && s.Id == id, cancel) is { } found
            ? new EditOutcome<BootSourceSelection>.Done(found)
            : new EditOutcome<BootSourceSelection>.Missing(Model);

    // Null: applied.
    private async Task<EditOutcome<BootSourceSelection>?> ApplyAsync(
        CatalogContext db, SelectionDraft draft, BootSourceSelection selection, CancellationToken cancel)
    {
        selection.Os = draft.Os ?? selection.Os;
        selection.Release = draft.Release ?? selection.Release;
        selection.Arches = draft.Arches?.ToList() ?? selection.Arches;
        selection.Subarches = draft.Subarches?.ToList() ?? selection.Subarches;
        selection.Labels = draft.Labels?.ToList() ?? selection.Labels;
        selection.Updated = time.GetUtcNow();
        var errors = await SelectionRules.CheckAsync(db, draft, selection, cancel);
        if (!errors.IsEmpty)
            return new EditOutcome<BootSourceSelection>.Invalid(errors);
        var taken = await db.Selections.AnyAsync(
            s => s.BootSourceId == selection.BootSourceId && s.Id != selection.Id && s.Os == selection.Os
                && s.Release == selection.Release,
            cancel);
        return taken
            ? new EditOutcome<BootSourceSelection>.Taken(FieldErrors.Of(
                FieldErrors.WholeForm, "Boot source selection with this Boot source, Os and Release already exists."))
            : null;
    }

    private void Announce(EditOutcome<BootSourceSelection> outcome)
    {
        if (outcome is EditOutcome<BootSourceSelection>.Done)
            watch.Signal();
    }

    private static string SubjectOf(BootSourceSelection selection) =>
        $"boot-source/{selection.BootSourceId}/selection/{selection.Id}";

    private static JsonObject ToJson(BootSourceSelection selection) => new()
    {
        ["os"] = selection.Os,
        ["release"] = selection.Release,
        ["arches"] = ListOf(selection.Arches),
        ["subarches"] = ListOf(selection.Subarches),
        ["labels"] = ListOf(selection.Labels),
    };

    private static JsonArray ListOf(IEnumerable<string> values) => [.. values.Select(v => JsonValue.Create(v))];
}
