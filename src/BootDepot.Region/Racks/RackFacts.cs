using System;
using System.Linq;
using System.Text.Json;
using BootDepot.Catalog.Racks;
using BootDepot.Images.Racks;

namespace BootDepot.Region.Racks;

/// <summary>A rack as the region knows it now.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Policy">How it is to copy.</param>
/// <param name="Report">What it said last; null before its first report.</param>
/// <param name="IsConnected">Whether it is heard of.</param>
/// <param name="LastContact">When it was.</param>
/// <param name="Status">
/// One word for all of it, as MAAS says it: <c>synced</c>, <c>syncing</c>, <c>out-of-sync</c>, <c>region-importing</c> or <c>unknown</c>.
/// </param>
internal sealed record RackFacts(
    RackController Row, RackPolicy Policy, RackReport? Report, bool IsConnected, DateTimeOffset? LastContact, string Status)
{
    public static RackFacts Of(RackController row, RackPresence presence, string stream, bool isImporting)
    {
        var report = row.Report is null ? null : JsonSerializer.Deserialize(row.Report, RackWire.Default.RackReport);
        var connected = presence.IsConnected(row);
        return new RackFacts(row, PolicyOf(row), report, connected, presence.LastContact(row), StatusOf(report, connected, stream, isImporting));
    }

    public static RackPolicy PolicyOf(RackController row) =>
        JsonSerializer.Deserialize(row.Policy, RackWire.Default.RackPolicy)! with { Mode = RackWords.ParseRackMode(row.Mode) };

    private static string StatusOf(RackReport? report, bool connected, string stream, bool isImporting)
    {
        if (report is null || !connected)
            return "unknown";
        if (report.Images.Any(i => i.State == "syncing"))
            return "syncing";
        if (isImporting)
            return "region-importing";
        return report.Stream == stream && report.Fault is null && report.Images.All(i => i.State is "synced" or "on-demand")
            ? "synced"
            : "out-of-sync";
    }
}
