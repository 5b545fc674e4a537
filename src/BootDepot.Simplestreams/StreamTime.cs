using System;
using System.Globalization;

namespace BootDepot.Simplestreams;

/// <summary>The dates of a stream: RFC 2822 in UTC when written, also ISO 8601 when read.</summary>
public static class StreamTime
{
    /// <summary>As in <c>Tue, 10 Mar 2026 06:15:42 +0000</c>, whatever the locale; fractions of a second are dropped.</summary>
    public static string Format(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);

    /// <summary>Reads an RFC 2822 date (weekday and seconds optional, zone numeric or GMT/UT/UTC/Z) or an ISO 8601 one (UTC without a zone); null for anything else.</summary>
    public static DateTimeOffset? ParseOrNull(string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text) || text.Length > 64)
            return null;
        return char.IsAsciiDigit(text[0]) && text.Length > 4 && text[4] == '-' ? ParseIsoOrNull(text) : ParseRfcOrNull(text);
    }

    private static DateTimeOffset? ParseIsoOrNull(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : null;

    private static DateTimeOffset? ParseRfcOrNull(string text)
    {
        // The weekday says nothing that the date does not; a wrong one must not make a date unreadable.
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        var parts = text[(comma + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 5 || ZoneOrNull(parts[4]) is not { } zone)
            return null;
        return DateTime.TryParseExact(
            string.Join(' ', parts[..4]),
            ["d MMM yyyy H:mm:ss", "d MMM yyyy H:mm"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var local)
            && local.Ticks - zone.Ticks is var utc && utc >= 0 && utc <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(utc, TimeSpan.Zero)
            : null;
    }

    private static TimeSpan? ZoneOrNull(string zone)
    {
        if (zone is "GMT" or "UT" or "UTC" or "Z")
            return TimeSpan.Zero;
        if (zone.Length != 5 || zone[0] is not ('+' or '-')
            || !int.TryParse(zone.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number / 100 > 14 || number % 100 > 59)
            return null;
        var offset = new TimeSpan(number / 100, number % 100, 0);
        return zone[0] == '-' ? -offset : offset;
    }
}
