using System.Collections.Generic;

namespace BootDepot.Client;

/// <summary>
/// What an uploaded file is: the word the API takes (<c>tgz</c>, <c>ddgz</c>). Those known today are members; any other
/// word can be made into one.
/// </summary>
/// <param name="Name">The API's word.</param>
public readonly record struct BootResourceFileType(string Name)
{
    /// <summary>A root file system in a tar, gzip. What a server takes an upload for that does not say.</summary>
    public static BootResourceFileType Tgz { get; } = new("tgz");

    /// <summary>A root file system in a tar, bzip2.</summary>
    public static BootResourceFileType Tbz { get; } = new("tbz");

    /// <summary>A root file system in a tar, xz.</summary>
    public static BootResourceFileType Txz { get; } = new("txz");

    /// <summary>A tar that holds one raw disk, gzip.</summary>
    public static BootResourceFileType DdTgz { get; } = new("ddtgz");

    /// <summary>A tar that holds one raw disk.</summary>
    public static BootResourceFileType DdTar { get; } = new("ddtar");

    /// <summary>A tar that holds one raw disk, bzip2.</summary>
    public static BootResourceFileType DdTbz { get; } = new("ddtbz");

    /// <summary>A tar that holds one raw disk, xz.</summary>
    public static BootResourceFileType DdTxz { get; } = new("ddtxz");

    /// <summary>A raw disk.</summary>
    public static BootResourceFileType DdRaw { get; } = new("ddraw");

    /// <summary>A raw disk, gzip.</summary>
    public static BootResourceFileType DdGz { get; } = new("ddgz");

    /// <summary>A raw disk, bzip2.</summary>
    public static BootResourceFileType DdBz2 { get; } = new("ddbz2");

    /// <summary>A raw disk, xz.</summary>
    public static BootResourceFileType DdXz { get; } = new("ddxz");

    /// <summary>A switch's installer. BootDepot and MAAS 3.8's newer API.</summary>
    public static BootResourceFileType SelfExtracting { get; } = new("self-extracting");

    /// <summary>All members.</summary>
    public static IReadOnlyList<BootResourceFileType> All { get; } =
        [Tgz, Tbz, Txz, DdTgz, DdTar, DdTbz, DdTxz, DdRaw, DdGz, DdBz2, DdXz, SelfExtracting];

    // Of a file in an answer; ddtgz came before the others and has a name without its packing.
    internal string StoredName => Name switch
    {
        "tgz" or "tbz" or "txz" => "root-" + Name,
        "ddtgz" => "root-dd",
        "ddtar" => "root-dd.tar",
        "ddtbz" => "root-dd.tar.bz2",
        "ddtxz" => "root-dd.tar.xz",
        "ddraw" => "root-dd.raw",
        "ddgz" => "root-dd.gz",
        "ddbz2" => "root-dd.bz2",
        "ddxz" => "root-dd.xz",
        _ => Name,
    };

    /// <inheritdoc />
    public override string ToString() => Name;
}
