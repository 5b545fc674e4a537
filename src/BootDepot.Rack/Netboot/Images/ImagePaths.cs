using System.Linq;
using BootDepot.Images.Products;

namespace BootDepot.Rack.Netboot.Images;

/// <summary>
/// Paths of image files in boot scripts: <c>/images/DIGEST/os/arch/subarch/release/label/file</c>. The digest alone names the
/// bytes, so that a chain begun before an update ends with the files it began with; the rest is for people, and therefore
/// may be changed: it holds no character that means something in a URL, to a boot loader or to a shell.
/// </summary>
internal static class ImagePaths
{
    // PXELINUX takes names of up to 255 bytes, with http://HOST:PORT in front: 8 for "/images/", 65 for the digest, and this.
    private const int MaxRest = 120;
    private const int MaxFilename = 60;

    /// <summary>The path of a file.</summary>
    public static string Of(OfferedImage image, OfferedFile file)
    {
        var name = image.Key.Name;
        var architecture = image.Key.Architecture;
        string[] segments = [name.Os, architecture.Arch, architecture.Subarch, name.Release, image.Label, file.Filename];
        var rest = string.Join('/', segments.Select(Plain));
        return $"/images/{file.Digest.Hex}/{(rest.Length <= MaxRest ? rest : End(Plain(file.Filename)))}";
    }

    /// <summary>The text with everything but letters, digits, dots, dashes and underscores (of ASCII) replaced.</summary>
    public static string Plain(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));

    // The end of a name says what it is (.tgz), the beginning does not.
    private static string End(string filename) => filename.Length <= MaxFilename ? filename : filename[^MaxFilename..];
}
