using System;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Images.Racks;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Racks;

/// <summary>Keeps what racks say of themselves: the last report of each.</summary>
internal sealed class RackReports(CatalogDatabase catalog, TimeProvider time)
{
    /// <summary>Largest report that is taken, in bytes: some 20,000 images.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Keeps it in place of the one before.</summary>
    public Task StoreAsync(int rackId, RackReport report, CancellationToken cancel)
    {
        var text = JsonSerializer.Serialize(report, RackWire.Default.RackReport);
        var now = time.GetUtcNow();
        var version = report.Version.Length <= MaxLengths.Name ? report.Version : report.Version[..MaxLengths.Name];
        var url = report.Url is { Length: <= MaxLengths.Url } known ? known : "";
        return catalog.ChangeAsync(
            (db, token) => db.Racks.Where(r => r.Id == rackId).ExecuteUpdateAsync(
                r => r.SetProperty(x => x.Report, text)
                    .SetProperty(x => x.ReportedAt, now)
                    .SetProperty(x => x.LastContact, now)
                    .SetProperty(x => x.Version, version)
                    .SetProperty(x => x.Url, url),
                token),
            cancel);
    }
}
