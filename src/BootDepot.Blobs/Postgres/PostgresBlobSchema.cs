using System.Threading;
using System.Threading.Tasks;
using Npgsql;

namespace BootDepot.Blobs.Postgres;

/// <summary>
/// The tables of the blob store, in a schema of their own beside the catalogue's, so that either can be dumped without the other.
/// They are made by the store, as a site may begin to use it at any time.
/// </summary>
internal static class PostgresBlobSchema
{
    // Bytes are rows of the table chunks, 1 MiB at most each; a row of blobs or partials says which. Becoming a blob is one row deleted
    // and one inserted. EXTERNAL: image files are compressed already, so the server need not try.
    private const string Tables = """
        SELECT pg_advisory_xact_lock(7091323149190002539);
        CREATE SCHEMA IF NOT EXISTS blobs;
        CREATE TABLE IF NOT EXISTS blobs.complete (
          digest bytea PRIMARY KEY, content bigint NOT NULL UNIQUE, size bigint NOT NULL, stored_at timestamptz NOT NULL);
        CREATE TABLE IF NOT EXISTS blobs.partial (
          name text COLLATE "C" PRIMARY KEY, content bigint NOT NULL UNIQUE, written_at timestamptz NOT NULL);
        CREATE TABLE IF NOT EXISTS blobs.chunk (
          content bigint NOT NULL, start bigint NOT NULL, hash bytea NOT NULL, bytes bytea NOT NULL, PRIMARY KEY (content, start));
        ALTER TABLE blobs.chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
        CREATE SEQUENCE IF NOT EXISTS blobs.contents;
        """;

    /// <summary>Makes what is not there yet.</summary>
    public static async Task EnsureAsync(NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var look = new NpgsqlCommand("SELECT to_regclass('blobs.contents') IS NOT NULL", connection);
        if ((bool)(await look.ExecuteScalarAsync(cancel))!)
            return;
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(Tables, connection, transaction);
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }
}
