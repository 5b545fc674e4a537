using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Racks;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Racks;

/// <summary>What machines boot: list, set, clear. A change reaches the racks that are connected at once.</summary>
internal sealed class AssignmentAdministration(CatalogDatabase catalog, RackSignal signal, TimeProvider time)
{
    /// <summary>All, by target.</summary>
    public async Task<IReadOnlyList<MachineAssignment>> ListAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.MachineAssignments.AsNoTracking().OrderBy(a => a.Target).ToListAsync(cancel);
    }

    /// <summary>The one for a target; null when there is none.</summary>
    public async Task<MachineAssignment?> FindOrNullAsync(string target, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.MachineAssignments.AsNoTracking().FirstOrDefaultAsync(a => a.Target == target, cancel);
    }

    /// <summary>Puts it in place of the one for that target, if there was one.</summary>
    public async Task<MachineAssignment> SetAsync(MachineAssignment assignment, Actor actor, CancellationToken cancel)
    {
        await catalog.ChangeAsync((db, token) => SetAsync(db, assignment, actor, token), cancel);
        signal.Changes.Raise();
        return assignment;
    }

    /// <summary>Removes the one for a target. False when there is none.</summary>
    public async Task<bool> ClearAsync(string target, Actor actor, CancellationToken cancel)
    {
        var found = await catalog.ChangeAsync(
            async (db, token) =>
            {
                if (await db.MachineAssignments.FirstOrDefaultAsync(a => a.Target == target, token) is not { } old)
                    return false;
                db.MachineAssignments.Remove(old);
                AuditTrail.Append(db, time, actor, "boot-assignment.clear", "boot-assignment/" + target, JsonOf(old), null);
                return true;
            },
            cancel);
        if (found)
            signal.Changes.Raise();
        return found;
    }

    /// <summary>The same inside a change that does more.</summary>
    internal async Task SetAsync(CatalogContext db, MachineAssignment assignment, Actor actor, CancellationToken cancel)
    {
        var old = await db.MachineAssignments.FirstOrDefaultAsync(a => a.Target == assignment.Target, cancel);
        var before = old is null ? null : JsonOf(old);
        if (old is null)
            db.MachineAssignments.Add(old = new MachineAssignment { Target = assignment.Target, Mode = assignment.Mode });
        (old.Mode, old.Image, old.Kernel, old.Version) = (assignment.Mode, assignment.Image, assignment.Kernel, assignment.Version);
        (old.KernelParameters, old.Disk, old.Updated) = (assignment.KernelParameters, assignment.Disk, time.GetUtcNow());
        AuditTrail.Append(db, time, actor, "boot-assignment.set", "boot-assignment/" + old.Target, before, JsonOf(old));
    }

    private static JsonObject JsonOf(MachineAssignment a) => new()
    {
        ["mode"] = a.Mode,
        ["image"] = a.Image,
        ["kernel"] = a.Kernel,
        ["version"] = a.Version,
        ["kernel_parameters"] = a.KernelParameters,
        ["disk"] = a.Disk,
    };
}
