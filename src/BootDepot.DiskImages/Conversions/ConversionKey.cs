using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BootDepot.Images;

namespace BootDepot.DiskImages.Conversions;

/// <summary>
/// Names the result of a conversion before it is made, so that it is made once. Two conversions with the same key give
/// the same disk.
/// </summary>
/// <param name="Source">The digest of the source file.</param>
/// <param name="Target">The type it becomes.</param>
/// <param name="ApplianceDisk">Which disk of an appliance, or null.</param>
public sealed record ConversionKey(Digest Source, FileType Target, string? ApplianceDisk = null)
{
    /// <summary>Counts changes of this library that change results.</summary>
    public const int ConverterVersion = 1;

    /// <summary>The key as a digest.</summary>
    public Digest ToDigest() => Digest.FromHash(SHA256.HashData(Encoding.UTF8.GetBytes(ToString())));

    /// <summary>The key as text: <c>conversion/1/SOURCE/TARGET</c>, then the disk if there is one.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"conversion/{ConverterVersion}/{Source.Hex}/{Target.UploadName ?? Target.Name}")
        + (ApplianceDisk is null ? "" : $"/{ApplianceDisk}");
}
