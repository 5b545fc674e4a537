using System.Collections.Generic;
using BootDepot.Images;

namespace BootDepot.Cli.Streams.Mirroring;

/// <summary>How a mirror is made.</summary>
/// <param name="Newest">Versions kept of each product; null for all.</param>
/// <param name="Parallel">Files fetched at once.</param>
/// <param name="DryRun">Only say what would be done.</param>
internal sealed record MirrorOptions(int? Newest, int Parallel, bool DryRun);

/// <summary>What a mirror run came to.</summary>
/// <param name="Files">Files that belong to what was chosen.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Missing">Of these, how many were not there.</param>
/// <param name="FetchedBytes">Bytes received; in a dry run, those that would be.</param>
/// <param name="Removed">Files of superseded versions that were (or would be) removed.</param>
/// <param name="Faults">What could not be had.</param>
internal sealed record MirrorResult(
    int Files, long Bytes, int Missing, long FetchedBytes, int Removed, IReadOnlyList<Fault> Faults);
