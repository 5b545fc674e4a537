using System;
using System.IO;
using BootDepot.Catalog;
using BootDepot.Catalog.Postgres;
using BootDepot.Catalog.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace BootDepot.CatalogDesign;

/// <summary>The context as the tools see it: without the compiled model, which they are about to write. Connects to nothing.</summary>
internal sealed class CatalogContextDesign : IDesignTimeDbContextFactory<CatalogContext>
{
    public CatalogContext CreateDbContext(string[] args) => args is ["postgres"]
        ? new(new PostgresEngine(CatalogOptions.Postgres("Host=localhost;Database=design")).ContextOptions)
        : new(SqliteEngine.OptionsFor(CatalogOptions.Sqlite(Path.Combine(Path.GetTempPath(), "design.db")), model: null));

    private static int Main(string[] args)
    {
        if (args is not ["schema", var file])
        {
            Console.Error.WriteLine("Run eng/migrate NAME.");
            return 2;
        }

        var scratch = CatalogOptions.Sqlite(Path.Combine(Directory.CreateTempSubdirectory().FullName, "design.db"));
        using var context = new CatalogContext(SqliteEngine.OptionsFor(scratch, model: null));
        context.Database.Migrate();
        context.Database.OpenConnection();
        File.WriteAllText(file, SqliteBaseline.Describe((SqliteConnection)context.Database.GetDbConnection()));
        return 0;
    }
}
