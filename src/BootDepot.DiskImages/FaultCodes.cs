namespace BootDepot.DiskImages;

/// <summary>The fault codes of this library; docs/error-codes.md says what to do about each.</summary>
public static class FaultCodes
{
    /// <summary>The bytes contradict the declared type.</summary>
    public const string TypeMismatch = "image-type-mismatch";

    /// <summary>The bytes are nothing that is known.</summary>
    public const string NotRecognised = "image-not-recognised";

    /// <summary>A known format contradicts itself.</summary>
    public const string Damaged = "image-damaged";

    /// <summary>The file ends before its content does.</summary>
    public const string Truncated = "image-truncated";

    /// <summary>The file is two formats at once.</summary>
    public const string Ambiguous = "image-ambiguous";

    /// <summary>The inspection stopped at a limit.</summary>
    public const string InspectionLimit = "image-inspection-limit";

    /// <summary>The image needs another file under it.</summary>
    public const string BackingFile = "image-has-backing-file";

    /// <summary>The image's data is in other files.</summary>
    public const string ExternalData = "image-has-external-data";

    /// <summary>The image is encrypted.</summary>
    public const string Encrypted = "image-is-encrypted";

    /// <summary>A version or feature that is not handled.</summary>
    public const string UnsupportedVariant = "image-unsupported-variant";

    /// <summary>Containers are nested deeper than any image needs.</summary>
    public const string NestedTooDeep = "image-nested-too-deep";

    /// <summary>No boot loader was found.</summary>
    public const string NoBootLoader = "image-no-boot-loader";

    /// <summary>The image's programs are for another architecture than it was declared for.</summary>
    public const string ArchitectureMismatch = "image-architecture-mismatch";

    /// <summary>A decoder's system library is not installed.</summary>
    public const string CodecMissing = "codec-library-missing";

    /// <summary>The conversion tool is not installed.</summary>
    public const string ToolMissing = "conversion-tool-missing";

    /// <summary>What was found cannot become what was asked for.</summary>
    public const string NotConvertible = "conversion-not-possible";

    /// <summary>The disk is larger than conversions may be.</summary>
    public const string TooLarge = "conversion-too-large";

    /// <summary>There is no space for a conversion's temporary files.</summary>
    public const string NoSpace = "conversion-no-space";

    /// <summary>The conversion used up its time.</summary>
    public const string TimedOut = "conversion-timed-out";

    /// <summary>The conversion tool failed.</summary>
    public const string ConversionFailed = "conversion-failed";
}
