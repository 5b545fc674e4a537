using System;
using System.Collections.Generic;
using BootDepot.Images.Selections;

namespace BootDepot.Images.Racks;

/// <summary>How a rack copies images.</summary>
public sealed record RackPolicy
{
    /// <summary>What it copies.</summary>
    public RackMode Mode { get; init; }

    /// <summary>With <see cref="RackMode.Selection"/>, and with <see cref="RackMode.OnDemand"/> if there are any: what it may copy.</summary>
    public IReadOnlyList<SelectionRule> Selections { get => field ?? []; init; } = [];

    /// <summary>Most bytes per second that copying takes, those for waiting machines included; null for no limit.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>
    /// When copying may run, in the rack's local time; empty for always. Machines that wait for a file do not wait for a window,
    /// and neither does somebody who asks for an import now.
    /// </summary>
    public IReadOnlyList<TimeWindow> Windows { get => field ?? []; init; } = [];

    /// <summary>With <see cref="RackMode.OnDemand"/>: most bytes that files may occupy; null for no limit.</summary>
    public long? DiskLimit { get; init; }

    /// <summary>Racks of the same site, asked for a file before the region is: their URLs.</summary>
    public IReadOnlyList<Uri> Peers { get => field ?? []; init; } = [];
}
