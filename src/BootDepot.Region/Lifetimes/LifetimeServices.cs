using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Observing;
using BootDepot.Region.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Region.Lifetimes;

/// <summary>Puts what keeps, deletes and checks images among a region's services.</summary>
internal static class LifetimeServices
{
    /// <summary>Adds it; imports must be there.</summary>
    public static void AddLifetimes(this IServiceCollection services)
    {
        services.AddSingleton<DeletedImages>();
        services.AddSingleton<VersionAdministration>();
        services.AddSingleton<ExclusiveWork>();
        services.AddSingleton<StorageReport>();
        services.AddSingleton<RegionMetrics>();
        services.AddSingleton<HealthEndpoints>();
        services.AddHostedService<CollectionSchedule>();
        services.AddSingleton<BlobScrub>();
        services.AddSingleton<BlobRepair>();
        services.AddSingleton<ScrubControl>();
        services.AddHostedService(s => s.GetRequiredService<ScrubControl>());
        services.AddSingleton<IApiEndpoints, ScrubEndpoints>();
        services.AddSingleton<IApiEndpoints, SourceNetworkEndpoints>();
        services.AddSingleton<IApiEndpoints, ImageVersionEndpoints>();
        services.AddSingleton<IApiEndpoints, DeletedImageEndpoints>();
        services.AddSingleton<IApiEndpoints, RetentionEndpoints>();
        services.AddSingleton<IApiEndpoints, StorageEndpoints>();
    }
}
