using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Catalog;

/// <summary>Puts the catalogue among a host's services.</summary>
public static class CatalogServices
{
    /// <summary>
    /// Adds <see cref="CatalogDatabase"/>. The host calls <see cref="CatalogDatabase.EnsureReadyAsync"/> before it serves. Under one
    /// service type only: a container disposes what it hands out once for each, and the second would come before its users are gone.
    /// </summary>
    public static IServiceCollection AddCatalog(this IServiceCollection services, CatalogOptions options) =>
        services.AddSingleton(_ => new CatalogDatabase(options));
}
