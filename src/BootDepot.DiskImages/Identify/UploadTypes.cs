using BootDepot.DiskImages.Compression;
using BootDepot.Images;

namespace BootDepot.DiskImages.Identify;

/// <summary>Which upload type a chain of containers is.</summary>
internal static class UploadTypes
{
    /// <summary>The type of that content as it is, or null when there is none for it.</summary>
    public static FileType? ForOrNull(Found found)
    {
        var name = found switch
        {
            RawDiskFound => "ddraw",
            TarFound { Inner: RawDiskFound } => "ddtar",
            CompressedFound { Inner: RawDiskFound } packed => packed.Compression switch
            {
                CompressionKind.Gzip => "ddgz",
                CompressionKind.Bzip2 => "ddbz2",
                CompressionKind.Xz => "ddxz",
                _ => null,
            },
            CompressedFound { Inner: TarFound { Inner: RawDiskFound } } packed => packed.Compression switch
            {
                CompressionKind.Gzip => "ddtgz",
                CompressionKind.Bzip2 => "ddtbz",
                CompressionKind.Xz => "ddtxz",
                _ => null,
            },
            CompressedFound { Inner: TarFound { Inner: RootTreeFound } } packed => packed.Compression switch
            {
                CompressionKind.Gzip => "tgz",
                CompressionKind.Bzip2 => "tbz",
                CompressionKind.Xz => "txz",
                _ => null,
            },
            ScriptFound { LooksLikeInstaller: true } => "self-extracting",
            _ => null,
        };
        return name is null ? null : FileType.FindUploadOrNull(name);
    }
}
