using System.Collections.Generic;
using BootDepot.Images;

namespace BootDepot.DiskImages.Identify;

/// <summary>What <see cref="DiskImageInspector"/> found out about a file.</summary>
/// <param name="Found">What the file is, as a chain.</param>
/// <param name="UploadType">The file type under which it can be uploaded as it is; null when it has to be converted or is no image.</param>
/// <param name="FileSize">The file's size in bytes, or null when it was read as a stream of unknown length.</param>
/// <param name="DiskSize">The size of the disk that a machine would get, in bytes, or null when that is not known without unpacking everything.</param>
/// <param name="Warnings">What its uploader should know: no boot loader found, inspection stopped at a limit.</param>
public sealed record Identification(
    Found Found,
    FileType? UploadType,
    long? FileSize,
    long? DiskSize,
    IReadOnlyList<Fault> Warnings
)
{
    /// <summary>Why the file is refused whatever it was declared to be: damaged, hostile; null when there is no such reason.</summary>
    public Fault? RefusalOrNull
    {
        get
        {
            for (var at = Found; at is not null; at = at.InnerOrNull)
            {
                if (at is DamagedFound damaged)
                    return damaged.Fault;
                if (at is VirtualDiskFound { Hazards: [var first, ..] })
                    return first;
                if (at is VirtualDiskFound { Guest: DamagedFound inside })
                    return inside.Fault;
            }

            return null;
        }
    }

    /// <summary>The processor architectures that the image's own programs are made for; empty when unknown.</summary>
    public IReadOnlyList<string> Architectures =>
        GuestOf(Found.Innermost) switch
        {
            RawDiskFound disk => disk.Layout.Architectures,
            RootTreeFound { Arch: { } arch } => [arch],
            _ => [],
        };

    private static Found GuestOf(Found found) => found is VirtualDiskFound { Guest: { } guest } ? guest : found;

    /// <summary>The chain for a person.</summary>
    public override string ToString() => Found.Describe();
}
