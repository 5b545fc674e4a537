using System;
using System.Collections.Generic;
using BootDepot.Catalog.Resources;

namespace BootDepot.Region.Overview;

/// <summary>One image as people think of it: an operating system's release for one processor architecture, all its kernels together.</summary>
internal sealed record ImageRow
{
    /// <summary>How it came.</summary>
    public required ResourceKind Kind { get; init; }

    /// <summary><c>os/release</c>, or an upload's bare name.</summary>
    public required string Name { get; init; }

    /// <summary>Processor architecture.</summary>
    public required string Arch { get; init; }

    /// <summary>Title for people; empty when nobody gave one.</summary>
    public string Title { get; init; } = "";

    /// <summary>Whether it is a boot loader.</summary>
    public bool IsBootloader { get; init; }

    /// <summary>Its resources: one per kernel.</summary>
    public IReadOnlyList<int> Resources { get; init; } = [];

    /// <summary>Bytes of all versions held, each distinct file once.</summary>
    public long Size { get; init; }

    /// <summary>Complete versions held.</summary>
    public int Versions { get; init; }

    /// <summary>Newest complete version; null when there is none.</summary>
    public string? Version { get; init; }

    /// <summary>Label of the newest version.</summary>
    public string? Label { get; init; }

    /// <summary>When the newest version was completed.</summary>
    public DateTimeOffset? Updated { get; init; }

    /// <summary>How it stands; see <see cref="ImageStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Code of the reason; null when there is nothing to say.</summary>
    public string? Code { get; init; }

    /// <summary>The reason, and what to do.</summary>
    public string? Reason { get; init; }

    /// <summary>Newest version that is offered by the source that wins; null when none offers it.</summary>
    public string? OfferedVersion { get; init; }

    /// <summary>About how many bytes that version has.</summary>
    public long OfferedSize { get; init; }

    /// <summary>The source that wins, or else where it came from; null for uploads.</summary>
    public int? SourceId { get; init; }

    /// <summary>Enabled sources that offer it, the winner first.</summary>
    public IReadOnlyList<int> OfferedBy { get; init; } = [];

    /// <summary>Sources through which it is selected, the winner first.</summary>
    public IReadOnlyList<int> SelectedBy { get; init; } = [];

    /// <summary>When a machine last got it.</summary>
    public DateTimeOffset? LastDeployed { get; init; }

    /// <summary>Whether machines boot it for commissioning.</summary>
    public bool IsForCommissioning { get; init; }

    /// <summary>What it is called in requests.</summary>
    public string Key => $"{(Kind == ResourceKind.Uploaded ? "uploaded" : "synced")}:{Name}:{Arch}";
}

/// <summary>Words of how an image stands.</summary>
internal static class ImageStatus
{
    /// <summary>A complete version is held, and nothing newer is offered.</summary>
    public const string Ready = "ready";

    /// <summary>A complete version is held, and a newer one is offered.</summary>
    public const string UpdateAvailable = "update-available";

    /// <summary>Selected; nothing complete is held yet.</summary>
    public const string Waiting = "waiting";

    /// <summary>The last import could not fetch it.</summary>
    public const string Failed = "failed";

    /// <summary>Held and selected, but no source offers it any more.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>Selected by name, and not held; no source offers it.</summary>
    public const string NotOffered = "not-offered";

    /// <summary>Held, but no selection asks for it.</summary>
    public const string NotSelected = "not-selected";

    /// <summary>Held, and its source is switched off.</summary>
    public const string SourceDisabled = "source-disabled";

    /// <summary>An upload that is not complete.</summary>
    public const string UploadIncomplete = "upload-incomplete";
}
