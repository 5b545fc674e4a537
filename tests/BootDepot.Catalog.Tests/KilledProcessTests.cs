using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Catalog.Settings;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Tests;

/// <summary>Real processes: killed in the middle of a change, and racing for a lease.</summary>
public sealed class KilledProcessTests
{
    [Theory]
    [InlineData(CatalogKind.Sqlite)]
    [InlineData(CatalogKind.Postgres)]
    public async Task After_kill_9_in_mid_change_every_change_is_there_whole_or_not_at_all(CatalogKind kind)
    {
        await using var fixture = await CatalogFixture.CreateAsync(kind);
        var random = new Random(20260102);
        for (var round = 0; round < 4; round++)
        {
            await fixture.Database.ChangeAsync((c, t) => c.Events.ExecuteDeleteAsync(t), TestContext.Current.CancellationToken);
            var committed = await KillAfterAsync(fixture, batches: random.Next(1, 40), spins: random.Next(2_000_000));

            using var reopened = new CatalogDatabase(fixture.Options);
            await reopened.EnsureReadyAsync(TestContext.Current.CancellationToken);
            await using var context = reopened.CreateDbContext();
            var batches = await context.Events
                .GroupBy(e => e.Subject)
                .Select(g => new { g.Key, Rows = g.Count() })
                .ToListAsync(TestContext.Current.CancellationToken);

            batches.ShouldAllBe(b => b.Rows == 10);
            // What was acknowledged is there; the one after it may have been committed but not yet told.
            batches.Count.ShouldBeInRange(committed + 1, committed + 2);
        }
    }

    [Theory]
    [InlineData(CatalogKind.Sqlite)]
    [InlineData(CatalogKind.Postgres)]
    public async Task Processes_that_take_turns_by_a_lease_never_have_it_together(CatalogKind kind)
    {
        await using var fixture = await CatalogFixture.CreateAsync(kind);
        await fixture.Database.ChangeAsync(
            (c, _) =>
            {
                c.Settings.Add(new Setting { Name = "counter", Value = "0" });
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken);

        var processes = Enumerable.Range(0, 2).Select(_ => Start("turns", fixture, "40")).ToList();
        foreach (var process in processes)
        {
            var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            process.ExitCode.ShouldBe(0, errors);
            process.Dispose();
        }

        await using var context = fixture.Database.CreateDbContext();
        (await context.Settings.SingleAsync(TestContext.Current.CancellationToken)).Value.ShouldBe("80");
    }

    /// <summary>Number of the last batch that the process said was committed.</summary>
    private static async Task<int> KillAfterAsync(CatalogFixture fixture, int batches, int spins)
    {
        using var process = Start("batches", fixture);
        var last = -1;
        while (last < batches && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            last = int.Parse(line, CultureInfo.InvariantCulture);
        // Somewhere in the middle of a later batch.
        System.Threading.Thread.SpinWait(spins);
        process.Kill();
        var rest = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        foreach (var line in rest.Split('\n').SkipLast(1))
            last = int.Parse(line, CultureInfo.InvariantCulture);
        last.ShouldBeGreaterThanOrEqualTo(batches);
        return last;
    }

    private static Process Start(string what, CatalogFixture fixture, params string[] more)
    {
        // Beside this project's output, built in the same configuration.
        var program = Path.GetFullPath(AppContext.BaseDirectory.Replace(
            "BootDepot.Catalog.Tests" + Path.DirectorySeparatorChar,
            "BootDepot.Catalog.Writer" + Path.DirectorySeparatorChar,
            StringComparison.Ordinal)) + "BootDepot.Catalog.Writer";
        return Process.Start(new ProcessStartInfo(program, [what, fixture.Options.SqliteFile ?? fixture.Options.PostgresConnection!, .. more])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
