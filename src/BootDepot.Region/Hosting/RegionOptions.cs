using System;
using System.Collections.Immutable;
using BootDepot.Catalog;
using BootDepot.DiskImages.Conversions;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Region.Imports;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Hosting;

/// <summary>How a region runs. Read by the executable from flags and environment; nothing here looks at either.</summary>
public sealed record RegionOptions
{
    /// <summary>Port that MAAS clients know.</summary>
    public const int DefaultPort = 5240;

    /// <summary>The data directory. Made when it is not there.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The catalogue; null: the SQLite file of the data directory.</summary>
    public CatalogOptions? Catalog { get; init; }

    /// <summary>Where image bytes are kept.</summary>
    public BlobStorage Blobs { get; init; } = new BlobStorage.InFiles();

    /// <summary>Where to listen: one http URL; port 0 takes a free one.</summary>
    public string Url { get; init; } = "http://[::]:5240";

    /// <summary>Where to listen with TLS as well; null for nowhere.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>The source that a new region starts with; null for none.</summary>
    public DefaultSource? DefaultSource { get; init; } = new();

    /// <summary>Kind of the key that signs the published stream, for when it has to be made.</summary>
    public SigningKeyKind StreamKey { get; init; } = SigningKeyKind.Ed25519;

    /// <summary>Whether imports run by themselves (at start, periodically, after changes) as the settings say; false: only when asked.</summary>
    public bool AutoImport { get; init; } = true;

    /// <summary>How imports behave.</summary>
    public ImportOptions Imports { get; init; } = new();

    /// <summary>Requests a second that one caller of the API may keep up; 0 for no limit.</summary>
    public int RequestsPerSecond { get; init; } = 500;

    /// <summary>How uploaded images are converted; the work folder is the data directory's own.</summary>
    public ConversionOptions Conversions { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where log lines go; null for nowhere.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}

/// <summary>
/// The source and selection that a region has after its first start: MAAS's own since 2.9, one release of Ubuntu for
/// amd64 and the region's architecture.
/// </summary>
public sealed record DefaultSource
{
    /// <summary>Base URL of the stream.</summary>
    public string Url { get; init; } = "http://images.maas.io/ephemeral-v3/stable/";

    /// <summary>Name of the source.</summary>
    public string Name { get; init; } = "MAAS Stable";

    /// <summary>Operating system to select; null: no selection, which takes everything.</summary>
    public string? Os { get; init; } = "ubuntu";

    /// <summary>Release to select: the latest LTS that MAAS 3.8 knows.</summary>
    public string Release { get; init; } = "noble";

    /// <summary>Where distributions put the keyring; the first file that exists is used.</summary>
    public ImmutableArray<string> Keyrings { get; init; } =
    [
        "/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg",
        "/snap/maas/current/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg",
        "/etc/bootdepot/keyrings/ubuntu-cloudimage-keyring.gpg",
    ];
}
