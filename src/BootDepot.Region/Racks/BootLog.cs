using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Racks;
using BootDepot.Images.Booting;
using BootDepot.Images.Racks;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Racks;

/// <summary>What of the boot log is asked for; null members leave it open.</summary>
internal sealed record BootLogQuery(string? Machine, string? RackSystemId, string? Result, long? Before, int Limit);

/// <summary>How machines booted, as racks told it. Old records go when there are very many.</summary>
internal sealed class BootLog(CatalogDatabase catalog, AssignmentAdministration assignments, RackSignal signal)
{
    /// <summary>Records that are kept.</summary>
    public const int Kept = 100_000;

    /// <summary>
    /// Keeps records, each in place of the one with its id. A machine that tells of a finished installation boots from its disk
    /// from then on, as long as its assignment was not changed since it began.
    /// </summary>
    public async Task StoreAsync(RackController rack, IReadOnlyList<BootRecord> records, CancellationToken cancel)
    {
        var changed = false;
        await catalog.ChangeAsync(
            async (db, token) =>
            {
                changed = false;
                foreach (var record in records)
                {
                    await KeepAsync(db, rack.Id, record, token);
                    changed |= record.Result == "installed" && await FinishAsync(db, rack, record, token);
                }

                await db.SaveChangesAsync(token);
                var newest = await db.MachineBoots.MaxAsync(b => (long?)b.Id, token) ?? 0;
                await db.MachineBoots.Where(b => b.Id <= newest - Kept).ExecuteDeleteAsync(token);
            },
            cancel);
        if (changed)
            signal.Changes.Raise();
    }

    /// <summary>A page, newest first.</summary>
    public async Task<IReadOnlyList<MachineBoot>> ListAsync(BootLogQuery query, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var boots = db.MachineBoots.AsNoTracking().Include(b => b.Rack).AsQueryable();
        if (query.Machine is { } machine)
            boots = boots.Where(b => b.Machine == machine);
        if (query.RackSystemId is { } id)
            boots = boots.Where(b => b.Rack!.SystemId == id);
        if (query.Result is { } result)
            boots = boots.Where(b => b.Result == result);
        if (query.Before is { } before)
            boots = boots.Where(b => b.Id < before);
        return await boots.OrderByDescending(b => b.Id).Take(query.Limit).ToListAsync(cancel);
    }

    private static async Task KeepAsync(CatalogContext db, int rackId, BootRecord record, CancellationToken cancel)
    {
        var kept = db.MachineBoots.Local.FirstOrDefault(b => b.RecordId == record.Id)
            ?? await db.MachineBoots.FirstOrDefaultAsync(b => b.RecordId == record.Id, cancel);
        if (kept is not null && kept.RackId != rackId)
            return; // one rack cannot rewrite what another told
        if (kept is null)
            db.MachineBoots.Add(kept = new MachineBoot { RecordId = record.Id, RackId = rackId, Address = "", Result = "", Document = "" });
        kept.Machine = record.Machine?.ToString();
        kept.Address = Short(record.Address, MaxLengths.Name);
        kept.Started = record.Started;
        kept.Ended = record.Ended;
        kept.Result = Short(record.Result, MaxLengths.Code);
        kept.Document = JsonSerializer.Serialize(record, RackWire.Default.BootRecord);
    }

    private async Task<bool> FinishAsync(CatalogContext db, RackController rack, BootRecord record, CancellationToken cancel)
    {
        if (record.Machine is not { } machine)
            return false;
        var own = await db.MachineAssignments.AsNoTracking().FirstOrDefaultAsync(a => a.Target == machine.ToString(), cancel);
        if (own is not null && (own.Mode != RackWords.Of(BootMode.Install) || own.Updated > record.Started))
            return false;
        await assignments.SetAsync(
            db, new MachineAssignment { Target = machine.ToString(), Mode = RackWords.Of(BootMode.Local) }, new Actor("rack:" + rack.Name), cancel);
        return true;
    }

    private static string Short(string text, int length) => text.Length <= length ? text : text[..length];
}
