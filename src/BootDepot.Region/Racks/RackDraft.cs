using System;
using System.Collections.Generic;
using BootDepot.Images;
using BootDepot.Images.Racks;
using BootDepot.Images.Selections;

namespace BootDepot.Region.Racks;

/// <summary>What is to be changed of a rack; null members stay as they are.</summary>
internal sealed record RackDraft
{
    public string? Name { get; init; }

    public RackMode? Mode { get; init; }

    public IReadOnlyList<SelectionRule>? Selections { get; init; }

    /// <summary>0: no limit.</summary>
    public long? BytesPerSecond { get; init; }

    public IReadOnlyList<TimeWindow>? Windows { get; init; }

    /// <summary>0: no limit.</summary>
    public long? DiskLimit { get; init; }

    public IReadOnlyList<Uri>? Peers { get; init; }

    public RackPolicy ApplyTo(RackPolicy policy) => new()
    {
        Mode = Mode ?? policy.Mode,
        Selections = Selections ?? policy.Selections,
        BytesPerSecond = BytesPerSecond is { } rate ? (rate == 0 ? null : rate) : policy.BytesPerSecond,
        Windows = Windows ?? policy.Windows,
        DiskLimit = DiskLimit is { } limit ? (limit == 0 ? null : limit) : policy.DiskLimit,
        Peers = Peers ?? policy.Peers,
    };
}
