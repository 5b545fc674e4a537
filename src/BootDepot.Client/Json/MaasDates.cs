using System;
using System.Globalization;

namespace BootDepot.Client;

/// <summary>Dates as servers write them: UTC, with or without a fraction, with or without <c>Z</c>: that differs by version of the server.</summary>
internal static class MaasDates
{
    public static DateTimeOffset? ReadOrNull(string? text) =>
        DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? date
            : null;
}
