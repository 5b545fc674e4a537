using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Tests;

/// <summary>The contract on PostgreSQL.</summary>
public sealed class PostgresCatalogTests : CatalogContract
{
    protected override Task<CatalogFixture> CreateAsync() => CatalogFixture.CreateAsync(CatalogKind.Postgres);

    protected override async Task ShouldUseAnIndexAsync(Func<CatalogContext, IQueryable<object>> query)
    {
        await using var context = await Catalog.CreateDbContextAsync(Token);
        await context.Database.OpenConnectionAsync(Token);
        await using var command = query(context).CreateDbCommand();
        // The question is whether an index can answer, not whether one pays for the few rows of a test.
        command.CommandText = "SET enable_seqscan = off; EXPLAIN " + command.CommandText;
        var plan = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(Token);
        while (await reader.ReadAsync(Token))
            plan.Add(reader.GetString(0));
        plan.ShouldContain(l => l.Contains("Index", StringComparison.Ordinal), string.Join("\n", plan));
        plan.ShouldNotContain(l => l.Contains("Seq Scan", StringComparison.Ordinal), string.Join("\n", plan));
    }
}
