using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Racks;
using BootDepot.Images;
using BootDepot.Images.Racks;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Racks;

/// <summary>On how many racks one image is.</summary>
/// <param name="Image"><c>os/release:arch</c>.</param>
/// <param name="Racks">Racks that hold or want it.</param>
/// <param name="Synced">Those on which all of it is, or that fetch it when a machine asks.</param>
/// <param name="Failed">Those that could not get it.</param>
internal sealed record ImageCopies(string Image, int Racks, int Synced, int Failed);

/// <summary>
/// Reports of racks in brief, each read once after it came: fifty racks with 10,000 images each say 150 MB, and pages that are open ask all
/// the time. What is kept of an image on a rack has five bytes.
/// </summary>
internal sealed class RackDigests(CatalogDatabase catalog) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<int, Kept> _kept = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _images = [];

    private enum Copy : byte
    {
        Synced,
        Pending,
        Failed,
    }

    /// <summary>All racks by name, without their reports, and these in brief.</summary>
    public async Task<IReadOnlyList<(RackController Row, RackDigest? Digest)>> ReadAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var rows = await RefreshAsync(cancel);
            return [.. rows.Select(r => (r, _kept[r.Id].Digest))];
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>On how many racks each image is, by name.</summary>
    public async Task<IReadOnlyList<ImageCopies>> CountAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            await RefreshAsync(cancel);
            var counts = new (int Racks, int Synced, int Failed)[_images.Count];
            foreach (var (image, copy) in _kept.Values.SelectMany(k => k.Images.Zip(k.Copies)))
            {
                ref var count = ref counts[image];
                count.Racks++;
                count.Synced += copy == Copy.Synced ? 1 : 0;
                count.Failed += copy == Copy.Failed ? 1 : 0;
            }

            return
            [
                .. counts.Select((c, i) => new ImageCopies(_images[i], c.Racks, c.Synced, c.Failed))
                    .Where(c => c.Racks > 0).OrderBy(c => c.Image, StringComparer.Ordinal),
            ];
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private async Task<List<RackController>> RefreshAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var rows = await db.Racks.AsNoTracking().OrderBy(r => r.Name).Select(r => new RackController
        {
            Id = r.Id,
            SystemId = r.SystemId,
            Uuid = r.Uuid,
            Name = r.Name,
            SecretHash = r.SecretHash,
            Mode = r.Mode,
            Policy = r.Policy,
            ImportRequests = r.ImportRequests,
            Created = r.Created,
            LastContact = r.LastContact,
            Version = r.Version,
            Url = r.Url,
            ReportedAt = r.ReportedAt,
        }).ToListAsync(cancel);
        foreach (var gone in _kept.Keys.Except(rows.Select(r => r.Id)).ToList())
            _kept.Remove(gone);
        foreach (var row in rows.Where(r => !_kept.TryGetValue(r.Id, out var kept) || kept.ReportedAt != r.ReportedAt))
        {
            var text = await db.Racks.Where(r => r.Id == row.Id).Select(r => r.Report).FirstOrDefaultAsync(cancel);
            _kept[row.Id] = Keep(row.ReportedAt, text is null ? null : RackDigest.Read(text));
        }

        return rows;
    }

    private Kept Keep(DateTimeOffset? reportedAt, RackReport? report)
    {
        if (report is null)
            return new Kept(reportedAt, null, [], []);
        var copies = new Dictionary<int, Copy>();
        foreach (var image in report.Images)
        {
            var number = NumberOf($"{image.Name}:{Architecture.Parse(image.Architecture).Arch}");
            var copy = image.State is "synced" or "on-demand" ? Copy.Synced : image.State == "failed" ? Copy.Failed : Copy.Pending;
            // Of several kernels and versions the worst counts.
            copies[number] = copies.TryGetValue(number, out var other) && other > copy ? other : copy;
        }

        return new Kept(reportedAt, RackDigest.Of(report), [.. copies.Keys], [.. copies.Values]);
    }

    private int NumberOf(string image)
    {
        if (_numbers.TryGetValue(image, out var number))
            return number;
        _images.Add(image);
        return _numbers[image] = _images.Count - 1;
    }

    private sealed record Kept(DateTimeOffset? ReportedAt, RackDigest? Digest, int[] Images, Copy[] Copies);
}
