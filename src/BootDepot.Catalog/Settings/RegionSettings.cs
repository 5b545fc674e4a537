namespace BootDepot.Catalog.Settings;

/// <summary>What an operator can change while the region runs. The defaults are MAAS's own where MAAS has the setting.</summary>
public sealed record RegionSettings
{
    /// <summary>Whether imports run by themselves.</summary>
    public bool BootImagesAutoImport { get; init; } = true;

    /// <summary>Minutes between imports that run by themselves.</summary>
    public int BootImagesImportIntervalMinutes { get; init; } = 60;

    /// <summary>Complete versions that are kept of each imported image.</summary>
    public int BootImagesKeepVersions { get; init; } = 1;

    /// <summary>Reach image servers without the proxy.</summary>
    public bool BootImagesNoProxy { get; init; }

    /// <summary>Use a proxy at all.</summary>
    public bool EnableHttpProxy { get; init; } = true;

    /// <summary>URL of the proxy; null for none.</summary>
    public string? HttpProxy { get; init; }

    /// <summary>Whether machines use the region's proxy, which asks <see cref="HttpProxy"/>.</summary>
    public bool UsePeerProxy { get; init; }

    /// <summary>Operating system that machines get when nobody says.</summary>
    public string DefaultOsystem { get; init; } = "ubuntu";

    /// <summary>Release that machines get when nobody says.</summary>
    public string DefaultDistroSeries { get; init; } = "noble";

    /// <summary>Operating system that machines boot for enlistment, commissioning and deployment.</summary>
    public string CommissioningOsystem { get; init; } = "ubuntu";

    /// <summary>Release of it.</summary>
    public string CommissioningDistroSeries { get; init; } = "noble";

    /// <summary>Least kernel for new machines; empty for none.</summary>
    public string DefaultMinHweKernel { get; init; } = "";

    /// <summary>Name of this installation, for people.</summary>
    public string MaasName { get; init; } = "bootdepot";

    /// <summary>Time servers for machines, separated by blanks or commas.</summary>
    public string NtpServers { get; init; } = "ntp.ubuntu.com";

    /// <summary>Days that an imported version is kept after its successor was complete.</summary>
    public int BootImagesKeepDays { get; init; }

    /// <summary>Kibibytes per second that imports receive at most, all together; 0 for no limit.</summary>
    public int ImportRateKibibytes { get; init; }

    /// <summary>Hours of the day in which imports begin by themselves, as <c>22:00-06:00</c> of the region's clock; empty: always.</summary>
    public string ImportWindow { get; init; } = "";

    /// <summary>Mebibytes that uploads which have not ended may take together; 0: as much as is free.</summary>
    public int StagingMebibytes { get; init; }

    /// <summary>Days between the beginnings of scrubs that run by themselves; 0 for never.</summary>
    public int ScrubIntervalDays { get; init; } = 30;

    /// <summary>Mebibytes per second that a scrub reads at most; 0 for no limit.</summary>
    public int ScrubMebibytesPerSecond { get; init; } = 50;

    /// <summary>Free mebibytes of the blob store below which its state is "low"; 0 for never.</summary>
    public int StorageLowMebibytes { get; init; } = 2048;

    /// <summary>Hours without a byte after which an upload that is not complete is given up and its bytes are deleted.</summary>
    public int UploadExpiryHours { get; init; } = 168;

    /// <summary>Days that entries of the audit trail are kept; 0 for ever.</summary>
    public int AuditKeepDays { get; init; } = 1095;
}
