using System;

namespace BootDepot.Catalog.Events;

/// <summary>One change: who did what to which object.</summary>
public sealed class AuditEvent
{
    /// <summary>Primary key, rising.</summary>
    public long Id { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>User name, or <c>system</c>.</summary>
    public required string Actor { get; set; }

    /// <summary>Where the request came from: a network address; null for what the region did by itself.</summary>
    public string? Origin { get; set; }

    /// <summary>What happened, for example <c>boot-source.create</c>.</summary>
    public required string Action { get; set; }

    /// <summary>The object, for example <c>boot-source/4</c>.</summary>
    public required string Subject { get; set; }

    /// <summary>State before, JSON without secrets; null for a creation.</summary>
    public string? Before { get; set; }

    /// <summary>State after, JSON without secrets; null for a deletion.</summary>
    public string? After { get; set; }
}
