using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;
using BootDepot.DiskImages.Identify.Containers;
using BootDepot.DiskImages.Identify.Disks;
using BootDepot.DiskImages.Identify.FileSystems;
using BootDepot.DiskImages.Identify.Views;
using BootDepot.Images;

namespace BootDepot.DiskImages.Identify;

/// <summary>
/// One level of looking: every signature is tried, not the first that fits, because a file that is two things at once
/// was made to be taken for the wrong one.
/// </summary>
internal static class Inspection
{
    private const int StartLength = 4096;

    private enum Shape
    {
        Compressed,
        Qcow2,
        VmdkSparse,
        VmdkOther,
        Vhdx,
        Vdi,
        VhdDynamic,
        VhdFixed,
        Tar,
        Squashfs,
        Iso,
        Script,
        Foreign,
    }

    /// <summary>What the bytes are, and what is inside them, down to the limit of levels.</summary>
    public static async Task<Found> LookAsync(ByteView view, InspectionBudget budget, int level, CancellationToken token)
    {
        if (level >= budget.Limits.Levels)
        {
            return new DamagedFound(
                "containers in containers",
                new Fault(
                    FaultCodes.NestedTooDeep,
                    $"The file is packed more than {budget.Limits.Levels} times. Unpack it to a disk image or a root file system first."
                )
            );
        }

        var start = await view.ReadUpToAsync(0, StartLength, token);
        if (start.Length == 0)
            return new UnknownFound("no bytes");
        var shapes = await ShapesAsync(view, start, token);
        if (shapes.Count > 1)
            return Ambiguous(shapes[0].ToString(), shapes[1].ToString());
        if (shapes.Count == 0)
            return await LookAtDiskAsync(view, budget, token);
        // Headers of containers have zeros or text where a disk's first sector ends in its mark. ISO images that also boot
        // from a stick have it rightly, a fixed VHD is a disk with something behind it, and packed data may be anything.
        if (HasHeaderSector(shapes[0]) && MbrTable.HasSignature(start))
            return Ambiguous(shapes[0].ToString(), "raw disk");
        return await EnterAsync(shapes[0], view, start, budget, level, token);
    }

    /// <summary>What a disk holds: partitions, or a bare file system. Formats of containers are not looked for.</summary>
    public static async Task<Found> LookAtDiskAsync(ByteView view, InspectionBudget budget, CancellationToken token)
    {
        var start = await view.ReadUpToAsync(0, StartLength, token);
        // A disk that would itself be taken for a container when it is opened again.
        var shapes = await ShapesAsync(view, start, token);
        if (shapes.Exists(s => s is not (Shape.Iso or Shape.Squashfs or Shape.VhdFixed)))
            return Ambiguous("disk", shapes[0].ToString());
        if (shapes.Contains(Shape.Iso))
            return new FileSystemFound(FileSystemKind.Iso9660);
        if (shapes.Contains(Shape.Squashfs))
            return new FileSystemFound(FileSystemKind.Squashfs);
        // A volume's boot sector ends like a partition table and mostly reads as nonsense where the entries are.
        var bare = await FileSystemSignatures.BareOrNullAsync(view, start, token);
        if (bare is FileSystemKind.Ntfs or FileSystemKind.Fat && !MbrTable.IsProtective(start) && !HasOtherPartitions(start))
            return new FileSystemFound(bare.Value);
        if (await RawDiskProbe.ReadOrNullAsync(view, budget, token) is { } disk)
            return disk;
        if (bare is { } kind)
            return new FileSystemFound(kind);
        return new UnknownFound(
            start.AsSpan().ContainsAnyExcept((byte)0) ? "no known signature, no partition table" : "it begins with zeros"
        );
    }

    private static bool HasHeaderSector(Shape shape) =>
        shape is Shape.Qcow2 or Shape.VmdkSparse or Shape.VmdkOther or Shape.Vhdx or Shape.Vdi or Shape.VhdDynamic or Shape.Tar;

    private static bool HasOtherPartitions(byte[] start) =>
        MbrTable.ReadOrNull(start) is { } table && table.Partitions.Count > 0;

    private static async Task<List<Shape>> ShapesAsync(ByteView view, byte[] start, CancellationToken token)
    {
        var shapes = new List<Shape>(1);
        void Add(bool matches, Shape shape)
        {
            if (matches)
                shapes.Add(shape);
        }

        Add(Decoders.RecogniseOrNull(start) is not null, Shape.Compressed);
        Add(Qcow2Probe.Matches(start), Shape.Qcow2);
        Add(VmdkProbe.MatchesSparse(start), Shape.VmdkSparse);
        Add(VmdkProbe.MatchesOldSparse(start) || VmdkDescriptor.Matches(start), Shape.VmdkOther);
        Add(VhdxProbe.Matches(start), Shape.Vhdx);
        Add(VdiProbe.Matches(start), Shape.Vdi);
        Add(VhdProbe.Matches(start), Shape.VhdDynamic);
        Add(TarProbe.Matches(start), Shape.Tar);
        Add(start.AsSpan().StartsWith("#!"u8), Shape.Script);
        Add(ForeignFormats.NameOrNull(start) is not null, Shape.Foreign);
        var image = await FileSystemSignatures.ImageOrNullAsync(view, start, token);
        Add(image == FileSystemKind.Squashfs, Shape.Squashfs);
        Add(image == FileSystemKind.Iso9660, Shape.Iso);
        if (!shapes.Contains(Shape.VhdDynamic) && view.Length is { } length and >= 1024)
            Add(VhdProbe.Matches(await view.ReadUpToAsync(length - 512, 8, token)), Shape.VhdFixed);
        // The last bytes of compressed data may be anything, and nothing looks for a footer behind it.
        if (shapes is [Shape.Compressed, Shape.VhdFixed])
            shapes.RemoveAt(1);
        return shapes;
    }

    private static DamagedFound Ambiguous(string one, string other) =>
        new(
            "several formats",
            new Fault(
                FaultCodes.Ambiguous,
                $"The file has the marks of {Name(one)} and of {Name(other)} at once, so that tools may read it differently. Make the image again."
            )
        );

    private static string Name(string shape) => shape.ToLowerInvariant();

    private static async Task<Found> EnterAsync(
        Shape shape,
        ByteView view,
        byte[] start,
        InspectionBudget budget,
        int level,
        CancellationToken token
    ) =>
        shape switch
        {
            Shape.Compressed => await UnpackAsync(view, Decoders.RecogniseOrNull(start)!.Value, budget, level, token),
            Shape.Qcow2 => await Qcow2Probe.ReadAsync(view, budget, token),
            Shape.VmdkSparse => await VmdkProbe.ReadSparseAsync(view, budget, token),
            Shape.VmdkOther => await VmdkProbe.ReadUnusableAsync(view, budget, token),
            Shape.Vhdx => await VhdxProbe.ReadAsync(view, budget, token),
            Shape.Vdi => await VdiProbe.ReadAsync(view, budget, token),
            Shape.VhdDynamic => await VhdProbe.ReadDynamicAsync(view, budget, token),
            Shape.VhdFixed => await VhdProbe.ReadFixedAsync(view, budget, token),
            Shape.Tar => await new TarProbe(view, budget, level).ReadAsync(token),
            Shape.Squashfs => new FileSystemFound(FileSystemKind.Squashfs),
            Shape.Iso => new FileSystemFound(FileSystemKind.Iso9660),
            Shape.Script => new ScriptFound(Scripts.LooksLikeInstaller(await view.ReadUpToAsync(0, 64 << 10, token))),
            Shape.Foreign => new UnknownFound(ForeignFormats.NameOrNull(start)!) { IsForeign = true },
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, null),
        };

    private static async Task<Found> UnpackAsync(
        ByteView view,
        CompressionKind kind,
        InspectionBudget budget,
        int level,
        CancellationToken token
    )
    {
        try
        {
            await using var inner = new SpooledView(
                Decoders.Open(kind, new ViewStream(view), budget.Limits.DecoderMemory),
                budget
            );
            return new CompressedFound(kind, await LookAsync(inner, budget, level + 1, token));
        }
        catch (EndOfStreamException)
        {
            return Damage.Truncated(Name(kind.ToString()), "the compressed data ends early");
        }
        catch (InvalidDataException e)
        {
            return Damage.Of(Name(kind.ToString()), $"it does not unpack: {e.Message.TrimEnd('.')}");
        }
        catch (CodecMissingException e)
        {
            return new CompressedFound(kind, new UnknownFound(e.Message));
        }
    }
}
