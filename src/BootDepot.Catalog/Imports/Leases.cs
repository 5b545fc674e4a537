using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Imports;

/// <summary>Proof that a lease was given: pass it back to renew, confirm or release.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Holder">Who has it.</param>
/// <param name="Generation">Tells this grant from all earlier and later ones.</param>
/// <param name="ExpiresAt">Until when nobody else can have it, unless renewed.</param>
public sealed record LeaseGrant(string Name, string Holder, long Generation, DateTimeOffset ExpiresAt);

/// <summary>
/// Rights that one process has at a time, across all that share the database. A holder renews well before the end;
/// when it dies, the right lapses and the next who asks takes it over.
/// </summary>
/// <remarks>
/// Clocks of several regions differ, and a process may sleep through its end. So a lease only says who may begin; what
/// must not be done by two is confirmed with <see cref="ConfirmAsync"/> in the transaction that does it.
/// </remarks>
public sealed class Leases(CatalogDatabase catalog, TimeProvider time)
{
    /// <summary>Takes the lease when nobody has it; null while someone has, the same holder included.</summary>
    /// <param name="name">What it is about.</param>
    /// <param name="holder">Who asks: unique for each run of a process, not only for each machine.</param>
    /// <param name="duration">How long it is kept without renewal.</param>
    /// <param name="cancellationToken">Gives up waiting for the database.</param>
    public async Task<LeaseGrant?> AcquireOrNullAsync(
        string name,
        string holder,
        TimeSpan duration,
        CancellationToken cancellationToken)
    {
        try
        {
            return await catalog.ChangeAsync(
                async (context, token) =>
                    await TakeOverOrNullAsync(context, name, holder, duration, token)
                        ?? await TakeFirstOrNullAsync(context, name, holder, duration, token),
                cancellationToken);
        }
        catch (DbUpdateException e) when (CatalogDatabase.IsDuplicate(e))
        {
            // Another one made the first row at the same moment.
            return null;
        }
    }

    /// <summary>
    /// Keeps the lease for that much longer from now; null when it was released or someone else has had it since. It can
    /// be renewed after its end as long as nobody took it.
    /// </summary>
    public async Task<LeaseGrant?> RenewOrNullAsync(LeaseGrant grant, TimeSpan duration, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + duration;
        var renewed = await catalog.ChangeAsync(
            (context, token) => Of(context, grant)
                .ExecuteUpdateAsync(set => set.SetProperty(l => l.ExpiresAt, until), token),
            cancellationToken);
        return renewed == 1 ? grant with { ExpiresAt = until } : null;
    }

    /// <summary>Gives it back, so that the next need not wait; nothing happens when it was lost already.</summary>
    public Task ReleaseAsync(LeaseGrant grant, CancellationToken cancellationToken) =>
        catalog.ChangeAsync(
            (context, token) => Of(context, grant).ExecuteUpdateAsync(
                set => set
                    .SetProperty(l => l.ExpiresAt, DateTimeOffset.UnixEpoch)
                    .SetProperty(l => l.Generation, l => l.Generation + 1),
                token),
            cancellationToken);

    /// <summary>Who has it now; null when nobody has.</summary>
    public async Task<LeaseGrant?> CurrentOrNullAsync(string name, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var context = await catalog.CreateDbContextAsync(cancellationToken);
        return await context.Leases
            .Where(l => l.Name == name && l.ExpiresAt > now)
            .Select(l => new LeaseGrant(l.Name, l.Holder, l.Generation, l.ExpiresAt))
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Whether the grant still stands, asked in the transaction that depends on it: until that one ends nobody else can
    /// take the lease. False means: stop, someone else is at it.
    /// </summary>
    public static async Task<bool> ConfirmAsync(CatalogContext context, LeaseGrant grant, CancellationToken cancellationToken) =>
        // A write, even of the same value, so that the row is locked where databases lock rows.
        await Of(context, grant).ExecuteUpdateAsync(set => set.SetProperty(l => l.Holder, l => l.Holder), cancellationToken) == 1;

    private static IQueryable<Lease> Of(CatalogContext context, LeaseGrant grant) =>
        context.Leases.Where(l => l.Name == grant.Name && l.Holder == grant.Holder && l.Generation == grant.Generation);

    private async Task<LeaseGrant?> TakeOverOrNullAsync(
        CatalogContext context,
        string name,
        string holder,
        TimeSpan duration,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var until = now + duration;
        var taken = await context.Leases
            .Where(l => l.Name == name && l.ExpiresAt <= now)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(l => l.Holder, holder)
                    .SetProperty(l => l.Generation, l => l.Generation + 1)
                    .SetProperty(l => l.ExpiresAt, until),
                cancellationToken);
        if (taken == 0)
            return null;
        var generation = await context.Leases.Where(l => l.Name == name).Select(l => l.Generation).SingleAsync(cancellationToken);
        return new LeaseGrant(name, holder, generation, until);
    }

    private async Task<LeaseGrant?> TakeFirstOrNullAsync(
        CatalogContext context,
        string name,
        string holder,
        TimeSpan duration,
        CancellationToken cancellationToken)
    {
        if (await context.Leases.AnyAsync(l => l.Name == name, cancellationToken))
            return null;
        var first = new LeaseGrant(name, holder, Generation: 1, time.GetUtcNow() + duration);
        context.Leases.Add(new Lease
        {
            Name = first.Name,
            Holder = first.Holder,
            Generation = first.Generation,
            ExpiresAt = first.ExpiresAt,
        });
        return first;
    }
}
