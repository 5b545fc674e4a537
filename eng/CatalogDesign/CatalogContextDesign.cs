using System;
using System.IO;
using BootDepot.Catalog;
using BootDepot.Catalog.Postgres;
using BootDepot.Catalog.Sqlite;
using Microsoft.EntityFrameworkCore.Design;

namespace BootDepot.CatalogDesign;

/// <summary>The context as the tools see it: without the compiled model, which they are about to write. Connects to nothing.</summary>
internal sealed class CatalogContextDesign : IDesignTimeDbContextFactory<CatalogContext>
{
    public CatalogContext CreateDbContext(string[] args) => args is ["postgres"]
        ? new(new PostgresEngine(CatalogOptions.Postgres("Host=localhost;Database=design")).ContextOptions)
        : new(SqliteEngine.OptionsFor(CatalogOptions.Sqlite(Path.Combine(Path.GetTempPath(), "design.db")), model: null));

    private static void Main() => Console.Error.WriteLine("Run eng/migrate NAME.");
}
