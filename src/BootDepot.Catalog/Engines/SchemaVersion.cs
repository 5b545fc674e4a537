using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Images;

namespace BootDepot.Catalog.Engines;

/// <summary>Compares the migrations that a database has seen with those that this program knows.</summary>
internal static class SchemaVersion
{
    /// <summary>Whether nothing is to be done.</summary>
    /// <exception cref="CatalogException"><c>catalog-newer</c>.</exception>
    public static bool IsCurrent(string catalogue, IReadOnlyCollection<string> applied, IReadOnlyList<string> known)
    {
        var unknown = applied.Except(known, StringComparer.Ordinal).Order(StringComparer.Ordinal).LastOrDefault();
        if (unknown is null)
            return applied.Count == known.Count;
        throw new CatalogException(new Fault(
            "catalog-newer",
            $"The catalogue {catalogue} was last used by a newer BootDepot (its schema has {unknown}, which this one does not know). Start that version again, or restore the backup made before the upgrade. Nothing was changed."));
    }
}
