using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.Views;
using BootDepot.Images;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>The header of a qcow2 image (QEMU's docs/interop/qcow2.txt). Numbers are big-endian. <c>L1</c> is the first-level table.</summary>
internal sealed record Qcow2Header(
    int Version,
    int ClusterBits,
    long Size,
    long L1Offset,
    int L1Entries,
    ulong Incompatible,
    byte CompressionType
)
{
    public const ulong Dirty = 1;
    public const ulong Corrupt = 1 << 1;
    public const ulong ExternalData = 1 << 2;
    public const ulong CompressionTypeField = 1 << 3;
    public const ulong ExtendedL2 = 1 << 4;

    public bool HasExtendedL2 => (Incompatible & ExtendedL2) != 0;
    public int ClusterSize => 1 << ClusterBits;
    public int L2EntrySize => HasExtendedL2 ? 16 : 8;
    public int L2Entries => ClusterSize / L2EntrySize;
}

/// <summary>Recognises qcow2 and finds what would make a tool read another file.</summary>
internal static class Qcow2Probe
{
    private const string Looks = "qcow2";
    private const int HeaderLengthV2 = 72;
    private const int HeaderLengthV3 = 104;
    private const int MaxL1Bytes = 32 << 20; // QCOW_MAX_L1_SIZE: what QEMU itself accepts
    private const uint BackingFormatExtension = 0xE2792ACA;
    private const uint ExternalDataExtension = 0x44415441;
    private const uint EncryptionExtension = 0x0537BE77;

    public static bool Matches(ReadOnlySpan<byte> start) => start.StartsWith("QFI\xfb"u8[..3]) && start.Length > 3 && start[3] == 0xfb;

    public static async Task<Found> ReadAsync(ByteView view, InspectionBudget budget, CancellationToken token)
    {
        var head = await view.ReadUpToAsync(0, 4096, token);
        if (head.Length < HeaderLengthV2)
            return Damage.Truncated(Looks, "its header is cut off");
        var hazards = new List<Fault>();
        var version = ReadUInt32BigEndian(head.AsSpan(4));
        var size = ReadUInt64BigEndian(head.AsSpan(24));
        if (version is < 2 or > 3)
        {
            hazards.Add(Damage.Unsupported($"qcow version {version}; versions 2 and 3 are handled"));
            return new VirtualDiskFound(VirtualDiskFormat.Qcow2, $"v{version}", ClampSize(size), hazards, null);
        }

        if (version == 3 && head.Length < HeaderLengthV3)
            return Damage.Truncated(Looks, "its header is cut off");
        if (ParseOrNull(head, (int)version) is not { } header)
            return Damage.Of(Looks, "its header has impossible sizes");
        FindHazards(head, header, hazards);
        if ((header.Incompatible & Qcow2Header.Corrupt) != 0)
            return Damage.Of(Looks, "it is marked as corrupt; repair it with qemu-img check -r all");
        if (hazards.Count == 0 && await FindCutAsync(view, header, token) is { } cut)
            return cut;
        Found? guest = null;
        if (hazards.Count == 0)
            guest = await GuestInspection.LookOrNullAsync(new Qcow2View(view, header, budget), budget, token);
        return new VirtualDiskFound(VirtualDiskFormat.Qcow2, Variant(header), header.Size, hazards, guest);
    }

    private static string Variant(Qcow2Header header) =>
        $"v{header.Version}"
        + (header.HasExtendedL2 ? " with extended L2" : "")
        + (header.CompressionType == 1 ? " with zstd clusters" : "");

    private static long ClampSize(ulong size) => (long)Math.Min(size, long.MaxValue);

    private static Qcow2Header? ParseOrNull(byte[] head, int version)
    {
        var clusterBits = ReadUInt32BigEndian(head.AsSpan(20));
        var size = ReadUInt64BigEndian(head.AsSpan(24));
        var l1Entries = ReadUInt32BigEndian(head.AsSpan(36));
        var l1Offset = ReadUInt64BigEndian(head.AsSpan(40));
        if (clusterBits is < 9 or > 21 || size > long.MaxValue / 2 || l1Entries > MaxL1Bytes / 8 || l1Offset > long.MaxValue / 2)
            return null;
        var header = new Qcow2Header(
            version,
            (int)clusterBits,
            (long)size,
            (long)l1Offset,
            (int)l1Entries,
            version == 3 ? ReadUInt64BigEndian(head.AsSpan(72)) : 0,
            version == 3 && ReadUInt32BigEndian(head.AsSpan(100)) > HeaderLengthV3 && head.Length > HeaderLengthV3 ? head[104] : (byte)0
        );
        // Every guest cluster needs a place in the first-level table.
        var perL1 = (UInt128)(ulong)header.L2Entries << header.ClusterBits;
        return (UInt128)size > perL1 * l1Entries || (l1Offset & ((1UL << (int)clusterBits) - 1)) != 0 ? null : header;
    }

    private static void FindHazards(byte[] head, Qcow2Header header, List<Fault> hazards)
    {
        var backingOffset = ReadUInt64BigEndian(head.AsSpan(8));
        var backingLength = ReadUInt32BigEndian(head.AsSpan(16));
        if (backingOffset != 0 || backingLength != 0)
            hazards.Add(Damage.Backing(Looks, BackingName(head, backingOffset, backingLength)));
        if (ReadUInt32BigEndian(head.AsSpan(32)) != 0)
            hazards.Add(Damage.Encrypted(Looks));
        if ((header.Incompatible & Qcow2Header.ExternalData) != 0)
            hazards.Add(Damage.External(Looks, "a data file"));
        const ulong known =
            Qcow2Header.Dirty | Qcow2Header.Corrupt | Qcow2Header.ExternalData | Qcow2Header.CompressionTypeField | Qcow2Header.ExtendedL2;
        if ((header.Incompatible & ~known) != 0)
            hazards.Add(Damage.Unsupported($"qcow2 with unknown features {header.Incompatible & ~known:x}"));
        if (header.CompressionType > 1)
            hazards.Add(Damage.Unsupported($"qcow2 with compression type {header.CompressionType}"));
        if (header.HasExtendedL2 && header.ClusterBits < 14)
            hazards.Add(Damage.Unsupported("qcow2 with extended L2 entries and clusters under 16 KiB"));
        FindHazardousExtensions(head, header, hazards);
    }

    private static void FindHazardousExtensions(byte[] head, Qcow2Header header, List<Fault> hazards)
    {
        var at = header.Version == 2 ? HeaderLengthV2 : (long)ReadUInt32BigEndian(head.AsSpan(100));
        while (at + 8 <= head.Length)
        {
            var type = ReadUInt32BigEndian(head.AsSpan((int)at));
            var length = ReadUInt32BigEndian(head.AsSpan((int)at + 4));
            if (type == 0)
                return;
            // These are refused even where the flag that would make a tool use them is not set.
            if (type == ExternalDataExtension && !hazards.Exists(h => h.Code == FaultCodes.ExternalData))
                hazards.Add(Damage.External(Looks, "a data file"));
            if (type == BackingFormatExtension && !hazards.Exists(h => h.Code == FaultCodes.BackingFile))
                hazards.Add(Damage.Backing(Looks, ""));
            if (type == EncryptionExtension && !hazards.Exists(h => h.Code == FaultCodes.Encrypted))
                hazards.Add(Damage.Encrypted(Looks));
            at += 8 + (((long)length + 7) & ~7L);
        }

        // Extensions that go on beyond what was read (they belong into the first cluster, and are short) hide something.
        if (at > head.Length && at > header.ClusterSize)
            hazards.Add(Damage.Unsupported("qcow2 with header extensions longer than its first cluster"));
        else if (at > head.Length)
            hazards.Add(Damage.Unsupported("qcow2 with header extensions longer than 4 KiB"));
    }

    private static string BackingName(byte[] head, ulong offset, uint length) =>
        offset < (ulong)head.Length && length is > 0 and <= 1023 && offset + length <= (ulong)head.Length
            ? Encoding.UTF8.GetString(head, (int)offset, (int)length)
            : "";

    // Tools read what lies beyond a file's end as zeros; so the end is looked for here.
    private static async Task<Found?> FindCutAsync(ByteView view, Qcow2Header header, CancellationToken token)
    {
        if (view.Length is not { } length)
            return null;
        if (header.L1Offset + (8L * header.L1Entries) > length)
            return Damage.Truncated(Looks, "its first-level table lies beyond the end of the file");
        var l1 = await view.ReadUpToAsync(header.L1Offset, 8 * header.L1Entries, token);
        var l2 = new byte[header.ClusterSize];
        for (var i = 0; i < l1.Length / 8; i++)
        {
            var l2Offset = (long)(ReadUInt64BigEndian(l1.AsSpan(8 * i)) & Qcow2View.OffsetMask);
            if (l2Offset == 0)
                continue;
            if (l2Offset + header.ClusterSize > length)
                return Damage.Truncated(Looks, "a second-level table lies beyond the end of the file");
            _ = await view.ReadAsync(l2Offset, l2, token);
            if (HighestStart(l2, header) is var start && start >= length)
                return Damage.Truncated(Looks, $"data at byte {start} lies beyond the end of the file, which has {length} bytes");
        }

        return null;
    }

    private static long HighestStart(byte[] l2, Qcow2Header header)
    {
        var highest = 0L;
        for (var at = 0; at < l2.Length; at += header.L2EntrySize)
            highest = Math.Max(highest, Qcow2View.DataOffset(ReadUInt64BigEndian(l2.AsSpan(at)), header));
        return highest;
    }
}
