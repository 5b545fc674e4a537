using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Engines;
using BootDepot.Images;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Sqlite;

/// <summary>Brings the file's schema to what this program knows, or refuses.</summary>
internal static class SqliteSchema
{
    // https://www.sqlite.org/rescode.html
    private const int Error = 1;
    private const int Corrupt = 11;
    private const int CannotOpen = 14;
    private const int ReadOnly = 8;
    private const int NotADatabase = 26;

    /// <summary>
    /// Creates or migrates the database when needed. When nothing is to be done this costs one small read: the
    /// migrator itself builds the whole design-time model first.
    /// </summary>
    /// <exception cref="CatalogException">The file cannot be used; the fault says why.</exception>
    public static async Task EnsureAsync(CatalogDatabase catalog, CatalogOptions options, CancellationToken cancellationToken)
    {
        var file = options.SqliteFile!;
        try
        {
            SqliteEngine.CreateFileIfMissing(file);
            if (IsCurrent(options))
                return;
            await using (await LockAsync(file, options.BusyTimeout, cancellationToken))
            {
                if (!await SqliteBaseline.MakeIfEmptyAsync(options, cancellationToken) && !IsCurrent(options))
                    await MigrateAsync(catalog, cancellationToken);
            }
        }
        catch (Exception e) when (ReasonOrNull(file, e) is { } fault)
        {
            throw new CatalogException(fault, e);
        }
    }

    /// <summary>Whether the file has the present schema.</summary>
    /// <exception cref="CatalogException">The file cannot be used; the fault says why.</exception>
    public static bool Probe(CatalogOptions options)
    {
        try
        {
            return IsCurrent(options);
        }
        catch (Exception e) when (ReasonOrNull(options.SqliteFile!, e) is { } fault)
        {
            throw new CatalogException(fault, e);
        }
    }

    private static Fault? ReasonOrNull(string file, Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: Corrupt or NotADatabase } =>
            new Fault("catalog-damaged", $"{file} is not a usable SQLite database ({exception.Message}). Restore it from a backup, or move it away to begin with an empty catalogue."),
        UnauthorizedAccessException or IOException or SqliteException { SqliteErrorCode: CannotOpen or ReadOnly } =>
            new Fault("catalog-unreachable", $"The catalogue {file} cannot be opened for writing: {exception.Message} Check that the folder exists and that this user may write in it."),
        _ => null,
    };

    /// <summary>The migrations that this program knows, oldest first.</summary>
    public static IReadOnlyList<string> Known { get; } = EngineMigrations.IdsIn(SqliteMigrations.Namespace);

    private static bool IsCurrent(CatalogOptions options) => SchemaVersion.IsCurrent(options.SqliteFile!, Applied(options), Known);

    private static HashSet<string> Applied(CatalogOptions options)
    {
        using var connection = new SqliteConnection(SqliteEngine.ConnectionString(options));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """SELECT "MigrationId" FROM "__EFMigrationsHistory" """;
        var applied = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            using var reader = command.ExecuteReader();
            while (reader.Read())
                applied.Add(reader.GetString(0));
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Error)
        {
            // "no such table": nothing was ever migrated here.
        }

        return applied;
    }

    private static async Task MigrateAsync(CatalogDatabase catalog, CancellationToken cancellationToken)
    {
        await using var context = await catalog.CreateDbContextAsync(cancellationToken);
        // As SqliteBaseline does.
        await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
        // The migrator's own lock is a row, which a killed process leaves behind for ever. Ours is held, so nobody is migrating.
        await context.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock" """, cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>Locks a file beside the database; the system lets go of it when the process dies.</summary>
    private static async Task<FileStream> LockAsync(string file, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(began) < patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
        }
    }
}
