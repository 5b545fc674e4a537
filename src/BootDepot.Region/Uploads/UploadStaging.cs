using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Settings;
using BootDepot.Region.Api.Answers;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads;

/// <summary>
/// How much uploads that have not ended may take together (the setting <c>staging_mebibytes</c>): one that would take more is refused before
/// its first byte. Each counts with all the bytes that it announced, those of an upload that the new one abandons not at all.
/// </summary>
internal static class UploadStaging
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>Adds an error when there is no room for an upload of that size. Exact inside the change that begins it.</summary>
    /// <param name="db">The catalogue.</param>
    /// <param name="settings">With the cap.</param>
    /// <param name="size">Bytes that the upload announces.</param>
    /// <param name="name">Name of its image.</param>
    /// <param name="architecture">Architecture of its image.</param>
    /// <param name="errors">Where the error goes.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task CheckAsync(
        CatalogContext db, RegionSettings settings, long size, string? name, string? architecture, FieldErrors errors, CancellationToken cancel)
    {
        if (settings.StagingMebibytes == 0)
            return;
        var others = await db.Files
            .Where(f => f.StoredAt == null && f.Set!.Resource!.Kind == ResourceKind.Uploaded)
            .Where(f => f.Set!.Resource!.Name != name || f.Set.Resource.Architecture != architecture)
            .SumAsync(f => f.Size, cancel);
        var taken = others + await db.ResumableUploads.Where(u => u.ResourceId == null && u.FaultCode == null).SumAsync(u => u.Size, cancel);
        if (size <= (settings.StagingMebibytes * Mebibyte) - taken)
            return;
        errors.Add(
            "size",
            $"No space left on device: uploads that have not ended may take {settings.StagingMebibytes} MiB together, and {taken / Mebibyte} of "
            + $"them are taken; this one announces {size} bytes. End or delete others, or raise the setting staging_mebibytes.");
    }
}
