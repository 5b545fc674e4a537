using System.Collections.Generic;

namespace BootDepot.Images.Racks;

/// <summary>What a rack tells its region: what it holds and what it is doing.</summary>
public sealed record RackReport
{
    /// <summary>Version of its software.</summary>
    public string Version { get => field ?? ""; init; } = "";

    /// <summary>Where machines and other racks reach it; null when it serves neither.</summary>
    public string? Url { get; init; }

    /// <summary>The <see cref="RackConfiguration.Stream"/> that <see cref="Images"/> answers to; empty before it read any.</summary>
    public string Stream { get => field ?? ""; init; } = "";

    /// <summary>Every version of an image that it holds or wants.</summary>
    public IReadOnlyList<RackImageState> Images { get => field ?? []; init; } = [];

    /// <summary>What is wrong with the rack as a whole (the region's stream cannot be read, the disk is full); null for nothing.</summary>
    public Fault? Fault { get; init; }

    /// <summary>Bytes free on the disk that holds its files.</summary>
    public long? DiskFree { get; init; }

    /// <summary>Bytes that its files occupy.</summary>
    public long? DiskUsed { get; init; }
}

/// <summary>What a rack has of one version of an image.</summary>
public sealed record RackImageState
{
    /// <summary><c>os/release</c>; of a boot loader <c>os/type</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>arch/subarch</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Machine sub-architectures that it serves.</summary>
    public IReadOnlyList<string> Subarches { get => field ?? []; init; } = [];

    /// <summary>Label.</summary>
    public required string Label { get; init; }

    /// <summary>Version.</summary>
    public required string Version { get; init; }

    /// <summary>Boot-loader type; null for images.</summary>
    public string? BootloaderType { get; init; }

    /// <summary>
    /// <c>synced</c>: every file is held and served. <c>syncing</c>: files are being fetched or wait for their turn.
    /// <c>waiting</c>: for a time window. <c>failed</c>, with <see cref="Fault"/>. <c>on-demand</c>: fetched when a machine asks.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Files held.</summary>
    public int FilesHeld { get; init; }

    /// <summary>Files that it has.</summary>
    public int Files { get; init; }

    /// <summary>Bytes held, those of unfinished files included.</summary>
    public long BytesHeld { get; init; }

    /// <summary>Bytes that it has.</summary>
    public long Bytes { get; init; }

    /// <summary>Why it is not there; null unless failed or waiting for another try.</summary>
    public Fault? Fault { get; init; }
}
