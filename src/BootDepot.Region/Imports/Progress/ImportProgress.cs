using System;
using System.Collections.Generic;
using BootDepot.Catalog.Imports;
using BootDepot.Images;

namespace BootDepot.Region.Imports.Progress;

/// <summary>What an import is doing.</summary>
public enum ImportPhase
{
    /// <summary>Asking the sources what they have.</summary>
    Reading,

    /// <summary>Comparing that with the selections and the catalogue.</summary>
    Planning,

    /// <summary>Fetching, and publishing each version as its last file is stored.</summary>
    Fetching,

    /// <summary>Removing what something else took the place of.</summary>
    Retiring,

    /// <summary>Nothing more; <see cref="ImportProgress.State"/> tells how it ended.</summary>
    Ended,
}

/// <summary>What is happening to a file.</summary>
public enum FileState
{
    /// <summary>Waiting for its turn.</summary>
    Queued,

    /// <summary>Bytes are coming, or a server is being asked for them.</summary>
    Fetching,

    /// <summary>Waiting before another try; the reason is beside it.</summary>
    Waiting,

    /// <summary>Stored and verified.</summary>
    Stored,

    /// <summary>Given up for this run; the reason is beside it.</summary>
    Failed,
}

/// <summary>An import as it stands.</summary>
public sealed record ImportProgress
{
    /// <summary>The run.</summary>
    public required int Id { get; init; }

    /// <summary>What became of it.</summary>
    public required ImportState State { get; init; }

    /// <summary>What it is doing.</summary>
    public required ImportPhase Phase { get; init; }

    /// <summary>Why it runs: <c>manual</c>, <c>periodic</c>, <c>start</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary>Who asked; null when nobody did.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Bytes that had to be fetched when it was planned.</summary>
    public long PlannedBytes { get; init; }

    /// <summary>Of those, bytes that are here, with what was left of former runs.</summary>
    public long ReceivedBytes { get; init; }

    /// <summary>Bytes that came over the network in this run.</summary>
    public long FetchedBytes { get; init; }

    /// <summary>Image versions to be completed.</summary>
    public int PlannedSets { get; init; }

    /// <summary>Of those, how many are.</summary>
    public int PublishedSets { get; init; }

    /// <summary>Every file of the plan, in its order.</summary>
    public IReadOnlyList<FileProgress> Files { get; init; } = [];

    /// <summary>What went wrong so far, and what was left out.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];
}

/// <summary>A file on its way.</summary>
/// <param name="Sha256">Its digest.</param>
/// <param name="Filename">Its name in the image that first asked for it.</param>
/// <param name="Image">That image: <c>ubuntu/noble amd64/ga-24.04 20260309</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Received">Bytes that are here.</param>
/// <param name="State">What is happening to it.</param>
/// <param name="Fault">Why it waits or failed; null otherwise.</param>
/// <param name="RetryAt">When it is tried again; null unless it waits.</param>
public sealed record FileProgress(
    string Sha256, string Filename, string Image, long Size, long Received, FileState State, Fault? Fault, DateTimeOffset? RetryAt);
