using System;
using System.Linq;
using System.Text.Json;
using BootDepot.Cli.Output;

namespace BootDepot.Cli.People;

/// <summary>The state of an import in one line that is drawn over; on something that is no terminal, a line for each change of phase.</summary>
internal sealed class ImportLine(CommandHost host, bool quiet)
{
    private const int BarWidth = 30;
    private string _phase = "";
    private bool _drawn;

    public void Show(JsonElement run)
    {
        if (quiet)
            return;
        var phase = run.GetProperty("phase").GetString()!;
        if (!host.IsErrorTerminal)
        {
            if (phase != _phase)
                host.Error.WriteLine(Text(run, phase));
            _phase = phase;
            return;
        }

        var line = Text(run, phase);
        host.Error.Write("\r" + (line.Length >= host.Width ? line[..(host.Width - 1)] : line.PadRight(host.Width - 1)));
        _drawn = true;
    }

    public void End()
    {
        if (_drawn)
            host.Error.WriteLine();
    }

    private static string Text(JsonElement run, string phase)
    {
        var planned = run.GetProperty("planned_bytes").GetInt64();
        var received = long.Min(run.GetProperty("received_bytes").GetInt64(), planned);
        var share = planned == 0 ? 0 : (double)received / planned;
        var filled = (int)Math.Round(share * BarWidth);
        var bar = $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {ByteSize.Text(received)} of {ByteSize.Text(planned)}";
        return phase switch
        {
            "reading" => "reading the sources",
            "planning" => "planning",
            "fetching" => $"fetching {bar}, {run.GetProperty("published_sets").GetInt32()} of {run.GetProperty("planned_sets").GetInt32()} image versions{Waiting(run)}",
            "retiring" => "retiring old versions",
            _ => $"ended    {bar}",
        };
    }

    private static string Waiting(JsonElement run)
    {
        if (!run.TryGetProperty("files", out var files))
            return "";
        var waiting = files.EnumerateArray().Where(f => f.GetProperty("state").GetString() == "waiting").ToList();
        return waiting.Count == 0 ? "" : $"; {waiting.Count} waiting ({waiting[0].GetProperty("code").GetString()})";
    }
}
