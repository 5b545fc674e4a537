namespace BootDepot.Region.Api.Requests;

/// <summary>The most that a form may have. More is refused with 413 (400 for counts) as soon as it is seen.</summary>
/// <param name="Fields">Text fields and file parts.</param>
/// <param name="FieldBytes">Bytes of all text fields together, transfer encoding included; they are held in memory.</param>
/// <param name="PartHeaderBytes">Bytes of one part's headers.</param>
/// <param name="FileBytes">Bytes of one file part; they go to a temporary file.</param>
internal sealed record FormLimits(int Fields, int FieldBytes, int PartHeaderBytes, long FileBytes)
{
    /// <summary>For everything but whole images: file parts are keyrings.</summary>
    public static readonly FormLimits Small = new(1000, 1024 * 1024, 8 * 1024, 4 * 1024 * 1024);

    /// <summary>Where a file part may be a whole image (the old way to upload).</summary>
    public static readonly FormLimits WithImage = Small with { FileBytes = 1L << 42 };
}
