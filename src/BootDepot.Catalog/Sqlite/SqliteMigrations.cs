using BootDepot.Catalog.Engines;

namespace BootDepot.Catalog.Sqlite;

/// <summary>The migrations of SQLite.</summary>
internal sealed class SqliteMigrations() : EngineMigrations(Namespace)
{
    /// <summary>Where they are.</summary>
    public const string Namespace = "BootDepot.Catalog.Sqlite.Migrations";
}
