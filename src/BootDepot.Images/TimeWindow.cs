using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace BootDepot.Images;

/// <summary>A part of each day, as <c>22:00-06:00</c>: from the first minute on, up to and without the last; over midnight if it ends before it begins.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TimeWindow
{
    private const string MinuteForm = "HH:mm";

    private TimeWindow(TimeOnly start, TimeOnly end) => (Start, End) = (start, end);

    /// <summary>When it opens.</summary>
    public TimeOnly Start { get; }

    /// <summary>When it closes.</summary>
    public TimeOnly End { get; }

    /// <summary>Reads <c>HH:mm-HH:mm</c>.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static TimeWindow Parse(string text) =>
        TryParse(text, out var window)
            ? window
            : throw new FormatException($"'{text}' is not a time window; one looks like 22:00-06:00.");

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeWindow window)
    {
        window = default;
        if (text?.Split('-') is not [var first, var last]
            || !TimeOnly.TryParseExact(first, MinuteForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var start)
            || !TimeOnly.TryParseExact(last, MinuteForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var end)
            || start == end)
        {
            return false;
        }

        window = new TimeWindow(start, end);
        return true;
    }

    /// <summary>Whether it is open at that time of day.</summary>
    public bool IsOpenAt(TimeOnly time) => time.IsBetween(Start, End);

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Start:HH:mm}-{End:HH:mm}");
}
