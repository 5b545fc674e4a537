using System;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Settings;
using BootDepot.Region.Lifetimes;
using BootDepot.Region.Imports.Planning;
using BootDepot.Region.Imports.Running;
using BootDepot.Region.Imports.Sources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BootDepot.Region.Imports;

/// <summary>Puts imports among a region's services.</summary>
internal static class ImportServices
{
    /// <summary>Adds them; catalogue, blob store, clock and change signal must be there.</summary>
    public static void AddImports(this IServiceCollection services, ImportOptions options)
    {
        services.AddLogging();
        services.AddSingleton(options);
        services.TryAddSingleton<Leases>();
        services.AddSingleton<ProcessLeases>();
        services.TryAddSingleton(s => new SettingsStore(
            s.GetRequiredService<CatalogDatabase>(), s.GetRequiredService<TimeProvider>(), new RegionSettings()));
        services.AddSingleton<DocumentMemory>();
        services.AddSingleton<SourceReadings>();
        services.AddSingleton<ImportPlanner>();
        services.AddSingleton<BlobCollection>();
        services.AddSingleton<ImportHttp>();
        services.AddSingleton(s => ImportRate.Of(s.GetRequiredService<SettingsStore>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ImportHistory>();
        services.AddSingleton<ImportRunner>();
        services.AddSingleton<ImportControl>();
    }
}
