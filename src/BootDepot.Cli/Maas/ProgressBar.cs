using System;
using System.Globalization;
using BootDepot.Client;

namespace BootDepot.Cli.Maas;

/// <summary>One line on the error stream that says how far an upload is; nothing when that is no terminal.</summary>
internal sealed class ProgressBar(CommandHost host, string name, bool quiet) : IProgress<UploadProgress>
{
    private readonly bool _shown = host.IsErrorTerminal && !quiet;
    private long _last = long.MinValue;
    private UploadPhase _phase;
    private bool _drawn;

    public void Report(UploadProgress value)
    {
        if (!_shown)
            return;
        var now = host.Time.GetTimestamp();
        if (value.Phase == _phase && _last != long.MinValue && host.Time.GetElapsedTime(_last, now).TotalMilliseconds < 100 && value.Fraction < 1)
            return;
        _last = now;
        _phase = value.Phase;
        var word = value.Phase switch
        {
            UploadPhase.Hashing => "Reading",
            UploadPhase.Uploading => "Sending",
            UploadPhase.Verifying => "Checking",
            _ => "Done",
        };
        var rest = value is { BytesPerSecond: > 0, Phase: UploadPhase.Uploading }
            ? $", {Sizes.Text((long)value.BytesPerSecond)}/s, {TimeSpan.FromSeconds((value.TotalBytes - value.BytesSent) / value.BytesPerSecond):hh\\:mm\\:ss} left"
            : "";
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{word} {name}: {value.Fraction * 100:0} % ({Sizes.Text(value.BytesSent)} of {Sizes.Text(value.TotalBytes)}{rest})");
        var width = Math.Max(20, host.Width - 1);
        host.Error.Write("\r" + (line.Length > width ? line[..width] : line.PadRight(width)));
        _drawn = true;
    }

    public void Say(string line)
    {
        if (_shown)
        {
            Finish();
            host.Error.WriteLine(line);
        }
    }

    /// <summary>Ends the line.</summary>
    public void Finish()
    {
        if (_drawn)
            host.Error.WriteLine();
        _drawn = false;
    }
}

/// <summary>Sizes for people.</summary>
internal static class Sizes
{
    public static string Text(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double value = bytes;
        var unit = 0;
        for (; value >= 1024 && unit < units.Length - 1; unit++)
            value /= 1024;
        return unit == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {units[unit]}");
    }
}
