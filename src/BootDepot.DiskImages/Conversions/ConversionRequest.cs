using System.Collections.Generic;
using BootDepot.DiskImages.Identify;
using BootDepot.Images;

namespace BootDepot.DiskImages.Conversions;

/// <summary>What shall be converted to what.</summary>
/// <param name="SourcePath">The file. It must not change meanwhile; blobs never do.</param>
/// <param name="Target">The type it shall become.</param>
/// <param name="ApplianceDisk">Which disk of an appliance with several; null for the only one.</param>
public sealed record ConversionRequest(string SourcePath, FileType Target, string? ApplianceDisk = null);

/// <summary>How far a conversion is.</summary>
/// <param name="Stage">What it does.</param>
/// <param name="Fraction">How much of the stage is done, 0 to 1; null when the end is not known.</param>
/// <param name="BytesWritten">Bytes given to the output so far.</param>
public sealed record ConversionProgress(ConversionStage Stage, double? Fraction, long BytesWritten);

/// <summary>The stages of a conversion, in order; not every one has all.</summary>
public enum ConversionStage
{
    /// <summary>Taking the virtual disk out of its archive.</summary>
    Unpacking,

    /// <summary>Turning the virtual disk into a raw one.</summary>
    Converting,

    /// <summary>Writing the result.</summary>
    Packing,
}

/// <summary>How a conversion ended.</summary>
public abstract record ConversionOutcome
{
    private protected ConversionOutcome() { }

    /// <summary>It is done, and the output is complete.</summary>
    /// <param name="Source">What the source was.</param>
    /// <param name="ContentSize">Bytes of the disk, or of the tar archive of a root file system, before compression.</param>
    /// <param name="BytesWritten">Bytes of the output.</param>
    public sealed record Converted(Identification Source, long ContentSize, long BytesWritten) : ConversionOutcome;

    /// <summary>It was not done; what was written to the output is worthless.</summary>
    /// <param name="Fault">Why.</param>
    /// <param name="PossibleTargets">What the source can become.</param>
    public sealed record NotConverted(Fault Fault, IReadOnlyList<FileType> PossibleTargets) : ConversionOutcome;
}
