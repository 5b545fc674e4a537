using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Images;

/// <summary>
/// The meaning of a file in a set: what streams call <c>ftype</c>. <see cref="UploadName"/> is what the upload API
/// calls the same thing, for the types that can be uploaded.
/// </summary>
public sealed record FileType
{
    private static readonly FileType[] Uploads =
    [
        new("root-tgz", "tgz", "root.tgz", isRootImage: true),
        new("root-tbz", "tbz", "root.tbz", isRootImage: true),
        new("root-txz", "txz", "root.txz", isRootImage: true),
        new("root-dd", "ddtgz", "root-dd", isRootImage: true),
        new("root-dd.tar", "ddtar", "root-dd.tar", isRootImage: true),
        new("root-dd.raw", "ddraw", "root-dd.raw", isRootImage: true),
        new("root-dd.tar.bz2", "ddtbz", "root-dd.tar.bz2", isRootImage: true),
        new("root-dd.tar.xz", "ddtxz", "root-dd.tar.xz", isRootImage: true),
        new("root-dd.bz2", "ddbz2", "root-dd.bz2", isRootImage: true),
        new("root-dd.gz", "ddgz", "root-dd.gz", isRootImage: true),
        new("root-dd.xz", "ddxz", "root-dd.xz", isRootImage: true),
        new("self-extracting", "self-extracting", "installer.bin", isRootImage: false),
    ];

    private static readonly FileType[] StreamOnly =
    [
        new("boot-kernel", null, "boot-kernel", isRootImage: false),
        new("boot-initrd", null, "boot-initrd", isRootImage: false),
        new("boot-dtb", null, "boot-dtb", isRootImage: false),
        new("squashfs", null, "squashfs", isRootImage: true),
        new("root-image.gz", null, "root-image.gz", isRootImage: true),
        new("archive.tar.xz", null, "archive.tar.xz", isRootImage: false),
        new("bootloader", null, "bootloader", isRootImage: false),
        new("manifest", null, "manifest", isRootImage: false),
    ];

    private static readonly FrozenDictionary<string, FileType> ByName =
        Uploads.Concat(StreamOnly).ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, FileType> ByUploadName =
        Uploads.ToFrozenDictionary(t => t.UploadName!, StringComparer.Ordinal);

    private FileType(string name, string? uploadName, string defaultFilename, bool isRootImage)
    {
        Name = name;
        UploadName = uploadName;
        DefaultFilename = defaultFilename;
        IsRootImage = isRootImage;
    }

    /// <summary>The stored name, as in streams and API answers: <c>root-dd.gz</c>.</summary>
    public string Name { get; }

    /// <summary>The name in the upload API (<c>ddgz</c>), or null when the type cannot be uploaded.</summary>
    public string? UploadName { get; }

    /// <summary>The file name an upload of this type gets in its set.</summary>
    public string DefaultFilename { get; }

    /// <summary>Whether an installer can put this file on a disk (it holds a root file system or a disk).</summary>
    public bool IsRootImage { get; }

    /// <summary>
    /// Whether the file only accompanies the others: it is mirrored and published again, because other mirrors demand
    /// it, but MAAS clients never see it in a set.
    /// </summary>
    public bool IsCompanion => Name == "manifest";

    /// <summary>Every type that can be uploaded, in the order in which messages list them.</summary>
    public static IReadOnlyList<FileType> Uploadable => Uploads;

    /// <summary>What an upload is when it does not say.</summary>
    public static FileType DefaultUpload => Uploads[0];

    /// <summary>The type of that stored name; null when it is unknown (such items are skipped).</summary>
    public static FileType? FindOrNull(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The type of that upload name, case-sensitive; null when it is unknown.</summary>
    public static FileType? FindUploadOrNull(string uploadName) => ByUploadName.GetValueOrDefault(uploadName);

    /// <inheritdoc />
    public override string ToString() => Name;
}
