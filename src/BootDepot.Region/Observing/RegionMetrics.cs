using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Region.Imports;
using BootDepot.Region.Lifetimes;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Observing;

/// <summary>
/// The numbers of a region in Prometheus's text format (https://prometheus.io/docs/instrumenting/exposition_formats/). The names are
/// documented in docs/monitoring.md and do not change their meaning.
/// </summary>
internal sealed class RegionMetrics(CatalogDatabase catalog, StorageReport storage, ImportControl imports, TimeProvider time) : IDisposable
{
    // Measuring the store walks over all blobs, so scrapes share one look.
    private static readonly TimeSpan StorageAge = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Area, int Status), long> _requests = [];
    private readonly ConcurrentDictionary<string, long> _ticks = [];
    private readonly SemaphoreSlim _one = new(1);
    private (DateTimeOffset At, StorageState State)? _storage;

    /// <summary>Counts an answered request.</summary>
    /// <param name="path">Its path, of which only the area is kept.</param>
    /// <param name="status">Status of the answer.</param>
    /// <param name="took">How long it took.</param>
    public void Count(string path, int status, TimeSpan took)
    {
        var area = path.StartsWith("/MAAS/api/", StringComparison.Ordinal) ? "api"
            : path.StartsWith("/MAAS/images-stream/", StringComparison.Ordinal) ? "stream" : "other";
        _requests.AddOrUpdate((area, status), 1, (_, n) => n + 1);
        _ticks.AddOrUpdate(area, took.Ticks, (_, n) => n + took.Ticks);
    }

    /// <summary>Writes all numbers.</summary>
    public async Task<string> WriteAsync(CancellationToken cancel)
    {
        var text = new StringBuilder();
        WriteProcess(text);
        await WriteCatalogAsync(text, cancel);
        WriteStorage(text, await StorageAsync(cancel));
        return text.ToString();
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private void WriteProcess(StringBuilder text)
    {
        var version = typeof(RegionMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
        Head(text, "bootdepot_info", "gauge", "The running version.");
        Line(text, "bootdepot_info", $"version=\"{version}\"", 1);
        Head(text, "bootdepot_http_requests_total", "counter", "Answered requests.");
        foreach (var ((area, status), count) in _requests.OrderBy(r => r.Key))
            Line(text, "bootdepot_http_requests_total", string.Create(CultureInfo.InvariantCulture, $"area=\"{area}\",status=\"{status}\""), count);
        Head(text, "bootdepot_http_request_seconds_total", "counter", "Seconds spent on requests.");
        foreach (var (area, ticks) in _ticks.OrderBy(r => r.Key, StringComparer.Ordinal))
            Line(text, "bootdepot_http_request_seconds_total", $"area=\"{area}\"", TimeSpan.FromTicks(ticks).TotalSeconds);
        using var process = Process.GetCurrentProcess();
        One(text, "bootdepot_process_resident_memory_bytes", "gauge", "Resident memory of the process.", process.WorkingSet64);
        One(text, "bootdepot_process_cpu_seconds_total", "counter", "Processor time of the process.", process.TotalProcessorTime.TotalSeconds);
        One(text, "bootdepot_import_running", "gauge", "1 while an import runs in this process.", imports.IsImportingHere ? 1 : 0);
        var progress = imports.ProgressOrNull();
        One(text, "bootdepot_import_fetched_bytes", "gauge", "Bytes fetched by the import that runs, or the last one, here.", progress?.FetchedBytes ?? 0);
        One(text, "bootdepot_import_planned_bytes", "gauge", "Bytes that it planned to fetch.", progress?.PlannedBytes ?? 0);
    }

    private async Task WriteCatalogAsync(StringBuilder text, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var done = await db.ImportRuns.AsNoTracking().Where(r => r.State == ImportState.Done).MaxAsync(r => (DateTimeOffset?)r.StartedAt, cancel);
        One(text, "bootdepot_import_last_done_timestamp_seconds", "gauge", "When the last import that got everything began; 0 for never.", done?.ToUnixTimeSeconds() ?? 0);
        One(text, "bootdepot_images", "gauge", "Images that have a served version.", await db.Resources.CountAsync(r => r.Sets.Any(s => s.CompletedAt != null), cancel));
        One(text, "bootdepot_versions_served", "gauge", "Versions that are served.", await db.Sets.CountAsync(s => s.CompletedAt != null, cancel));
        One(text, "bootdepot_sources", "gauge", "Enabled boot sources.", await db.BootSources.CountAsync(s => s.Enabled, cancel));
        One(text, "bootdepot_sources_with_problem", "gauge", "Enabled boot sources that had a problem at the last look.",
            await db.BootSources.CountAsync(s => s.Enabled && s.ProblemCode != null, cancel));
    }

    private static void WriteStorage(StringBuilder text, StorageState state)
    {
        Head(text, "bootdepot_storage_bytes", "gauge", "Stored bytes by what uses them.");
        foreach (var (use, bytes) in new[]
        {
            ("served", state.Use.Served), ("former", state.Use.Former), ("withheld", state.Use.Withheld), ("pending", state.Use.Pending),
            ("deleted", state.Use.Deleted), ("unreferenced", state.Use.Unreferenced), ("partial", state.Use.Partials),
        })
        {
            Line(text, "bootdepot_storage_bytes", $"use=\"{use}\"", bytes);
        }

        if (state.Space.Free is { } free)
            One(text, "bootdepot_storage_free_bytes", "gauge", "Bytes that can still be stored.", free);
        One(text, "bootdepot_storage_low", "gauge", "1 when the store is low on space.", state.Level == "low" ? 1 : 0);
        One(text, "bootdepot_damaged_blobs", "gauge", "Blobs found damaged and not repaired yet.", state.Damaged);
    }

    private async Task<StorageState> StorageAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var now = time.GetUtcNow();
            if (_storage is not { } kept || now - kept.At > StorageAge)
                _storage = kept = (now, await storage.MeasureAsync(cancel));
            return kept.State;
        }
        finally
        {
            _one.Release();
        }
    }

    private static void One(StringBuilder text, string name, string type, string help, double value)
    {
        Head(text, name, type, help);
        Line(text, name, "", value);
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
