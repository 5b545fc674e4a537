using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.Views;

namespace BootDepot.DiskImages.Identify.FileSystems;

/// <summary>Recognises file systems that fill a file from its first byte.</summary>
internal static class FileSystemSignatures
{
    private const int IsoDescriptor = 16 * 2048; // ECMA-119, 6.2.1: the first 16 sectors are the system's
    private const int BtrfsMagic = 0x10040;
    private const int ExtMagic = 1080;

    /// <summary>Those that a tool might take for a container of others: squashfs and ISO 9660.</summary>
    public static async Task<FileSystemKind?> ImageOrNullAsync(ByteView view, byte[] start, CancellationToken token)
    {
        if (start.AsSpan().StartsWith("hsqs"u8))
            return FileSystemKind.Squashfs;
        return (await view.ReadUpToAsync(IsoDescriptor, 6, token)).AsSpan() is [_, .. var id] && id.SequenceEqual("CD001"u8)
            ? FileSystemKind.Iso9660
            : null;
    }

    /// <summary>Those that are usually found in a partition.</summary>
    public static async Task<FileSystemKind?> BareOrNullAsync(ByteView view, byte[] start, CancellationToken token)
    {
        if (start.AsSpan().StartsWith("XFSB"u8))
            return FileSystemKind.Xfs;
        if (start.Length >= 11 && start.AsSpan(3).StartsWith("NTFS    "u8))
            return FileSystemKind.Ntfs;
        if (start.Length > ExtMagic + 1 && start[ExtMagic] == 0x53 && start[ExtMagic + 1] == 0xef)
            return FileSystemKind.Ext;
        if (FatVolume.Matches(start))
            return FileSystemKind.Fat;
        return (await view.ReadUpToAsync(BtrfsMagic, 8, token)).AsSpan().SequenceEqual("_BHRfS_M"u8) ? FileSystemKind.Btrfs : null;
    }
}
