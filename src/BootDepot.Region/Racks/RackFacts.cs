using System;
using System.Text.Json;
using BootDepot.Catalog.Racks;
using BootDepot.Images.Racks;

namespace BootDepot.Region.Racks;

/// <summary>A rack as the region knows it now.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Policy">How it is to copy.</param>
/// <param name="Report">What it said last; null before its first report, and in lists.</param>
/// <param name="Digest">That in brief; null before its first report.</param>
/// <param name="IsConnected">Whether it is heard of.</param>
/// <param name="LastContact">When it was.</param>
/// <param name="Status">
/// One word for all of it, as MAAS says it: <c>synced</c>, <c>syncing</c>, <c>out-of-sync</c>, <c>region-importing</c> or <c>unknown</c>.
/// </param>
internal sealed record RackFacts(
    RackController Row, RackPolicy Policy, RackReport? Report, RackDigest? Digest, bool IsConnected, DateTimeOffset? LastContact, string Status)
{
    /// <summary>A rack with its whole report.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="presence">Who is heard of.</param>
    /// <param name="stream">The mark of what the region publishes; null when no rack is heard of, so that none can be in step with it.</param>
    /// <param name="isImporting">Whether an import runs.</param>
    public static RackFacts Of(RackController row, RackPresence presence, string? stream, bool isImporting)
    {
        var report = row.Report is null ? null : RackDigest.Read(row.Report);
        return Of(row, report is null ? null : RackDigest.Of(report), presence, stream, isImporting) with { Report = report };
    }

    /// <summary>A rack with its report in brief.</summary>
    public static RackFacts Of(RackController row, RackDigest? digest, RackPresence presence, string? stream, bool isImporting)
    {
        var connected = presence.IsConnected(row);
        return new RackFacts(row, PolicyOf(row), null, digest, connected, presence.LastContact(row), StatusOf(digest, connected, stream, isImporting));
    }

    public static RackPolicy PolicyOf(RackController row) =>
        JsonSerializer.Deserialize(row.Policy, RackWire.Default.RackPolicy)! with { Mode = RackWords.ParseRackMode(row.Mode) };

    private static string StatusOf(RackDigest? report, bool connected, string? stream, bool isImporting)
    {
        if (report is null || !connected)
            return "unknown";
        if (report.IsSyncing)
            return "syncing";
        if (isImporting)
            return "region-importing";
        return report.Stream == stream && report.Fault is null && report.IsWhole
            ? "synced"
            : "out-of-sync";
    }
}
