using System;
using System.Linq;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace BootDepot.Catalog.Postgres;

/// <summary>What the one model needs on PostgreSQL.</summary>
internal static class PostgresModel
{
    /// <summary>Texts compare and sort bytewise whatever the database's collation; moments go in as UTC.</summary>
    public static void Adapt(ModelBuilder modelBuilder)
    {
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(e => e.GetProperties()).ToList())
        {
            if (property.ClrType == typeof(string))
                property.SetCollation("C");
            if (property.ClrType == typeof(DateTimeOffset) || property.ClrType == typeof(DateTimeOffset?))
                property.SetValueConverter(typeof(UtcMoment));
        }
    }

    /// <summary>The driver takes moments with offset zero only; the database keeps microseconds.</summary>
    private sealed class UtcMoment() : ValueConverter<DateTimeOffset, DateTimeOffset>(
        moment => new DateTimeOffset(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero),
        moment => moment);
}
