using System;
using System.IO;

namespace BootDepot.DiskImages.Conversions;

/// <summary>Where conversions work and how much they may use.</summary>
public sealed record ConversionOptions
{
    /// <summary>
    /// The folder for temporary files. A virtual disk's content is there while it is packed, without its empty parts;
    /// raw disks and archives need no space.
    /// </summary>
    public string WorkFolder { get; init; } = Path.GetTempPath();

    /// <summary>The path of qemu-img, or null to look for it where Linux systems install programs.</summary>
    public string? QemuImg { get; init; }

    /// <summary>The largest disk that is written, in bytes.</summary>
    public long MaxDiskSize { get; init; } = 4L << 40;

    /// <summary>The longest that the tool may run.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromHours(6);

    /// <summary>The processor time that the tool may use.</summary>
    public TimeSpan MaxProcessorTime { get; init; } = TimeSpan.FromHours(4);

    /// <summary>The address space that the tool may use, in bytes; it needs some 300 MiB.</summary>
    public long MaxAddressSpace { get; init; } = 2L << 30;

    /// <summary>Blocks that are compressed at once.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}
