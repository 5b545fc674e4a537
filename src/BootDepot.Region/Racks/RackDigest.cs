using System;
using System.Linq;
using System.Text.Json;
using BootDepot.Images;
using BootDepot.Images.Racks;

namespace BootDepot.Region.Racks;

/// <summary>A rack's report in brief: what lists of racks show.</summary>
/// <param name="Stream">State of the stream that it answers to.</param>
/// <param name="Fault">What is wrong with the rack as a whole; null for nothing.</param>
/// <param name="DiskFree">Bytes free.</param>
/// <param name="DiskUsed">Bytes that its files occupy.</param>
/// <param name="Synced">Versions of images that are whole.</param>
/// <param name="Wanted">Versions of images that it holds or wants.</param>
/// <param name="BytesHeld">Bytes held of them.</param>
/// <param name="BytesWanted">Bytes that they have.</param>
/// <param name="IsSyncing">Whether one is on its way.</param>
/// <param name="IsWhole">Whether nothing is missing that the rack wants.</param>
internal sealed record RackDigest(
    string Stream,
    Fault? Fault,
    long? DiskFree,
    long? DiskUsed,
    int Synced,
    int Wanted,
    long BytesHeld,
    long BytesWanted,
    bool IsSyncing,
    bool IsWhole)
{
    public static RackReport Read(string json) => JsonSerializer.Deserialize(json, RackWire.Default.RackReport)!;

    public static RackDigest Of(RackReport report) => new(
        report.Stream,
        report.Fault,
        report.DiskFree,
        report.DiskUsed,
        report.Images.Count(i => i.State == "synced"),
        report.Images.Count,
        report.Images.Sum(i => i.BytesHeld),
        report.Images.Sum(i => i.Bytes),
        report.Images.Any(i => i.State == "syncing"),
        report.Images.All(i => i.State is "synced" or "on-demand"));
}
