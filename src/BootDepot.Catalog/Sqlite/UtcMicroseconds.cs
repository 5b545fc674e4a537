using System;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace BootDepot.Catalog.Sqlite;

/// <summary>
/// A moment as whole microseconds since 1970-01-01 UTC. SQLite has no type for moments; as text they would sort by
/// their offset. Microseconds, because that is what PostgreSQL keeps: a moment reads the same from both.
/// </summary>
internal sealed class UtcMicroseconds() : ValueConverter<DateTimeOffset, long>(
    moment => ToMicroseconds(moment),
    microseconds => FromMicroseconds(microseconds))
{
    /// <summary>Cuts off what is below a microsecond.</summary>
    public static long ToMicroseconds(DateTimeOffset moment) =>
        (moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The moment, in UTC.</summary>
    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
