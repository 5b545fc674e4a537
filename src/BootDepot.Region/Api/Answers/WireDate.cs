using System;
using System.Globalization;

namespace BootDepot.Region.Api.Answers;

/// <summary>
/// Dates as MAAS up to 3.5 writes them: UTC, exactly three digits of fraction, no zone. libmaas reads nothing else.
/// </summary>
internal static class WireDate
{
    /// <summary>For example <c>2026-02-03T04:05:06.789</c>.</summary>
    public static string Format(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
