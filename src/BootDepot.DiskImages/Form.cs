using System.Collections.Generic;
using BootDepot.DiskImages.Compression;
using BootDepot.Images;

namespace BootDepot.DiskImages;

/// <summary>How a file type is packed.</summary>
/// <param name="IsDisk">Whether it holds a disk; else a root file system.</param>
/// <param name="IsTar">Whether that is in a tar archive.</param>
/// <param name="Compression">How that is compressed, or null.</param>
internal sealed record Form(bool IsDisk, bool IsTar, CompressionKind? Compression)
{
    private static readonly Dictionary<string, Form> ByUploadName = new(System.StringComparer.Ordinal)
    {
        ["tgz"] = new(false, true, CompressionKind.Gzip),
        ["tbz"] = new(false, true, CompressionKind.Bzip2),
        ["txz"] = new(false, true, CompressionKind.Xz),
        ["ddtgz"] = new(true, true, CompressionKind.Gzip),
        ["ddtbz"] = new(true, true, CompressionKind.Bzip2),
        ["ddtxz"] = new(true, true, CompressionKind.Xz),
        ["ddtar"] = new(true, true, null),
        ["ddraw"] = new(true, false, null),
        ["ddgz"] = new(true, false, CompressionKind.Gzip),
        ["ddbz2"] = new(true, false, CompressionKind.Bzip2),
        ["ddxz"] = new(true, false, CompressionKind.Xz),
    };

    /// <summary>The form of a type, or null for one that is neither disk nor root file system.</summary>
    public static Form? Of(FileType type) => ByUploadName.GetValueOrDefault(type.UploadName ?? "");
}
