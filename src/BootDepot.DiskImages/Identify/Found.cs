using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BootDepot.Images;

namespace BootDepot.DiskImages.Identify;

/// <summary>
/// What a file is, by its bytes. Containers hold what is inside them, so that a file reads as a chain:
/// <c>gzip(tar(raw disk, GPT, amd64 EFI))</c>. The cases are closed: only this assembly adds one.
/// </summary>
public abstract record Found
{
    private protected Found() { }

    /// <summary>The chain for a person, outermost first.</summary>
    public abstract string Describe();

    /// <summary>What is inside this container, or null when it is not a container.</summary>
    public virtual Found? InnerOrNull => null;

    /// <summary>What is at the end of the chain: this, or the innermost content.</summary>
    public Found Innermost => InnerOrNull?.Innermost ?? this;

    /// <inheritdoc />
    public sealed override string ToString() => Describe();
}

/// <summary>A compressed stream.</summary>
/// <param name="Compression">How it is compressed.</param>
/// <param name="Inner">What it unpacks to.</param>
public sealed record CompressedFound(Compression.CompressionKind Compression, Found Inner) : Found
{
    /// <inheritdoc />
    public override Found? InnerOrNull => Inner;

    /// <inheritdoc />
    public override string Describe() =>
        $"{Compression.ToString().ToLowerInvariant()}({Inner.Describe()})";
}

/// <summary>A tar archive with one interesting thing in it: a disk, or a tree of files.</summary>
/// <param name="Flavour"><c>ustar</c>, <c>pax</c>, <c>gnu</c> or <c>v7</c>: the form of its first headers.</param>
/// <param name="MemberName">The name of the archive's only file when that is a disk image; null for a tree.</param>
/// <param name="Inner">The disk, the tree, or the appliance.</param>
public sealed record TarFound(string Flavour, string? MemberName, Found Inner) : Found
{
    /// <inheritdoc />
    public override Found? InnerOrNull => Inner;

    /// <inheritdoc />
    public override string Describe() => $"tar({Inner.Describe()})";
}

/// <summary>A tree of files that looks like the root of an operating system.</summary>
/// <param name="Arch">The processor architecture of its programs (<c>amd64</c>), or null when none was seen.</param>
public sealed record RootTreeFound(string? Arch) : Found
{
    /// <inheritdoc />
    public override string Describe() => Arch is null ? "root file system" : $"root file system, {Arch}";
}

/// <summary>Files that are neither a root file system nor one disk image.</summary>
/// <param name="FirstNames">The first names, a few of them, for the message.</param>
public sealed record OtherFilesFound(IReadOnlyList<string> FirstNames) : Found
{
    /// <inheritdoc />
    public override string Describe() =>
        FirstNames.Count == 0 ? "no files" : $"files ({string.Join(", ", FirstNames.Take(3))})";
}

/// <summary>The contents of an OVA: a description and disks.</summary>
/// <param name="DescriptorName">The <c>.ovf</c> file.</param>
/// <param name="Disks">The disks, in the order of the archive.</param>
public sealed record ApplianceFound(string DescriptorName, IReadOnlyList<ApplianceDisk> Disks) : Found
{
    /// <inheritdoc />
    public override Found? InnerOrNull => Disks.Count == 1 ? Disks[0].Content : null;

    /// <inheritdoc />
    public override string Describe() =>
        Disks.Count == 1
            ? $"OVA({Disks[0].Content.Describe()})"
            : string.Create(CultureInfo.InvariantCulture, $"OVA({Disks.Count} disks)");
}

/// <summary>One disk of an appliance.</summary>
/// <param name="Name">Its name in the archive.</param>
/// <param name="Content">What it is.</param>
/// <param name="Size">Its size in the archive, in bytes.</param>
public sealed record ApplianceDisk(string Name, Found Content, long Size);

/// <summary>A whole disk with a partition table, byte for byte.</summary>
/// <param name="Layout">What the disk holds.</param>
public sealed record RawDiskFound(DiskLayout Layout) : Found
{
    /// <inheritdoc />
    public override string Describe() => $"raw disk, {Layout.Describe()}";
}

/// <summary>A virtual machine's disk in a format of its own; it has to be converted before it can be deployed.</summary>
/// <param name="Format">The format.</param>
/// <param name="Variant">Which kind of it: <c>v3</c>, <c>streamOptimized</c>, <c>dynamic</c>…</param>
/// <param name="VirtualSize">The size of the disk it describes, in bytes.</param>
/// <param name="Hazards">
/// Why it may not be converted: a backing file, data in other files, encryption, an unknown feature. Empty when it may.
/// </param>
/// <param name="Guest">What the disk itself holds, when that could be read without converting; else null.</param>
public sealed record VirtualDiskFound(
    VirtualDiskFormat Format,
    string Variant,
    long VirtualSize,
    IReadOnlyList<Fault> Hazards,
    Found? Guest
) : Found
{
    /// <inheritdoc />
    public override string Describe()
    {
        var text = $"{Format.ToString().ToLowerInvariant()} {Variant}".TrimEnd();
        return Guest is null ? text : $"{text}({Guest.Describe()})";
    }
}

/// <summary>Formats of virtual machines' disks.</summary>
public enum VirtualDiskFormat
{
    /// <summary>QEMU copy on write, version 2 or 3.</summary>
    Qcow2,

    /// <summary>VMware: monolithic sparse, stream-optimised, or a text that names other files.</summary>
    Vmdk,

    /// <summary>Virtual PC and Hyper-V, generation 1: fixed or dynamic.</summary>
    Vhd,

    /// <summary>Hyper-V, since 2012.</summary>
    Vhdx,

    /// <summary>VirtualBox.</summary>
    Vdi,
}

/// <summary>A file system without a disk around it; a machine cannot boot from it.</summary>
/// <param name="Kind">Which one.</param>
public sealed record FileSystemFound(FileSystemKind Kind) : Found
{
    /// <inheritdoc />
    public override string Describe() =>
        Kind switch
        {
            FileSystemKind.Iso9660 => "ISO 9660 image",
            FileSystemKind.Squashfs => "squashfs",
            _ => $"bare {Kind.ToString().ToLowerInvariant()} file system",
        };
}

/// <summary>File systems that are recognised.</summary>
public enum FileSystemKind
{
    /// <summary>ext2, ext3 or ext4.</summary>
    Ext,

    /// <summary>XFS.</summary>
    Xfs,

    /// <summary>Btrfs.</summary>
    Btrfs,

    /// <summary>FAT12, FAT16 or FAT32.</summary>
    Fat,

    /// <summary>NTFS.</summary>
    Ntfs,

    /// <summary>squashfs 4.</summary>
    Squashfs,

    /// <summary>A CD or DVD image.</summary>
    Iso9660,
}

/// <summary>A shell script: what switch installers (ONIE) are.</summary>
/// <param name="LooksLikeInstaller">Whether it speaks of ONIE or carries a payload after its text.</param>
public sealed record ScriptFound(bool LooksLikeInstaller) : Found
{
    /// <inheritdoc />
    public override string Describe() => LooksLikeInstaller ? "self-extracting installer" : "shell script";
}

/// <summary>Nothing that is known.</summary>
/// <param name="Reason">What was looked at, in a few words.</param>
public sealed record UnknownFound(string Reason) : Found
{
    /// <summary>Whether it is a format that is known by name but not handled, as a zip archive.</summary>
    public bool IsForeign { get; init; }

    /// <inheritdoc />
    public override string Describe() => $"unknown ({Reason})";
}

/// <summary>Something known that is cut off, contradicts itself, or is built to mislead.</summary>
/// <param name="Looks">What it looks like: <c>qcow2</c>.</param>
/// <param name="Fault">What is wrong with it.</param>
public sealed record DamagedFound(string Looks, Fault Fault) : Found
{
    /// <inheritdoc />
    public override string Describe() => $"damaged {Looks}";
}
