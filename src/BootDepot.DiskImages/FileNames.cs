using System;
using System.Linq;
using BootDepot.Images;

namespace BootDepot.DiskImages;

/// <summary>
/// The upload type that people mean by a file's name. A guess to offer before the bytes are there; the bytes decide.
/// </summary>
public static class FileNames
{
    // Longest first, so that .dd.tar.gz is not taken for .tar.gz.
    private static readonly (string Suffix, string Type)[] Suffixes =
    [
        .. new (string, string)[]
        {
            (".tgz", "tgz"), (".tar.gz", "tgz"),
            (".tbz", "tbz"), (".tbz2", "tbz"), (".tar.bz2", "tbz"),
            (".txz", "txz"), (".tar.xz", "txz"),
            (".ddtgz", "ddtgz"), (".dd.tgz", "ddtgz"), (".dd.tar.gz", "ddtgz"),
            (".ddtar", "ddtar"), (".dd.tar", "ddtar"),
            (".ddtbz", "ddtbz"), (".dd.tar.bz2", "ddtbz"), (".dd.tbz", "ddtbz"),
            (".ddtxz", "ddtxz"), (".dd.tar.xz", "ddtxz"), (".dd.txz", "ddtxz"),
            (".ddraw", "ddraw"), (".raw", "ddraw"), (".img", "ddraw"), (".dd", "ddraw"),
            (".ddgz", "ddgz"), (".dd.gz", "ddgz"), (".img.gz", "ddgz"), (".raw.gz", "ddgz"),
            (".ddbz2", "ddbz2"), (".dd.bz2", "ddbz2"), (".img.bz2", "ddbz2"), (".raw.bz2", "ddbz2"),
            (".ddxz", "ddxz"), (".dd.xz", "ddxz"), (".img.xz", "ddxz"), (".raw.xz", "ddxz"),
            (".bin", "self-extracting"),
        }.OrderByDescending(s => s.Item1.Length),
    ];

    /// <summary>
    /// The type for a name such as <c>alma9.tar.gz</c> (<c>tgz</c>) or <c>windows.dd.gz</c> (<c>ddgz</c>); letter case
    /// and leading folders do not matter. Null when the name says nothing, as with <c>disk.qcow2</c>.
    /// </summary>
    public static FileType? GuessOrNull(string fileName)
    {
        foreach (var (suffix, type) in Suffixes)
        {
            if (fileName.Length > suffix.Length && fileName.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                return FileType.FindUploadOrNull(type);
        }

        return null;
    }
}
