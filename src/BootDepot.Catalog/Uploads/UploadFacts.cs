using BootDepot.Catalog.Resources;

namespace BootDepot.Catalog.Uploads;

/// <summary>What is known of an uploaded file beyond the file itself: what its uploader wished, and what was found in it.</summary>
public sealed class UploadFacts
{
    /// <summary>The file; primary key.</summary>
    public int FileId { get; set; }

    /// <summary>The file.</summary>
    public ResourceFile? File { get; set; }

    /// <summary>Whether the declared type holds although the bytes contradict it.</summary>
    public bool Force { get; set; }

    /// <summary>Upload name of the type that the file shall be converted to; null for none.</summary>
    public string? ConvertTo { get; set; }

    /// <summary>What the bytes are, for a person: <c>gzip(raw disk, GPT, amd64 EFI)</c>; null until they were looked at.</summary>
    public string? Found { get; set; }

    /// <summary>What the uploader should know: a JSON array of <c>{"code": …, "message": …}</c>.</summary>
    public string Warnings { get; set; } = "[]";

    /// <summary>Why the bytes were refused; null when they were not.</summary>
    public string? FaultCode { get; set; }

    /// <summary>The same in words.</summary>
    public string? FaultMessage { get; set; }

    /// <summary>Upload name of the type that the refused bytes are; null when they are none, or were not refused.</summary>
    public string? RightType { get; set; }
}
