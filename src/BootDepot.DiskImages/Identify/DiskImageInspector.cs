using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.Views;

namespace BootDepot.DiskImages.Identify;

/// <summary>Says what an image file is by looking at its bytes; its name plays no part.</summary>
public static class DiskImageInspector
{
    /// <summary>Identifies with the usual limits.</summary>
    /// <inheritdoc cref="IdentifyAsync(Stream, InspectionLimits, CancellationToken)" />
    public static Task<Identification> IdentifyAsync(Stream content, CancellationToken token = default) =>
        IdentifyAsync(content, InspectionLimits.Default, token);

    /// <summary>
    /// Identifies a file. Hostile content costs no more than the limits allow and makes no exception: what is wrong
    /// with it is in the result.
    /// </summary>
    /// <param name="content">
    /// The file. A seekable stream is read from its first byte, wherever its position is, and is best: footers and
    /// tables at the end are checked too. Of a forward-only stream only as much is read as is needed. It is not closed.
    /// </param>
    /// <param name="limits">How far to go.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="IOException">The stream cannot be read, or temporary space is short.</exception>
    public static async Task<Identification> IdentifyAsync(
        Stream content,
        InspectionLimits limits,
        CancellationToken token = default
    )
    {
        var budget = new InspectionBudget(limits);
        long? size = content.CanSeek ? content.Length : null;
        Found found;
        try
        {
            if (content.CanSeek)
            {
                found = await Inspection.LookAsync(new StreamView(content, budget), budget, 0, token);
            }
            else
            {
                await using var spool = new SpooledView(new LeftOpen(content), budget);
                found = await Inspection.LookAsync(spool, budget, 0, token);
            }
        }
        catch (InspectionStoppedException e)
        {
            found = new DamagedFound("image", e.Fault);
        }

        return new Identification(
            found,
            UploadTypes.ForOrNull(found),
            size,
            DiskSizeOrNull(found, size),
            Warnings.For(found, budget)
        );
    }

    /// <summary>
    /// Identifies a file by its first bytes alone, while the others are still on their way. Null when they do not tell for
    /// certain what the whole file will be taken for: then the whole file has to be looked at. Damage is never told.
    /// </summary>
    /// <param name="start">The first bytes; a mebibyte is enough for all that can be told early.</param>
    /// <param name="size">How long the whole file is, in bytes.</param>
    /// <param name="token">Ends it.</param>
    public static async Task<Identification?> IdentifyStartOrNullAsync(ReadOnlyMemory<byte> start, long size, CancellationToken token = default)
    {
        var budget = new InspectionBudget(InspectionLimits.Start) { IsStart = true };
        try
        {
            var found = await Inspection.LookAsync(new StartView(start, budget), budget, 0, token);
            return EarlySigns.Tell(found, size)
                ? new Identification(found, UploadTypes.ForOrNull(found), size, DiskSizeOrNull(found, size), [])
                : null;
        }
        catch (Exception e) when (e is InspectionStoppedException or CutOffException)
        {
            return null;
        }
    }

    private static long? DiskSizeOrNull(Found found, long? fileSize) =>
        found.Innermost switch
        {
            VirtualDiskFound disk => disk.VirtualSize,
            RawDiskFound when found is RawDiskFound => fileSize,
            RawDiskFound { Layout.Size: > 0 and var size } => size,
            _ => null,
        };

    private sealed class LeftOpen(Stream inner) : Compression.ReadOnlyStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);
    }
}
