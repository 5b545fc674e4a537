using BootDepot.Catalog.Engines;

namespace BootDepot.Catalog.Postgres;

/// <summary>The migrations of PostgreSQL.</summary>
internal sealed class PostgresMigrations() : EngineMigrations(Namespace)
{
    /// <summary>Where they are.</summary>
    public const string Namespace = "BootDepot.Catalog.Postgres.Migrations";
}
