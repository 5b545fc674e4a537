using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Catalog;
using BootDepot.Catalog.Uploads;
using BootDepot.DiskImages.Conversions;
using BootDepot.Images;
using BootDepot.Region.Peers;
using BootDepot.Region.Changes;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads.Conversions;

/// <summary>Does one conversion: from blob to blob, then publishes the result in place of its source.</summary>
internal sealed class ConversionRun(
    CatalogDatabase catalog, IBlobStore blobs, OwnStore own, DiskImageConverter converter, ConversionQueue queue, DataFolder data,
    ChangeSignal changes, TimeProvider time)
{
    /// <summary>Where partials of conversions are; nothing of them is worth keeping.</summary>
    public static PartialName PartialOf(int id) =>
        PartialName.Parse("conversion-" + id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Null when it is done; else why not.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<Fault?> RunAsync(Conversion conversion, CancellationToken cancel)
    {
        if (await FormerOrNullAsync(conversion, cancel) is { } former)
        {
            await PublishAsync(conversion.Id, former, cancel);
            return null;
        }

        try
        {
            var (result, fault) = await ConvertAsync(conversion, cancel);
            if (result is null)
                return fault;
            await PublishAsync(conversion.Id, result, cancel);
            return null;
        }
        finally
        {
            await blobs.DiscardPartialAsync(PartialOf(conversion.Id), CancellationToken.None);
        }
    }

    // The same content was converted to the same type before, and the result is still held.
    private async Task<BlobInfo?> FormerOrNullAsync(Conversion conversion, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var former = await db.Conversions.AsNoTracking()
            .Where(c => c.Key == conversion.Key && c.State == ConversionState.Done && c.ResultSha256 != null)
            .OrderByDescending(c => c.Id).FirstOrDefaultAsync(cancel);
        if (former is null)
            return null;
        var digest = Digest.Parse(former.ResultSha256!);
        return await blobs.SizeOrNullAsync(digest, cancel) is { } size ? new BlobInfo(digest, size, time.GetUtcNow()) : null;
    }

    private async Task<(BlobInfo? Result, Fault? Fault)> ConvertAsync(Conversion conversion, CancellationToken cancel)
    {
        var source = Digest.Parse(conversion.SourceSha256);
        using var work = await SourceFile.OpenAsync(blobs, own.Blobs, source, data.Scratch, cancel);
        await using var writer = await blobs.WriteAsync(PartialOf(conversion.Id), null, cancel);
        await writer.RestartAsync(cancel);
        await using var output = new BlobOutput(writer);
        try
        {
            var outcome = await converter.ConvertAsync(
                new ConversionRequest(work.Path, FileType.FindUploadOrNull(conversion.Target)!), output,
                new Reports(p => queue.Report(conversion.Id, p)), cancel);
            if (outcome is ConversionOutcome.NotConverted not)
                return (null, not.Fault);
            await output.DrainAsync(cancel);
            return (((BlobCommit.Stored)await writer.CommitAsync(null, cancel)).Blob, null);
        }
        catch (BlobSpaceException e)
        {
            return (null, new Fault("conversion-no-space", $"The result does not fit into the blob store: {e.Message} Upload the image again afterwards; no byte has to be sent."));
        }
    }

    private async Task PublishAsync(int id, BlobInfo result, CancellationToken cancel)
    {
        await catalog.ChangeAsync(
            async (db, token) =>
            {
                var row = await db.Conversions.Include(c => c.File!.Set!.Resource!.Sets).ThenInclude(s => s.Files).FirstOrDefaultAsync(c => c.Id == id, token);
                if (row is not { State: ConversionState.Running })
                    return;
                var now = time.GetUtcNow();
                (row.State, row.Updated) = (ConversionState.Done, now);
                (row.ResultSha256, row.ResultSize) = (result.Digest.Hex, result.Size);
                if (row.File is not { Set: { Resource: { } resource } set } file)
                    return;
                (file.Sha256, file.Size) = (result.Digest.Hex, result.Size);
                await UploadCompletion.PublishAsync(db, resource, set, file, time, token);
            },
            cancel);
        changes.Raise();
    }

    private sealed class Reports(Action<ConversionProgress> report) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => report(value);
    }
}

/// <summary>A blob as a file that tools can open: the store's own file, or a copy where it has none.</summary>
internal sealed class SourceFile : IDisposable
{
    private readonly bool _isCopy;

    private SourceFile(string path, bool isCopy) => (Path, _isCopy) = (path, isCopy);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Opens one.</summary>
    /// <exception cref="IOException">The blob is not held.</exception>
    public static async Task<SourceFile> OpenAsync(IBlobStore blobs, IBlobStore own, Digest digest, string scratch, CancellationToken cancel)
    {
        if (own is FileBlobStore files)
        {
            // Reading it brings it here from another region.
            await using (await blobs.OpenOrNullAsync(digest, 0, cancel))
                return new SourceFile(files.PathOf(digest), isCopy: false);
        }

        Directory.CreateDirectory(scratch);
        var copy = new SourceFile(System.IO.Path.Combine(scratch, $"form-{Guid.NewGuid():N}"), isCopy: true);
        try
        {
            await using var from = await blobs.OpenOrNullAsync(digest, 0, cancel)
                ?? throw new FileNotFoundException($"The blob {digest} is not held any more.");
            await using var to = new FileStream(copy.Path, FileMode.CreateNew, FileAccess.Write);
            await from.CopyToAsync(to, BlobPieces.Size, cancel);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_isCopy)
            File.Delete(Path);
    }
}
