using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Region.Publishing;

/// <summary>
/// The documents of the published stream. Strict readers (MAAS 3.8) reject a document, and with it the whole source, when one
/// product in it has another shape than the rest; so each shape has its shelf, and what fits none is in an index of its own.
/// </summary>
internal sealed record Shelf(string ContentId, StreamIndexName Index)
{
    /// <summary>Kernel, initrd and root file system.</summary>
    public static readonly Shelf MultiFile = new("org.bootdepot:v3:download", StreamIndexName.Main);

    /// <summary>One root tarball.</summary>
    public static readonly Shelf Tarballs = new("org.bootdepot:bases-download", StreamIndexName.Main);

    /// <summary>Boot loaders.</summary>
    public static readonly Shelf Bootloaders = new("org.bootdepot:1:bootloader-download", StreamIndexName.Main);

    /// <summary>Uploads and everything whose shape strict readers do not know.</summary>
    public static readonly Shelf Custom = new("org.bootdepot:custom:download", StreamIndexName.Custom);

    public static readonly IReadOnlyList<Shelf> All = [MultiFile, Tarballs, Bootloaders, Custom];

    private static readonly string[] LoaderItems = ["grub2-signed", "shim-signed", "grub2", "syslinux"];
    private static readonly string[] SourceKeys = ["src_package", "src_release", "src_version"];

    /// <summary>File name of the document without its ending.</summary>
    public string FileName => ContentId;

    /// <summary>
    /// Where a version goes. The rules are those that the strict parser was seen to apply; a multi-file version may lack a root
    /// file system (an installer's kernel and initrd), since it does not ask for one.
    /// </summary>
    public static Shelf For(PublishedSet set, IReadOnlyDictionary<string, OrderedMap<TagValue>> items)
    {
        // A zero-byte payload makes the strict importer divide by zero.
        if (set.Kind == Catalog.Resources.ResourceKind.Uploaded || set.Files.Any(f => f.Size == 0))
            return Custom;
        if (set.BootloaderType is not null)
        {
            var known = items.Where(i => Array.IndexOf(LoaderItems, i.Key) >= 0).ToList();
            return known.Count > 0 && known.TrueForAll(i => SourceKeys.All(i.Value.ContainsKey)) ? Bootloaders : Custom;
        }

        if (items.ContainsKey("boot-kernel") && items.ContainsKey("boot-initrd"))
            return MultiFile;
        return items.ContainsKey("root-tgz") ? Tarballs : Custom;
    }
}

/// <summary>The indexes that the region publishes.</summary>
internal enum StreamIndexName
{
    /// <summary><c>streams/v1/index</c>: only what every reader accepts.</summary>
    Main,

    /// <summary><c>streams/v1/custom</c>: the rest.</summary>
    Custom,
}
