using BootDepot.Images;

namespace BootDepot.Region.Uploads;

/// <summary>Why uploaded bytes are refused, in words and as fields (docs/uploads.md has them).</summary>
/// <param name="Fault">The code, and the reason in words.</param>
/// <param name="Declared">Upload name of the declared type; null where the type plays no part.</param>
/// <param name="Found">What the bytes are, for a person; null when they were not looked at.</param>
/// <param name="RightType">Upload name of the type that the bytes are as they are; null when they are none.</param>
/// <param name="CanForce">Whether <c>force</c> would have them accepted.</param>
internal sealed record UploadRefusal(
    Fault Fault, string? Declared = null, string? Found = null, string? RightType = null, bool CanForce = false);
