using System;

namespace BootDepot.Catalog.Racks;

/// <summary>One machine's way from firmware to system, as a rack told it.</summary>
public sealed class MachineBoot
{
    /// <summary>Primary key, rising.</summary>
    public long Id { get; set; }

    /// <summary>The rack's own name of it; unique, so that a record that is sent twice is kept once.</summary>
    public Guid RecordId { get; set; }

    /// <summary>The rack; null after it was removed.</summary>
    public int? RackId { get; set; }

    /// <summary>The rack.</summary>
    public RackController? Rack { get; set; }

    /// <summary>The machine's MAC address; null while it is not known.</summary>
    public string? Machine { get; set; }

    /// <summary>The address it came from.</summary>
    public required string Address { get; set; }

    /// <summary>Its first request.</summary>
    public DateTimeOffset Started { get; set; }

    /// <summary>Its last one.</summary>
    public DateTimeOffset Ended { get; set; }

    /// <summary>How it ended: <c>booting</c>, <c>booted</c>, <c>installing</c>, <c>installed</c>, <c>local</c>, <c>menu</c>, <c>failed</c>.</summary>
    public required string Result { get; set; }

    /// <summary>All of it, as the rack sent it: a JSON document.</summary>
    public required string Document { get; set; }
}
