using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Sources;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Sources;

/// <summary>Boot sources: list, add, change, remove.</summary>
internal sealed class SourceAdministration(CatalogDatabase catalog, SourceWatch watch, TimeProvider time)
{
    private const string Model = "BootSource";

    /// <summary>All sources, by id.</summary>
    public async Task<IReadOnlyList<BootSource>> ListAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.BootSources.AsNoTracking().OrderBy(s => s.Id).ToListAsync(cancel);
    }

    /// <summary>One source; null when there is none.</summary>
    public async Task<BootSource?> FindOrNullAsync(int? id, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return id is null ? null : await db.BootSources.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, cancel);
    }

    /// <summary>Adds a source. Its URL is not fetched here.</summary>
    /// <param name="draft">What it shall be.</param>
    /// <param name="errors">What is known to be wrong with the form already.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancel">Stops the work.</param>
    public async Task<EditOutcome<BootSource>> CreateAsync(
        SourceDraft draft, FieldErrors errors, Actor actor, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var outcome = await catalog.ChangeAsync<EditOutcome<BootSource>>(
            async (db, token) =>
            {
                var source = new BootSource { Url = "", Name = "", Created = now, Updated = now };
                source.SkipKeyringVerification = draft.Url?.EndsWith(".json", StringComparison.Ordinal) == true;
                source.Priority = (await db.BootSources.MaxAsync(s => (int?)s.Priority, token) ?? 0) + 1;
                SourceRules.Apply(draft, source, errors);
                await SourceRules.CheckUniqueAsync(db, source, errors, token);
                if (!errors.IsEmpty)
                    return new EditOutcome<BootSource>.Invalid(errors);
                db.BootSources.Add(source);
                await db.SaveChangesAsync(token);
                AuditTrail.Append(db, time, actor, "boot-source.create", SubjectOf(source), null, ToJson(source));
                return new EditOutcome<BootSource>.Done(source);
            },
            cancel);
        Announce(outcome);
        return outcome;
    }

    /// <summary>Changes the members of a source that the draft has.</summary>
    /// <inheritdoc cref="CreateAsync" path="/param"/>
    public async Task<EditOutcome<BootSource>> UpdateAsync(
        int? id, SourceDraft draft, FieldErrors errors, Func<DateTimeOffset, bool>? isAsSeen, Actor actor, CancellationToken cancel)
    {
        var outcome = await catalog.ChangeAsync<EditOutcome<BootSource>>(
            async (db, token) =>
            {
                if (id is null || await db.BootSources.FirstOrDefaultAsync(s => s.Id == id, token) is not { } source)
                    return new EditOutcome<BootSource>.Missing(Model);
                if (isAsSeen?.Invoke(source.Updated) == false)
                    return new EditOutcome<BootSource>.Changed();
                var before = ToJson(source);
                var url = source.Url;
                SourceRules.Apply(draft, source, errors);
                await SourceRules.CheckUniqueAsync(db, source, errors, token);
                if (!errors.IsEmpty)
                {
                    db.ChangeTracker.Clear();
                    return new EditOutcome<BootSource>.Invalid(errors);
                }

                source.Updated = time.GetUtcNow();
                if (source.Url != url)
                    await ForgetContentAsync(db, source, token);
                AuditTrail.Append(db, time, actor, "boot-source.update", SubjectOf(source), before, ToJson(source));
                return new EditOutcome<BootSource>.Done(source);
            },
            cancel);
        Announce(outcome);
        return outcome;
    }

    /// <summary>
    /// Removes a source with its selections. What was imported through them goes with the next import, when nothing else
    /// selects it.
    /// </summary>
    public async Task<bool> DeleteAsync(int? id, Actor actor, CancellationToken cancel)
    {
        var found = await catalog.ChangeAsync(
            async (db, token) =>
            {
                if (id is null || await db.BootSources.FirstOrDefaultAsync(s => s.Id == id, token) is not { } source)
                    return false;
                db.BootSources.Remove(source);
                AuditTrail.Append(db, time, actor, "boot-source.delete", SubjectOf(source), ToJson(source), null);
                return true;
            },
            cancel);
        if (found)
            watch.Signal();
        return found;
    }

    // Another URL is another stream: what the old one offered says nothing about it.
    private static async Task ForgetContentAsync(CatalogContext db, BootSource source, CancellationToken cancel)
    {
        await db.Offers.Where(o => o.BootSourceId == source.Id).ExecuteDeleteAsync(cancel);
        await db.SourceDocuments.Where(d => d.BootSourceId == source.Id).ExecuteDeleteAsync(cancel);
        (source.CheckedAt, source.VerifiedAt, source.SignedBy) = (null, null, null);
        (source.ProblemCode, source.ProblemMessage) = (null, null);
    }

    private void Announce(EditOutcome<BootSource> outcome)
    {
        if (outcome is EditOutcome<BootSource>.Done)
            watch.Signal();
    }

    private static string SubjectOf(BootSource source) => $"boot-source/{source.Id}";

    private static JsonObject ToJson(BootSource source) => new()
    {
        ["url"] = UrlText.WithoutPassword(source.Url),
        ["name"] = source.Name,
        ["priority"] = source.Priority,
        ["enabled"] = source.Enabled,
        ["skip_keyring_verification"] = source.SkipKeyringVerification,
        ["keyring_filename"] = source.KeyringFilename,
        ["keyring_data_bytes"] = source.KeyringData.Length,
    };
}
