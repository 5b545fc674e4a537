using System;
using System.Linq;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Sqlite;

/// <summary>What the one model needs on SQLite, which has few types and does not check lengths.</summary>
internal static class SqliteModel
{
    /// <summary>Stores moments as integers, and checks the lengths that PostgreSQL's <c>varchar(n)</c> checks by itself.</summary>
    public static void Adapt(ModelBuilder modelBuilder)
    {
        foreach (var entity in modelBuilder.Model.GetEntityTypes().ToList())
        {
            var table = entity.GetTableName()!;
            foreach (var property in entity.GetProperties())
            {
                if (property.ClrType == typeof(DateTimeOffset) || property.ClrType == typeof(DateTimeOffset?))
                    property.SetValueConverter(typeof(UtcMicroseconds));

                if (property.ClrType == typeof(string) && property.GetMaxLength() is { } length)
                {
                    var name = $"CK_{table}_{property.Name}_Length";
                    modelBuilder
                        .Entity(entity.ClrType)
                        .ToTable(t => t.HasCheckConstraint(name, $"length(\"{property.Name}\") <= {length}"));
                }
            }
        }
    }
}
