using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Tests;

/// <summary>The contract on SQLite.</summary>
public sealed class SqliteCatalogTests : CatalogContract
{
    protected override Task<CatalogFixture> CreateAsync() => CatalogFixture.CreateAsync();

    protected override async Task ShouldUseAnIndexAsync(Func<CatalogContext, IQueryable<object>> query)
    {
        await using var context = await Catalog.CreateDbContextAsync(Token);
        var sql = query(context).ToQueryString();
        // Parameters are printed before the query; a plan does not need their values.
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql[sql.IndexOf("SELECT", StringComparison.Ordinal)..];
        foreach (var name in new[] { "@digest", "@__digest_0" }.Where(n => command.CommandText.Contains(n, StringComparison.Ordinal)))
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = "";
            command.Parameters.Add(parameter);
        }

        await context.Database.OpenConnectionAsync(Token);
        var steps = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(Token);
        while (await reader.ReadAsync(Token))
            steps.Add(Convert.ToString(reader["detail"], CultureInfo.InvariantCulture)!);
        steps.ShouldAllBe(s => s.StartsWith("SEARCH", StringComparison.Ordinal), string.Join("; ", steps));
    }
}
