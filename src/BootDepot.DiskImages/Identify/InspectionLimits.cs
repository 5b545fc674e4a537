namespace BootDepot.DiskImages.Identify;

/// <summary>
/// How far an inspection goes. A file can ask for no more work, memory or temporary space than this, whatever it
/// claims in its headers; what lies beyond a limit is not looked at, and the result says so.
/// </summary>
public sealed record InspectionLimits
{
    /// <summary>
    /// Bytes that may be unpacked to look inside compressed content, all layers together. A boot loader is found when
    /// the start of its EFI system partition lies before this offset.
    /// </summary>
    public long UnpackedBytes { get; init; } = 512L << 20;

    /// <summary>Containers within containers: gzip(tar(disk)) has three levels.</summary>
    public int Levels { get; init; } = 5;

    /// <summary>Headers read in a tar archive.</summary>
    public int TarHeaders { get; init; } = 20_000;

    /// <summary>Bytes of a pax or GNU long-name record.</summary>
    public int TarExtensionBytes { get; init; } = 64 << 10;

    /// <summary>Entries read in a GUID partition table.</summary>
    public int GptEntries { get; init; } = 256;

    /// <summary>Entries read in a FAT directory.</summary>
    public int FatDirectoryEntries { get; init; } = 4096;

    /// <summary>Bytes read of the text that describes a VMDK.</summary>
    public int VmdkDescriptorBytes { get; init; } = 64 << 10;

    /// <summary>Entries read in the region and metadata tables of a VHDX (the format allows 2047).</summary>
    public int VhdxTableEntries { get; init; } = 2047;

    /// <summary>
    /// The largest file in a compressed tar archive behind which is looked for another one: what lies between has to be unpacked.
    /// </summary>
    public long TarLookBehind { get; init; } = 128L << 20;

    /// <summary>Reads of the file's structure, all layers together; ends a walk in circles.</summary>
    public int Reads { get; init; } = 500_000;

    /// <summary>Bytes that those reads may take, in all; the tables of a full qcow2 disk of 4 TiB have 512 MiB.</summary>
    public long ReadBytes { get; init; } = 2L << 30;

    /// <summary>Memory that a decoder may use, in bytes (xz -9 needs 65 MiB, zstd --long=27 128 MiB).</summary>
    public long DecoderMemory { get; init; } = 192L << 20;

    /// <summary>Of a look at the first bytes, for which an uploader waits.</summary>
    internal static InspectionLimits Start { get; } = new() { UnpackedBytes = 32L << 20, Reads = 20_000, ReadBytes = 256L << 20 };

    /// <summary>The limits used when none are given.</summary>
    public static InspectionLimits Default { get; } = new();
}
