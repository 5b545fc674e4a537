using System;

namespace BootDepot.Catalog.Racks;

/// <summary>A rack that enrolled, and how it is to behave.</summary>
public sealed class RackController
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>What names it in the API: six letters and digits; unique.</summary>
    public required string SystemId { get; set; }

    /// <summary>The cluster UUID that API 1.0 knows it by; unique.</summary>
    public required string Uuid { get; set; }

    /// <summary>Name for people: its host's, until somebody gives another; unique.</summary>
    public required string Name { get; set; }

    /// <summary>SHA-256 of the secret of its key (32 random characters, so a plain hash is enough).</summary>
    public required byte[] SecretHash { get; set; }

    /// <summary>What it copies: <c>all</c>, <c>selection</c> or <c>on-demand</c>.</summary>
    public string Mode { get; set; } = "all";

    /// <summary>How it is to behave beyond the mode: selections, rate, windows, disk limit, peers; a JSON object.</summary>
    public string Policy { get; set; } = "{}";

    /// <summary>Rises when somebody asks it to fetch images now.</summary>
    public long ImportRequests { get; set; }

    /// <summary>When it enrolled.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>When it was last heard of, to the minute; null when it never was.</summary>
    public DateTimeOffset? LastContact { get; set; }

    /// <summary>Version of its software, as it said.</summary>
    public string Version { get; set; } = "";

    /// <summary>Where machines and other racks reach it, as it said; empty when it did not.</summary>
    public string Url { get; set; } = "";

    /// <summary>What it holds, as it said last: a JSON document; null before its first report.</summary>
    public string? Report { get; set; }

    /// <summary>When that report came.</summary>
    public DateTimeOffset? ReportedAt { get; set; }
}
