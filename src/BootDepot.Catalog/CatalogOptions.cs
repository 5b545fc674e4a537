using System;

namespace BootDepot.Catalog;

/// <summary>Which database holds the catalogue, and how patient it is.</summary>
public sealed record CatalogOptions
{
    private CatalogOptions(string sqliteFile) => SqliteFile = sqliteFile;

    /// <summary>Path of the SQLite file. Its folder must exist; the file is made when it is not there.</summary>
    public string SqliteFile { get; }

    /// <summary>
    /// How long a writer waits for another writer before it gives up with <c>catalog-busy</c>. Default 30 s: far more
    /// than any transaction of ours takes, so that only a stuck process gets there.
    /// </summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Contexts that are kept for reuse.</summary>
    public int PoolSize { get; init; } = 128;

    /// <summary>A catalogue in that SQLite file.</summary>
    public static CatalogOptions Sqlite(string file) => new(System.IO.Path.GetFullPath(file));
}
