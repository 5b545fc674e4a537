namespace BootDepot.Region.Sources;

/// <summary>What a client wants a boot source to be. Null members were not sent: unchanged, or the default.</summary>
internal sealed record SourceDraft
{
    /// <summary>Base URL.</summary>
    public string? Url { get; init; }

    /// <summary>Unique name.</summary>
    public string? Name { get; init; }

    /// <summary>Higher wins.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether it is asked at all.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Whether its documents need no signature.</summary>
    public bool? SkipKeyringVerification { get; init; }

    /// <summary>Path of a keyring on the region; empty clears it.</summary>
    public string? KeyringFilename { get; init; }

    /// <summary>The keyring itself; never empty.</summary>
    public byte[]? KeyringData { get; init; }
}

/// <summary>What a client wants a selection to be. Null members were not sent.</summary>
internal sealed record SelectionDraft(
    string? Os, string? Release, string[]? Arches, string[]? Subarches, string[]? Labels);
