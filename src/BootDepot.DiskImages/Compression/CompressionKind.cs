namespace BootDepot.DiskImages.Compression;

/// <summary>Compressions that are recognised.</summary>
public enum CompressionKind
{
    /// <summary>RFC 1952; several members in a row are one stream.</summary>
    Gzip,

    /// <summary>bzip2; several streams in a row are one, as parallel compressors write.</summary>
    Bzip2,

    /// <summary>.xz; several streams in a row are one.</summary>
    Xz,

    /// <summary>Zstandard, RFC 8878. No upload type has it; it is unpacked only.</summary>
    Zstd,
}
