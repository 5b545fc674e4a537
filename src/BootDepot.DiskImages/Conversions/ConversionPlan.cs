using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.DiskImages.Identify;
using BootDepot.Images;

namespace BootDepot.DiskImages.Conversions;

/// <summary>Decides, before a byte moves, whether and how a file becomes another type.</summary>
internal static class ConversionPlan
{
    /// <summary>The types that the content can become.</summary>
    public static IReadOnlyList<FileType> TargetsOf(Identification source)
    {
        if (source.RefusalOrNull is not null)
            return [];
        bool? disk = source.Found.Innermost switch
        {
            RawDiskFound or VirtualDiskFound => true,
            ApplianceFound { Disks.Count: > 0 } => true,
            RootTreeFound => false,
            _ => null,
        };
        return [.. FileType.Uploadable.Where(t => disk is not null && Form.Of(t)?.IsDisk == disk && t != source.UploadType)];
    }

    /// <summary>Why the conversion is not done, or null when it is.</summary>
    public static Fault? RefusalOrNull(Identification source, ConversionRequest request, ConversionOptions options)
    {
        if (source.RefusalOrNull is { } refusal)
            return refusal;
        if (source.UploadType == request.Target)
            return Impossible($"The file is {request.Target.UploadName} already.");
        var targets = TargetsOf(source);
        if (!targets.Contains(request.Target))
        {
            return Impossible(
                $"The file is {source.Found.Describe()}; it cannot become {request.Target.UploadName ?? request.Target.Name}"
                    + (targets.Count == 0 ? "." : $", only {string.Join(", ", targets.Select(t => t.UploadName))}.")
            );
        }

        var content = source.Found.Innermost;
        if (content is ApplianceFound appliance)
        {
            if (DiskOrNull(appliance, request.ApplianceDisk) is not { } disk)
                return Impossible($"The appliance has the disks {string.Join(", ", appliance.Disks.Select(d => d.Name))}; say which one.");
            content = disk.Content;
            if (content is DamagedFound damaged)
                return damaged.Fault;
        }

        return content is VirtualDiskFound virtualDisk ? VirtualDiskRefusalOrNull(virtualDisk, options) : null;
    }

    /// <summary>The disk of that name, or the only one.</summary>
    public static ApplianceDisk? DiskOrNull(ApplianceFound appliance, string? name) =>
        name is null
            ? appliance.Disks is [var only] ? only : null
            : appliance.Disks.FirstOrDefault(d => d.Name == name);

    /// <summary>Why this disk is not given to the tool, or null.</summary>
    public static Fault? VirtualDiskRefusalOrNull(VirtualDiskFound disk, ConversionOptions options)
    {
        if (disk.Hazards.Count > 0)
            return disk.Hazards[0];
        if (disk.VirtualSize > options.MaxDiskSize)
            return TooLarge(disk.VirtualSize, options.MaxDiskSize);
        return disk.Guest is { } guest ? GuestRefusalOrNull(guest) : null;
    }

    /// <summary>Why what is on the disk is not worth converting, or null.</summary>
    public static Fault? GuestRefusalOrNull(Found guest) =>
        guest switch
        {
            RawDiskFound => null,
            DamagedFound damaged => damaged.Fault,
            _ => Impossible($"The disk inside holds {guest.Describe()}, no partition table: nothing could boot from it."),
        };

    public static Fault TooLarge(long size, long limit) =>
        new(
            FaultCodes.TooLarge,
            $"The disk has {size >> 30} GiB; at most {limit >> 30} GiB are converted. Shrink it, or raise the limit."
        );

    private static Fault Impossible(string message) => new(FaultCodes.NotConvertible, message);
}
