using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Settings;

namespace BootDepot.Region.Imports;

/// <summary>
/// Keeps the bytes that all transfers of this process receive below the setting <c>import_rate_kibibytes</c>. A change counts within
/// a second, also for transfers that are under way.
/// </summary>
internal sealed class ImportPace(SettingsStore settings, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(0.25);

    /// <summary>Seconds of the rate that may pass at once after a pause.</summary>
    private const double Burst = 0.5;

    private readonly SemaphoreSlim _one = new(1);
    private double _credit;
    private long _rate;
    private long _counted;
    private long? _looked;

    /// <summary>Waits until so many bytes, which have come already, may have come.</summary>
    public async ValueTask PassAsync(int bytes, CancellationToken cancel)
    {
        while (true)
        {
            TimeSpan wait;
            await _one.WaitAsync(cancel);
            try
            {
                await RefreshAsync(cancel);
                if (_rate == 0)
                    return;
                if (_credit > 0)
                {
                    // May go below nothing: the next ones wait for it.
                    _credit -= bytes;
                    return;
                }

                wait = TimeSpan.FromSeconds(-_credit / _rate) + TimeSpan.FromMilliseconds(1);
            }
            finally
            {
                _one.Release();
            }

            await Task.Delay(wait < LongestWait ? wait : LongestWait, time, cancel);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private async Task RefreshAsync(CancellationToken cancel)
    {
        var now = time.GetTimestamp();
        _credit = Math.Min(_credit + (time.GetElapsedTime(_counted, now).TotalSeconds * _rate), _rate * Burst);
        _counted = now;
        if (_looked is { } last && time.GetElapsedTime(last, now) < Look)
            return;
        _looked = now;
        var rate = (await settings.GetAsync(cancel)).ImportRateKibibytes * 1024L;
        if (rate == _rate)
            return;
        // What was owed at another rate is forgiven.
        _rate = rate;
        _credit = Math.Max(_credit, 0);
    }
}

/// <summary>The hours of the day in which imports begin by themselves: <c>22:00-06:00</c>, of the region's own clock.</summary>
internal static class ImportWindow
{
    /// <summary>Whether a moment is in the window; a text that is empty means all day.</summary>
    public static bool Contains(string window, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (ParseOrNull(window) is not var (begin, end))
            return true;
        var clock = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        return clock.IsBetween(begin, end); // knows windows over midnight
    }

    private static (TimeOnly Begin, TimeOnly End)? ParseOrNull(string window) =>
        window.Split('-', StringSplitOptions.TrimEntries) is [var from, var to]
        && TimeOnly.TryParseExact(from, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var begin)
        && TimeOnly.TryParseExact(to, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end)
        && begin != end
            ? (begin, end)
            : null;
}
