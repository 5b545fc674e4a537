using System;
using System.CommandLine;
using System.Linq;
using System.Text;
using System.Text.Json;
using BootDepot.Cli.Output;

namespace BootDepot.Cli.People;

/// <summary><c>bootdepot status</c>: what a server is doing and since when, what is not ready and why, and how racks stand.</summary>
internal static class StatusCommand
{
    private const int WaitingShown = 3;

    public static Command Create(CommandHost host) =>
        new Command("status", "What is happening and since when, what is not ready and why, and how racks stand.").On(host, new Connection(), async (_, client, json, cancel) =>
        {
            var report = await StatusReport.ReadAsync(client, cancel);
            if (json)
                JsonOut.Write(host, writer => Write(writer, report));
            else
                host.WriteOut(Text(report));
            return 0;
        });

    private static string Text(StatusReport report)
    {
        var text = new StringBuilder();
        WriteImport(text, report);
        text.Append(FormattableString.Invariant($"{report.Images} images, {report.NotReady.Count} not ready.\n"));
        foreach (var image in report.NotReady)
            text.Append($"  {image.Image} {image.Architecture}: {image.State}{Because(image.Reason)}\n");
        var racks = report.Racks;
        text.Append(racks.Racks.Count == 0 ? "No racks.\n" : FormattableString.Invariant($"{racks.Synced} of {racks.Racks.Count} racks synced.\n"));
        foreach (var rack in racks.Racks)
            WriteRack(text, rack);
        return text.ToString();
    }

    private static void WriteImport(StringBuilder text, StatusReport report)
    {
        if (report.Importing is not { } importing)
        {
            text.Append("This server does not import.\n");
            return;
        }

        if (report.Import is not { } run)
        {
            text.Append(importing ? "An import runs.\n" : "No import runs.\n");
            return;
        }

        if (!importing)
        {
            text.Append($"No import runs. The last one ended {Date(run, "ended")}: {run.GetProperty("state").GetString()}.\n");
        }
        else
        {
            var received = ByteSize.Text(run.GetProperty("received_bytes").GetInt64());
            var planned = ByteSize.Text(run.GetProperty("planned_bytes").GetInt64());
            text.Append($"An import runs since {Date(run, "started")}: {run.GetProperty("phase").GetString()}, {received} of {planned}.\n");
        }

        foreach (var problem in run.GetProperty("problems").EnumerateArray().Where(p => p.GetProperty("level").GetString() != "note"))
            text.Append($"  {problem.GetProperty("subject").GetString()}: {problem.GetProperty("message").GetString()} [{problem.GetProperty("code").GetString()}]\n");
        if (!run.TryGetProperty("files", out var files))
            return;
        foreach (var file in files.EnumerateArray().Where(f => f.GetProperty("state").GetString() == "waiting").Take(WaitingShown))
            text.Append($"  {file.GetProperty("image").GetString()} {file.GetProperty("filename").GetString()}: waits until {Date(file, "retry_at")}{Because(file.GetProperty("message").GetString())}\n");
    }

    private static void WriteRack(StringBuilder text, RackView rack)
    {
        text.Append($"  {rack.Name}: {rack.Status}{(rack.Connected ? "" : ", not connected")}{Because(rack.Reason)}\n");
        foreach (var copy in rack.Copies.Where(c => !c.IsWhole && c.State != "on-demand"))
            text.Append($"    {copy.Name} {copy.Architecture}: {copy.Text}{Because(copy.Reason)}\n");
    }

    private static string Because(string? reason) => string.IsNullOrEmpty(reason) ? "" : ": " + reason;

    // The API's dates are in UTC, to the millisecond; people read minutes.
    private static string Date(JsonElement owner, string name) =>
        owner.GetProperty(name).GetString() is { Length: >= 16 } date ? date[..16].Replace('T', ' ') + " UTC" : "at an unknown time";

    private static void Write(Utf8JsonWriter json, StatusReport report)
    {
        json.WriteStartObject();
        if (report.Importing is { } importing)
            json.WriteBoolean("importing", importing);
        if (report.Import is { } run)
        {
            json.WritePropertyName("import");
            run.WriteTo(json);
        }

        json.WriteNumber("images", report.Images);
        json.WriteStartArray("not_ready");
        foreach (var image in report.NotReady)
        {
            json.WriteStartObject();
            json.WriteString("name", image.Image);
            json.WriteString("architecture", image.Architecture);
            json.WriteString("state", image.State);
            json.WriteString("reason", image.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("racks_synced", report.Racks.Synced);
        json.WriteStartArray("racks");
        foreach (var rack in report.Racks.Racks)
        {
            json.WriteStartObject();
            json.WriteString("name", rack.Name);
            json.WriteString("status", rack.Status);
            json.WriteBoolean("connected", rack.Connected);
            json.WriteString("reason", rack.Reason);
            json.WriteNumber("images_synced", rack.Copies.Count(c => c.IsWhole));
            json.WriteNumber("images", rack.Copies.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
