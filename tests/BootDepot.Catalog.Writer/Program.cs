using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Imports;
using Microsoft.EntityFrameworkCore;

using var catalog = new CatalogDatabase(args[1].Contains('=', StringComparison.Ordinal) ? CatalogOptions.Postgres(args[1]) : CatalogOptions.Sqlite(args[1]));
switch (args[0])
{
    case "batches":
        await WriteBatchesAsync();
        break;
    case "turns":
        await TakeTurnsAsync(rounds: int.Parse(args[2], CultureInfo.InvariantCulture));
        break;
    default:
        throw new InvalidOperationException("Say: batches DATABASE, or turns DATABASE ROUNDS.");
}

// Until it is killed: batches of ten rows, each in one change; the number of a batch is printed once it is committed.
async Task WriteBatchesAsync()
{
    for (var batch = 0; ; batch++)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"batch/{batch}");
        await catalog.ChangeAsync(
            async (context, token) =>
            {
                for (var i = 0; i < 10; i++)
                {
                    AuditTrail.Append(context, TimeProvider.System, Actor.System, "test.write", subject, before: null, after: null);
                    await context.SaveChangesAsync(token);
                }
            },
            CancellationToken.None);
        Console.WriteLine(batch);
    }
}

// Adds one to a counter, read and written in two separate steps, so that only the lease keeps a count from being lost.
async Task TakeTurnsAsync(int rounds)
{
    var leases = new Leases(catalog, TimeProvider.System);
    var me = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    for (var done = 0; done < rounds;)
    {
        if (await leases.AcquireOrNullAsync("turn", me, TimeSpan.FromMinutes(5), CancellationToken.None) is not { } grant)
        {
            await Task.Yield();
            continue;
        }

        await using (var context = await catalog.CreateDbContextAsync())
        {
            var row = await context.Settings.SingleAsync(s => s.Name == "counter");
            var count = int.Parse(row.Value, CultureInfo.InvariantCulture);
            await Task.Yield();
            row.Value = (count + 1).ToString(CultureInfo.InvariantCulture);
            await context.SaveChangesAsync();
        }

        await leases.ReleaseAsync(grant, CancellationToken.None);
        done++;
    }
}
