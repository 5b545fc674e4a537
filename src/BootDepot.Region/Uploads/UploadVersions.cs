using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace BootDepot.Region.Uploads;

/// <summary>
/// Names versions of uploads: the day (UTC), then <c>.1</c>, <c>.2</c> and so on. Clients take the greatest name by plain
/// string order for the newest, and <c>.10</c> is less than <c>.9</c>, so after <c>.9</c> come <c>.91</c> to <c>.99</c>,
/// then <c>.991</c>.
/// </summary>
internal static class UploadVersions
{
    /// <summary>A name that is greater than all of <paramref name="existing"/>.</summary>
    public static string Next(DateTimeOffset now, IEnumerable<string> existing)
    {
        var today = now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var newest = existing.Max(StringComparer.Ordinal);
        if (newest is null || string.CompareOrdinal(newest, today) < 0)
            return today;
        var dot = newest.LastIndexOf('.');
        if (dot < 0)
            return newest + ".1";
        var last = newest[^1];
        return last is >= '0' and < '9'
            ? string.Concat(newest.AsSpan(0, newest.Length - 1), ((char)(last + 1)).ToString())
            : newest + "1";
    }
}
