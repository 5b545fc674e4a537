using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;
using BootDepot.Transfers.Bundles;

namespace BootDepot.Region.Imports.Bundles;

/// <summary>What copying came to.</summary>
/// <param name="Blobs">Blobs that were copied.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Fault">Why it was ended; null when all are there.</param>
internal sealed record BundleCopyReport(int Blobs, long Bytes, Fault? Fault);

/// <summary>Copies the blobs of a bundle into the store, where each is verified. One that was cut off goes on at its byte.</summary>
internal sealed class BundleCopy(Bundle bundle, IBlobStore blobs, long reserve)
{
    public async Task<BundleCopyReport> RunAsync(Action<long, long>? progress, CancellationToken cancel)
    {
        var missing = new List<BundleEntry>();
        foreach (var entry in bundle.Layout.Entries.Where(e => e.Blob is not null))
        {
            if (await blobs.SizeOrNullAsync(entry.Digest, cancel) is null)
                missing.Add(entry);
        }

        var all = missing.Sum(e => e.Size);
        if (all > 0 && (await blobs.MeasureAsync(cancel)).Free is { } free && free < all + reserve)
        {
            return new BundleCopyReport(0, 0, new Fault(
                "import-space-insufficient",
                $"The bundle needs {all} bytes, and {reserve} are kept in reserve, but only {free} are free for blobs. Nothing was changed. Make room."));
        }

        var report = new BundleCopyReport(0, 0, null);
        foreach (var entry in missing)
        {
            if (await CopyAsync(entry, report.Bytes, all, progress, cancel) is { } fault)
                return report with { Fault = fault };
            report = report with { Blobs = report.Blobs + 1, Bytes = report.Bytes + entry.Size };
        }

        return report;
    }

    private async Task<Fault?> CopyAsync(BundleEntry entry, long before, long all, Action<long, long>? progress, CancellationToken cancel)
    {
        await using var writer = await blobs.WriteAsync(PartialName.Of(entry.Digest), entry.Size, cancel);
        await foreach (var piece in bundle.ReadAsync(entry, writer.Offset, cancel))
        {
            await writer.AppendAsync(piece, cancel);
            progress?.Invoke(before + writer.Offset, all);
        }

        return await writer.CommitAsync(entry.Digest, cancel) is BlobCommit.Mismatch ? bundle.DamageOf(entry) : null;
    }
}
