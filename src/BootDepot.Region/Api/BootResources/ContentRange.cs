using System;
using System.Globalization;
using BootDepot.Region.Uploads;

namespace BootDepot.Region.Api.BootResources;

/// <summary>
/// Reads the Content-Range of a chunk. RFC 9110, section 14.4: <c>bytes FIRST-LAST/SIZE</c>, and <c>*</c> for a size that is
/// not known.
/// </summary>
internal static class ContentRange
{
    private const string Unit = "bytes ";

    /// <summary>Reads the header; false when it is there and says nothing that fits. Null: it is not there.</summary>
    public static bool TryRead(string? header, out ChunkRange? range)
    {
        range = null;
        if (string.IsNullOrEmpty(header))
            return true;
        if (!header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase)
            || header[Unit.Length..].Split('/') is not [var span, var total] || span.Split('-') is not [var from, var to]
            || !TryNumber(from, out var first) || !TryNumber(to, out var last) || last < first)
            return false;
        long? size = null;
        if (total != "*")
        {
            if (!TryNumber(total, out var known) || last >= known)
                return false;
            size = known;
        }

        range = new ChunkRange(first, last, size);
        return true;
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
