using System;

namespace BootDepot.DiskImages.Identify;

/// <summary>
/// Which findings in a file's first bytes hold for the whole file. A magic number or a partition table does; that an archive
/// seems to have one member, or that something seems cut off, does not.
/// </summary>
internal static class EarlySigns
{
    private const int DiskUnit = 4096;
    private const int VhdFooter = 512;

    /// <summary>Whether the rest of the file, of so many bytes in all, cannot make it something else.</summary>
    public static bool Tell(Found found, long size) =>
        found switch
        {
            RawDiskFound => !MayBeFixedVhd(size),
            CompressedFound packed => IsCertain(packed.Inner),
            DamagedFound { Fault.Code: FaultCodes.Ambiguous } => true,
            ScriptFound { LooksLikeInstaller: true } => true,
            _ => IsCertain(found),
        };

    /// <summary>Whether a disk image of that size may be a disk with a footer behind it.</summary>
    public static bool MayBeFixedVhd(long size) => size % DiskUnit == VhdFooter;

    private static bool IsCertain(Found found) =>
        found switch
        {
            RawDiskFound or VirtualDiskFound or FileSystemFound or UnknownFound { IsForeign: true } => true,
            TarFound { Inner: RootTreeFound } => true,
            // A disk in a folder may be one file of many.
            TarFound { Inner: RawDiskFound or VirtualDiskFound, MemberName: { } name } => !Plain(name).Contains('/', StringComparison.Ordinal),
            _ => false,
        };

    private static string Plain(string name) => name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
}
