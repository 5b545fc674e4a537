using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace BootDepot.Catalog.Engines;

/// <summary>
/// The migrations of one database: those in its own namespace. EF Core's own class takes all of an assembly, and would run
/// one database's migrations on the other.
/// </summary>
internal abstract class EngineMigrations(string within) : IMigrationsAssembly
{
    private readonly Lazy<SortedList<string, TypeInfo>> _migrations = new(() => new SortedList<string, TypeInfo>(
        TypesOf<Migration>(within).ToDictionary(t => t.GetCustomAttribute<MigrationAttribute>()!.Id, StringComparer.Ordinal),
        StringComparer.Ordinal));

    private ModelSnapshot? _snapshot;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, TypeInfo> Migrations => _migrations.Value;

    /// <inheritdoc />
    public ModelSnapshot? ModelSnapshot => _snapshot ??=
        TypesOf<ModelSnapshot>(within).Select(t => (ModelSnapshot)Activator.CreateInstance(t)!).SingleOrDefault();

    /// <inheritdoc />
    public Assembly Assembly => typeof(EngineMigrations).Assembly;

    /// <inheritdoc />
    public string? FindMigrationId(string nameOrId) =>
        Migrations.Keys.FirstOrDefault(id => id == nameOrId || id.EndsWith("_" + nameOrId, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc />
    public Migration CreateMigration(TypeInfo migrationClass, string activeProvider)
    {
        var migration = (Migration)Activator.CreateInstance(migrationClass)!;
        migration.ActiveProvider = activeProvider;
        return migration;
    }

    /// <summary>Ids of the migrations in a namespace, oldest first.</summary>
    internal static IReadOnlyList<string> IdsIn(string within) =>
        [.. TypesOf<Migration>(within).Select(t => t.GetCustomAttribute<MigrationAttribute>()!.Id).Order(StringComparer.Ordinal)];

    private static IEnumerable<TypeInfo> TypesOf<T>(string within) =>
        typeof(EngineMigrations).Assembly.DefinedTypes.Where(t => t.IsSubclassOf(typeof(T)) && !t.IsAbstract && t.Namespace == within);
}
