using System;

namespace BootDepot.Catalog.Imports;

/// <summary>What became of an import run.</summary>
public enum ImportState
{
    /// <summary>It is at work.</summary>
    Running = 0,

    /// <summary>Everything that the selections ask for is held.</summary>
    Done = 1,

    /// <summary>It ended, but something is missing; the report says what and why.</summary>
    Incomplete = 2,

    /// <summary>Someone stopped it.</summary>
    Stopped = 3,

    /// <summary>The process ended in the middle; the next run goes on from there.</summary>
    Interrupted = 4,
}

/// <summary>One import.</summary>
public sealed class ImportRun
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>What became of it.</summary>
    public ImportState State { get; set; }

    /// <summary>Why it ran: <c>manual</c>, <c>periodic</c>, <c>start</c>.</summary>
    public required string Trigger { get; set; }

    /// <summary>Who asked; null for periodic ones.</summary>
    public string? RequestedBy { get; set; }

    /// <summary>Which region process runs it.</summary>
    public required string Holder { get; set; }

    /// <summary>Another region was asked to stop it.</summary>
    public bool IsStopWanted { get; set; }

    /// <summary>Another region was asked for an import while it ran, so that one more has to follow.</summary>
    public bool IsMoreWanted { get; set; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Bytes that were planned to be fetched.</summary>
    public long PlannedBytes { get; set; }

    /// <summary>Bytes that came over the network.</summary>
    public long FetchedBytes { get; set; }

    /// <summary>Per source, image and file that failed: code, message, subject; JSON array.</summary>
    public string Problems { get; set; } = "[]";
}
