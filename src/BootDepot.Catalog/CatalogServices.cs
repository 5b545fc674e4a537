using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Catalog;

/// <summary>Puts the catalogue among a host's services.</summary>
public static class CatalogServices
{
    /// <summary>
    /// Adds <see cref="CatalogDatabase"/>, also as <see cref="IDbContextFactory{TContext}"/>. The host calls
    /// <see cref="CatalogDatabase.EnsureReadyAsync"/> before it serves.
    /// </summary>
    public static IServiceCollection AddCatalog(this IServiceCollection services, CatalogOptions options) =>
        services
            .AddSingleton(_ => new CatalogDatabase(options))
            .AddSingleton<IDbContextFactory<CatalogContext>>(s => s.GetRequiredService<CatalogDatabase>());
}
