using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Data.Sqlite;

namespace BootDepot.Catalog.Sqlite;

/// <summary>
/// What all migrations together come to, as <c>eng/migrate</c> wrote it down in <c>Schema.sql</c>. A new file is made from it in one step; to
/// carry out one migration after another took a third of a region's first start.
/// </summary>
internal static class SqliteBaseline
{
    private const string History = "__EFMigrationsHistory";

    /// <summary>Makes the schema if the file has nothing at all. False: it has something, which is for the migrator.</summary>
    public static async Task<bool> MakeIfEmptyAsync(CatalogOptions options, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(SqliteEngine.ConnectionString(options));
        await connection.OpenAsync(cancellationToken);
        if (Read(connection, "SELECT name FROM sqlite_master").Any())
            return false;
        // WAL: readers do not wait for the writer nor the writer for them. The mode is kept in the file.
        await ExecuteAsync(connection, "PRAGMA journal_mode = WAL", cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, Script(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The script that would make the schema of an open database, history of migrations included.</summary>
    public static string Describe(SqliteConnection connection)
    {
        var script = new StringBuilder();
        var definitions = Read(connection, """
            SELECT sql FROM sqlite_master
            WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> '__EFMigrationsLock'
            ORDER BY type = 'index', name
            """);
        foreach (var definition in definitions)
            script.Append(definition.ReplaceLineEndings("\n")).Append(";\n\n");
        foreach (var row in Read(connection, $"""SELECT "MigrationId" || ''', ''' || "ProductVersion" FROM "{History}" ORDER BY 1"""))
            script.Append("INSERT INTO \"").Append(History).Append("\" VALUES ('").Append(row).Append("');\n");
        return script.ToString();
    }

    /// <summary><c>Schema.sql</c>.</summary>
    public static string Script()
    {
        using var resource = typeof(SqliteBaseline).Assembly.GetManifestResourceStream(typeof(SqliteBaseline), "Schema.sql")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Read(SqliteConnection connection, string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return reader.GetString(0);
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string text, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
