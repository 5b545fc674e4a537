using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Users;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

// Wall time is what a user waits; processor time is what stays true on a busy machine.
var none = CancellationToken.None;
var options = CatalogOptions.Sqlite(args[1]);
var clock = Stopwatch.StartNew();
using var catalog = new CatalogDatabase(options);
if (args[0] == "start")
    await StartAsync();
else
    await ListsAsync();

async Task StartAsync()
{
    await catalog.EnsureReadyAsync(none);
    Since("ready");
    await using (var context = await catalog.CreateDbContextAsync(none))
        await context.ApiKeys.AsNoTracking().Include(k => k.User).Where(k => k.TokenKey == "x").ToListAsync(none);
    Since("first query");
    await catalog.ChangeAsync(AddUserAsync, none);
    Since("first change");
}

async Task ListsAsync()
{
    await catalog.EnsureReadyAsync(none);
    await LargeCatalog.FillAsync(options, resources: 10_000, filesPerSet: 20, none);
    await MeasureAsync("list of 10,000", 200, c => ResourceList.ListAsync(c, kind: null, none));
    await MeasureAsync("one resource", 400, c => ResourceList.ReadOrNullAsync(c, 500, none));
    await MeasureAsync("who uses a blob", 400, c => c.Files.CountAsync(f => f.Sha256 == "00", none));
    await MeasureAsync("all digests", 20, c => c.Files.Select(f => f.Sha256).Distinct().ToListAsync(none));
    await MeasureAsync("published sets, 200,000 files", 8, _ => catalog.SnapshotAsync(
        async (context, token) =>
        {
            var files = 0;
            await foreach (var set in PublishedSets.ReadAsync(context, token))
                files += set.Files.Count;
            return files;
        },
        none));
    await MeasureAsync("change, synced to disk", 200, _ => catalog.ChangeAsync(
        (c, t) => c.Files.Where(f => f.Id == 7).ExecuteUpdateAsync(s => s.SetProperty(f => f.StoredAt, DateTimeOffset.UnixEpoch), t),
        none));
    Console.WriteLine($"resident {Environment.WorkingSet / 1e6,8:0} MB");
}

static Task AddUserAsync(CatalogContext context, CancellationToken cancellationToken)
{
    context.Add(new User { Username = Guid.NewGuid().ToString() });
    return Task.CompletedTask;
}

void Since(string what) =>
    Console.WriteLine($"{what,-30} wall {clock.ElapsedMilliseconds,6} ms   cpu {Environment.CpuUsage.TotalTime.TotalMilliseconds,6:0} ms, with the runtime's start");

async Task MeasureAsync(string what, int times, Func<CatalogContext, Task> run)
{
    var walls = new List<double>(times);
    var cpu = TimeSpan.Zero;
    for (var i = 0; i < times; i++)
    {
        // The first quarter warms up.
        if (i == times / 4)
            cpu = Environment.CpuUsage.TotalTime;
        var began = Stopwatch.GetTimestamp();
        await using (var context = await catalog.CreateDbContextAsync(none))
            await run(context);
        walls.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    var warm = walls.Skip(times / 4).Order().ToList();
    var each = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / warm.Count;
    Console.WriteLine($"{what,-30} p50 {warm[warm.Count / 2],8:0.00} ms   p95 {warm[(int)(warm.Count * 0.95)],8:0.00} ms   cpu {each,8:0.00} ms");
}
