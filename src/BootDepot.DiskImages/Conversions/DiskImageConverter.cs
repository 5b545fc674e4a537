using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;
using BootDepot.DiskImages.Identify;
using BootDepot.Images;

namespace BootDepot.DiskImages.Conversions;

/// <summary>
/// Makes from what people have (a cloud image in qcow2, an appliance, an archive in another compression) a type that
/// machines are deployed with. The same source gives the same bytes each time.
/// </summary>
public sealed class DiskImageConverter(ConversionOptions options, TimeProvider time)
{
    private const int NoSpaceLeft = 28; // ENOSPC

    private readonly QemuImg _tool = new(options, time);

    /// <summary>The types that an identified file can become.</summary>
    public static IReadOnlyList<FileType> TargetsOf(Identification source) => ConversionPlan.TargetsOf(source);

    /// <summary>Why virtual disks cannot be converted on this machine, or null when they can.</summary>
    public Fault? ToolMissingOrNull() => _tool.MissingOrNull();

    /// <summary>
    /// Converts one file, writing the result to <paramref name="output"/>, which stays open. A cancelled conversion
    /// leaves no process and no temporary file.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="IOException">The source cannot be read or the output not be written.</exception>
    public async Task<ConversionOutcome> ConvertAsync(
        ConversionRequest request,
        Stream output,
        IProgress<ConversionProgress>? progress = null,
        CancellationToken token = default
    )
    {
        var source = await InspectAsync(request.SourcePath, token);
        if (ConversionPlan.RefusalOrNull(source, request, options) is { } refusal)
            return new ConversionOutcome.NotConverted(refusal, ConversionPlan.TargetsOf(source));
        var run = new Run(options, _tool, request, source, output, progress);
        try
        {
            return await run.DoAsync(token);
        }
        catch (EndOfStreamException e)
        {
            return run.Failed(FaultCodes.Truncated, $"The source is not complete: {e.Message} Fetch or upload it again.");
        }
        catch (InvalidDataException e)
        {
            return run.Failed(FaultCodes.Damaged, $"The source is damaged: {e.Message} Fetch or upload it again.");
        }
        catch (ContentTooLargeException)
        {
            return run.Failed(
                FaultCodes.TooLarge,
                $"The source unpacks to more than the {options.MaxDiskSize >> 30} GiB that a converted disk may have. Shrink it, or raise the limit."
            );
        }
        catch (CodecMissingException e)
        {
            return new ConversionOutcome.NotConverted(e.Fault, ConversionPlan.TargetsOf(source));
        }
    }

    private static async Task<Identification> InspectAsync(string path, CancellationToken token)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, FileOptions.Asynchronous);
        return await DiskImageInspector.IdentifyAsync(file, token);
    }

    private sealed class Run(
        ConversionOptions options,
        QemuImg tool,
        ConversionRequest request,
        Identification source,
        Stream output,
        IProgress<ConversionProgress>? progress
    )
    {
        private readonly Packer _packer = new(output, Form.Of(request.Target)!, options.Workers);

        public ConversionOutcome.NotConverted Failed(string code, string message) => Failed(new Fault(code, message));

        private ConversionOutcome.NotConverted Failed(Fault fault) => new ConversionOutcome.NotConverted(fault, ConversionPlan.TargetsOf(source));

        public Task<ConversionOutcome> DoAsync(CancellationToken token) =>
            InnermostOf() is VirtualDiskFound disk ? ConvertDiskAsync(disk, token) : RepackAsync(token);

        private Found InnermostOf() =>
            source.Found.Innermost is ApplianceFound appliance
                ? ConversionPlan.DiskOrNull(appliance, request.ApplianceDisk)!.Content.Innermost
                : source.Found.Innermost;

        private async Task<ConversionOutcome> RepackAsync(CancellationToken token)
        {
            await using var content = await OpenAsync(token);
            var length = content.Length;
            var form = Form.Of(request.Target)!;
            if (length is null && form is { IsDisk: true, IsTar: true })
            {
                // The archive's header comes first and has the size: unpacking twice needs no space.
                await using var first = await OpenAsync(token);
                length = await MeasureAsync(first, token);
            }

            var packed = await _packer.PackAsync(
                new Limited(content.Content, form.IsDisk ? options.MaxDiskSize : long.MaxValue),
                length,
                _ => Report(ConversionStage.Packing, content.Fraction),
                token
            );
            await content.DrainAsync(token);
            return Done(packed);
        }

        private ConversionOutcome.Converted Done(long size)
        {
            Report(ConversionStage.Packing, 1);
            return new ConversionOutcome.Converted(source, size, _packer.BytesWritten);
        }

        private Task<ContentSource> OpenAsync(CancellationToken token) =>
            ContentSource.OpenAsync(request.SourcePath, source.Found, request.ApplianceDisk, token);

        private async Task<long> MeasureAsync(ContentSource content, CancellationToken token)
        {
            var stream = new Limited(content.Content, options.MaxDiskSize);
            var buffer = new byte[256 << 10];
            var length = 0L;
            while (await stream.ReadAsync(buffer, token) is > 0 and var got)
            {
                length += got;
                Report(ConversionStage.Unpacking, content.Fraction);
            }

            return length;
        }

        private async Task<ConversionOutcome> ConvertDiskAsync(VirtualDiskFound disk, CancellationToken token)
        {
            if (tool.MissingOrNull() is { } missing)
                return Failed(missing);
            using var folder = WorkFolder.Create(options.WorkFolder);
            if (source.Found is VirtualDiskFound)
            {
                File.CreateSymbolicLink(folder.Source, Path.GetFullPath(request.SourcePath));
            }
            else
            {
                if (await UnpackOrFaultAsync(folder, token) is { } full)
                    return Failed(full);
                // What lies in the folder now is looked at again, as a file with an end: that is what the tool gets.
                var inner = await InspectAsync(folder.Source, token);
                if (inner.RefusalOrNull is { } refusal)
                    return Failed(refusal);
                if (inner.Found is not VirtualDiskFound same || same.Format != disk.Format)
                    return Failed(FaultCodes.Ambiguous, "The virtual disk in the archive is not what it seemed to be.");
                if (ConversionPlan.VirtualDiskRefusalOrNull(same, options) is { } reason)
                    return Failed(reason);
                disk = same;
            }

            if (await tool.ToRawAsync(folder.Path, disk, f => Report(ConversionStage.Converting, f), token) is { } fault)
                return Failed(fault);
            File.Delete(folder.Source);
            return await PackRawAsync(folder.Raw, disk, token);
        }

        private async Task<ConversionOutcome> PackRawAsync(string raw, VirtualDiskFound disk, CancellationToken token)
        {
            var result = await InspectAsync(raw, token);
            if (ConversionPlan.GuestRefusalOrNull(result.Found) is { } refusal)
                return Failed(refusal);
            await using var content = new FileStream(raw, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous);
            if (content.Length < disk.VirtualSize || content.Length >= disk.VirtualSize + 512)
                return Failed(FaultCodes.ConversionFailed, $"qemu-img wrote {content.Length} bytes for a disk of {disk.VirtualSize}.");
            var packed = await _packer.PackAsync(
                content,
                content.Length,
                done => Report(ConversionStage.Packing, (double)done / content.Length),
                token
            );
            return Done(packed);
        }

        private async Task<Fault?> UnpackOrFaultAsync(WorkFolder folder, CancellationToken token)
        {
            await using var content = await OpenAsync(token);
            try
            {
                await SparseFile.WriteAsync(
                    folder.Source,
                    new Limited(content.Content, options.MaxDiskSize),
                    () => Report(ConversionStage.Unpacking, content.Fraction),
                    token
                );
            }
            catch (IOException e) when (e.HResult == NoSpaceLeft)
            {
                return new Fault(
                    FaultCodes.NoSpace,
                    $"There is not enough space to unpack the image in {options.WorkFolder}. Free some, or choose another work folder."
                );
            }

            await content.DrainAsync(token);
            return null;
        }

        private void Report(ConversionStage stage, double? fraction) =>
            progress?.Report(new ConversionProgress(stage, fraction, _packer.BytesWritten));
    }
}
