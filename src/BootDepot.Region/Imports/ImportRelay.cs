using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Settings;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Imports;

/// <summary>
/// What regions tell each other about the import that runs in one of them: that it is to stop, and how far it is. The wish to stop is a
/// row of the settings that no API shows; progress is the run's own row.
/// </summary>
internal sealed class ImportRelay(CatalogDatabase catalog)
{
    private const string StopRow = "import_stop_requested";

    /// <summary>Asks whoever runs this import to stop it.</summary>
    public Task RequestStopAsync(int run, CancellationToken cancel) =>
        catalog.ChangeAsync(
            async (context, token) =>
            {
                var row = await context.Settings.SingleOrDefaultAsync(s => s.Name == StopRow, token);
                if (row is null)
                    context.Settings.Add(row = new Setting { Name = StopRow, Value = "" });
                row.Value = run.ToString(CultureInfo.InvariantCulture);
            },
            cancel);

    /// <summary>Whether someone asked that.</summary>
    public async Task<bool> IsStopRequestedAsync(int run, CancellationToken cancel)
    {
        var text = run.ToString(CultureInfo.InvariantCulture);
        await using var context = await catalog.CreateDbContextAsync(cancel);
        return await context.Settings.AnyAsync(s => s.Name == StopRow && s.Value == text, cancel);
    }

    /// <summary>Notes how far a run is.</summary>
    public Task ReportAsync(int run, long planned, long fetched, CancellationToken cancel) =>
        catalog.ChangeAsync(
            (context, token) => context.ImportRuns.Where(r => r.Id == run && r.State == ImportState.Running).ExecuteUpdateAsync(
                set => set.SetProperty(r => r.PlannedBytes, planned).SetProperty(r => r.FetchedBytes, fetched), token),
            cancel);
}
