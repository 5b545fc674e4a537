using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Users;
using BootDepot.CatalogBench;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

// start FILE: what a start on SQLite costs. lists FILE: everything else, on SQLite and PostgreSQL.
// Wall time is what a user waits; processor time is what stays true on a busy machine.
var none = CancellationToken.None;
var clock = Stopwatch.StartNew();
if (args[0] == "start")
    await StartAsync();
else
    await CompareAsync();

async Task StartAsync()
{
    using var catalog = new CatalogDatabase(CatalogOptions.Sqlite(args[1]));
    await catalog.EnsureReadyAsync(none);
    Since("ready");
    await using (var context = await catalog.CreateDbContextAsync(none))
        await context.ApiKeys.AsNoTracking().Include(k => k.User).Where(k => k.TokenKey == "x").ToListAsync(none);
    Since("first query");
    await catalog.ChangeAsync(AddUserAsync, none);
    Since("first change");
}

async Task CompareAsync()
{
    var sqlite = await Measurements.RunAsync(CatalogOptions.Sqlite(args[1]), none);
    var server = await PostgresServer.StartAsync(syncs: true);
    try
    {
        var postgres = await Measurements.RunAsync(CatalogOptions.Postgres(server.ConnectionTo(await server.CreateDatabaseAsync())), none);
        Console.WriteLine("| | SQLite: p50 ms | p95 ms | CPU ms | PostgreSQL: p50 ms | p95 ms | CPU ms |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (var i = 0; i < sqlite.Count; i++)
            Console.WriteLine($"| {sqlite[i].What} | {sqlite[i]} | {postgres[i]} |");
        Console.WriteLine();
        Console.WriteLine($"Resident at the end: {Environment.WorkingSet >> 20} MiB.");
    }
    finally
    {
        await server.StopAsync();
    }
}

static Task AddUserAsync(CatalogContext context, CancellationToken cancellationToken)
{
    context.Add(new User { Username = Guid.NewGuid().ToString() });
    return Task.CompletedTask;
}

void Since(string what) =>
    Console.WriteLine($"- {what}: wall {clock.ElapsedMilliseconds} ms, CPU {Environment.CpuUsage.TotalTime.TotalMilliseconds:0} ms with the runtime's start");
