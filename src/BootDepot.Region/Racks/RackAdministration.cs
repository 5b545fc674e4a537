using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Racks;
using BootDepot.Images;
using BootDepot.Images.Racks;
using BootDepot.Region.Imports;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Racks;

/// <summary>Racks: list, change, remove, ask to import.</summary>
internal sealed class RackAdministration(
    CatalogDatabase catalog, RackDigests digests, RackPresence presence, StreamMark stream, ImportControl imports, RackSignal signal, TimeProvider time)
{
    /// <summary>All racks, by name.</summary>
    public async Task<IReadOnlyList<RackFacts>> ListAsync(CancellationToken cancel)
    {
        var racks = await digests.ReadAsync(cancel);
        if (racks.Count == 0)
            return [];
        var mark = await MarkOrNullAsync(racks.Select(r => r.Row), cancel);
        var isImporting = await imports.IsImportingAsync(cancel);
        return [.. racks.Select(r => RackFacts.Of(r.Row, r.Digest, presence, mark, isImporting))];
    }

    /// <summary>The rack of that system id, cluster UUID or name; null when there is none.</summary>
    public async Task<RackFacts?> FindOrNullAsync(string id, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await FindOrNullAsync(db.Racks.AsNoTracking(), id, cancel) is { } rack ? (await FactsAsync([rack], cancel))[0] : null;
    }

    /// <summary>Changes a rack; null when there is none of that name. Refusals: <c>rack-name-unusable</c>, <c>rack-name-taken</c>.</summary>
    public async Task<Outcome<RackFacts>?> UpdateAsync(string id, RackDraft draft, Actor actor, CancellationToken cancel)
    {
        var outcome = await catalog.ChangeAsync<Outcome<RackController>?>(
            async (db, token) =>
            {
                if (await FindOrNullAsync(db.Racks, id, token) is not { } rack)
                    return null;
                if (draft.Name is { } name && name != rack.Name)
                {
                    if (!SafeName.IsSafe(name))
                        return RackAdmission.NameUnusable(name);
                    if (await db.Racks.AnyAsync(r => r.Name == name && r.Id != rack.Id, token))
                        return new Fault("rack-name-taken", $"Another rack is named '{name}'.");
                }

                var before = JsonOf(rack);
                var policy = draft.ApplyTo(RackFacts.PolicyOf(rack));
                rack.Name = draft.Name ?? rack.Name;
                rack.Mode = RackWords.Of(policy.Mode);
                rack.Policy = JsonSerializer.Serialize(policy, RackWire.Default.RackPolicy);
                AuditTrail.Append(db, time, actor, "rack.update", "rack/" + rack.SystemId, before, JsonOf(rack));
                return rack;
            },
            cancel);
        signal.Changes.Raise();
        return outcome switch
        {
            null => null,
            Outcome<RackController>.Refused refused => refused.Fault,
            Outcome<RackController>.Done done => (await FactsAsync([done.Value], cancel))[0],
            _ => throw new InvalidOperationException("An outcome is done or refused."),
        };
    }

    /// <summary>Removes a rack: its key opens nothing any more. What it holds stays on its disk. False when there is none.</summary>
    public async Task<bool> DeleteAsync(string id, Actor actor, CancellationToken cancel)
    {
        var found = await catalog.ChangeAsync(
            async (db, token) =>
            {
                if (await FindOrNullAsync(db.Racks, id, token) is not { } rack)
                    return false;
                db.Racks.Remove(rack);
                AuditTrail.Append(db, time, actor, "rack.delete", "rack/" + rack.SystemId, JsonOf(rack), null);
                return true;
            },
            cancel);
        signal.Changes.Raise();
        return found;
    }

    /// <summary>Asks one rack, or all of them, to copy now, windows or not. Null when there is no such rack.</summary>
    public async Task<string?> RequestImportAsync(string? id, CancellationToken cancel)
    {
        var name = await catalog.ChangeAsync<string?>(
            async (db, token) =>
            {
                if (id is null)
                {
                    await db.Racks.ExecuteUpdateAsync(r => r.SetProperty(x => x.ImportRequests, x => x.ImportRequests + 1), token);
                    return "";
                }

                if (await FindOrNullAsync(db.Racks, id, token) is not { } rack)
                    return null;
                rack.ImportRequests++;
                return rack.Name;
            },
            cancel);
        signal.Changes.Raise();
        return name;
    }

    private static Task<RackController?> FindOrNullAsync(IQueryable<RackController> racks, string id, CancellationToken cancel)
    {
        var uuid = id.ToLowerInvariant();
        return racks.OrderBy(r => r.SystemId == id ? 0 : 1)
            .FirstOrDefaultAsync(r => r.SystemId == id || r.Uuid == uuid || r.Name == id, cancel);
    }

    private async Task<IReadOnlyList<RackFacts>> FactsAsync(List<RackController> racks, CancellationToken cancel)
    {
        if (racks.Count == 0)
            return [];
        var mark = await MarkOrNullAsync(racks, cancel);
        var isImporting = await imports.IsImportingAsync(cancel);
        return [.. racks.Select(r => RackFacts.Of(r, presence, mark, isImporting))];
    }

    // Of a rack that is not heard of nothing can be said, and making the stream costs as much memory as it has bytes. One that is there has
    // asked for it, or is about to.
    private async Task<string?> MarkOrNullAsync(IEnumerable<RackController> racks, CancellationToken cancel) =>
        racks.Any(presence.IsConnected) ? await stream.ReadAsync(cancel) : null;

    private static JsonObject JsonOf(RackController rack) => new()
    {
        ["name"] = rack.Name,
        ["mode"] = rack.Mode,
        ["policy"] = JsonNode.Parse(rack.Policy),
    };
}
