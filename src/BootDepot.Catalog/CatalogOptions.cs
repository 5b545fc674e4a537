using System;
using BootDepot.Catalog.Postgres;

namespace BootDepot.Catalog;

/// <summary>Which database holds the catalogue, and how patient it is.</summary>
public sealed record CatalogOptions
{
    private CatalogOptions()
    {
    }

    /// <summary>Path of the SQLite file; null on PostgreSQL. Its folder must exist; the file is made when it is not there.</summary>
    public string? SqliteFile { get; private init; }

    /// <summary>How to connect to PostgreSQL, password included; null on SQLite.</summary>
    public string? PostgresConnection { get; private init; }

    /// <summary>
    /// How long a writer waits for another writer before it gives up with <c>catalog-busy</c>. Default 30 s: far more
    /// than any transaction of ours takes, so that only a stuck process gets there.
    /// </summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Contexts that are kept for reuse.</summary>
    public int PoolSize { get; init; } = 128;

    /// <summary>Where it is, for people and without password.</summary>
    public string Place => SqliteFile ?? PostgresConnections.Describe(PostgresConnections.Parse(PostgresConnection!));

    /// <summary>A catalogue in that SQLite file.</summary>
    public static CatalogOptions Sqlite(string file) => new() { SqliteFile = System.IO.Path.GetFullPath(file) };

    /// <summary>
    /// A catalogue in that PostgreSQL database, which must exist; several regions may share it.
    /// </summary>
    /// <param name="connection"><c>Host=…;Database=…;Username=…;Password=…</c> or <c>postgresql://user:password@host/database</c>.</param>
    /// <exception cref="FormatException">It is neither, or names no host or database.</exception>
    public static CatalogOptions Postgres(string connection) => new() { PostgresConnection = PostgresConnections.Parse(connection).ToString() };

    // Records print their members, and one of them may hold a password.
    /// <inheritdoc />
    public override string ToString() => Place;
}
