using BootDepot.Images;

namespace BootDepot.Catalog;

/// <summary>Longest texts that the catalogue takes, in Unicode code points, the same on every database.</summary>
public static class MaxLengths
{
    /// <summary>One name: what may be one segment of a path.</summary>
    public const int Name = SafeName.MaxLength;

    /// <summary>Two names and the slash between them.</summary>
    public const int NamePair = (2 * Name) + 1;

    /// <summary>A path below a stream's base, or a key with that many parts.</summary>
    public const int Path = 1024;

    /// <summary>A URL; and the name of a source, which is its URL when none was given.</summary>
    public const int Url = 2048;

    /// <summary>A stable code, such as a fault's or an action's.</summary>
    public const int Code = 64;

    /// <summary>An OpenPGP fingerprint in hexadecimal: 40 digits in version 4, 64 in later ones.</summary>
    public const int Fingerprint = 64;

    /// <summary>The value of an HTTP header that is sent back as it came.</summary>
    public const int Header = 1024;
}
