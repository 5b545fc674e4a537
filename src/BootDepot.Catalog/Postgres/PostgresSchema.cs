using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Engines;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BootDepot.Catalog.Postgres;

/// <summary>Brings the database's schema to what this program knows, or refuses.</summary>
internal static class PostgresSchema
{
    /// <summary>A table of one row, outside the model: a number that each change raises, and that each change locks.</summary>
    public const string MarkTable = "ChangeMark";

    // "bootdepo" in ASCII: who migrates holds this advisory lock; the server frees it when the connection ends.
    private const long LockKey = 0x626f6f746465706f;

    private static readonly IReadOnlyList<string> Known = EngineMigrations.IdsIn(PostgresMigrations.Namespace);

    /// <summary>Creates or migrates the schema when needed; one small read otherwise.</summary>
    /// <exception cref="CatalogException"><c>catalog-newer</c> or <c>catalog-unreachable</c>.</exception>
    public static async Task EnsureAsync(
        CatalogDatabase catalog, NpgsqlDataSource source, string place, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            if (SchemaVersion.IsCurrent(place, await AppliedAsync(connection, cancellationToken), Known))
                return;
            await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellationToken);
            try
            {
                if (!SchemaVersion.IsCurrent(place, await AppliedAsync(connection, cancellationToken), Known))
                    await MigrateAsync(catalog, connection, cancellationToken);
            }
            finally
            {
                await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
            }
        }
        catch (NpgsqlException e)
        {
            throw Unusable(place, e);
        }
    }

    /// <summary>Whether the database has the present schema.</summary>
    /// <exception cref="CatalogException"><c>catalog-newer</c> or <c>catalog-unreachable</c>.</exception>
    public static async Task<bool> ProbeAsync(NpgsqlDataSource source, string place, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return SchemaVersion.IsCurrent(place, await AppliedAsync(connection, cancellationToken), Known);
        }
        catch (NpgsqlException e)
        {
            throw Unusable(place, e);
        }
    }

    private static CatalogException Unusable(string place, NpgsqlException e) => new(
        new Fault("catalog-unreachable", $"The catalogue ({place}) cannot be used: {e.Message.TrimEnd('.')}. Check that the server runs, that the database exists, and that the user may connect to it and create tables in it."),
        e);

    private static async Task<HashSet<string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        await using var command = connection.CreateCommand();
        command.CommandText = """SELECT "MigrationId" FROM "__EFMigrationsHistory" """;
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                applied.Add(reader.GetString(0));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // Nothing was ever migrated here.
        }

        return applied;
    }

    private static async Task MigrateAsync(CatalogDatabase catalog, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            connection,
            $"""
            CREATE TABLE IF NOT EXISTS "{MarkTable}" ("One" boolean PRIMARY KEY DEFAULT true CHECK ("One"), "Mark" bigint NOT NULL);
            INSERT INTO "{MarkTable}" ("Mark") VALUES (0) ON CONFLICT DO NOTHING
            """,
            cancellationToken);
        await using var context = await catalog.CreateDbContextAsync(cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);
        await ExecuteAsync(connection, PostgresChanges.Triggers, cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
