using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Images.Selections;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Publishing.Views;

/// <summary>What the exclusive views take, and so keep from every stream that is open to anybody.</summary>
/// <param name="Rules">All entries of all exclusive views.</param>
internal sealed record ExclusiveRules(IReadOnlyList<ViewRule> Rules)
{
    /// <summary>Those of the catalogue.</summary>
    public static async Task<ExclusiveRules> ReadAsync(CatalogContext db, CancellationToken cancel)
    {
        var views = await db.StreamViews.AsNoTracking().Where(v => v.IsExclusive && v.IsPrivate).ToListAsync(cancel);
        return new ExclusiveRules([.. views.SelectMany(v => RulesOf(v.Images))]);
    }

    /// <summary>The entries of a view.</summary>
    public static IEnumerable<ViewRule> RulesOf(IEnumerable<string> images) => images.Select(ViewRule.ParseOrNull).OfType<ViewRule>();

    /// <summary>Whether one of the entries takes a version.</summary>
    public static bool Take(IReadOnlyList<ViewRule> rules, ResourceKind kind, string name, string architecture, string label) =>
        ImageName.TryParse(name, out var image) && Architecture.TryParse(architecture, out var parsed)
        && rules.Any(r => r.Takes(kind == ResourceKind.Uploaded, image, parsed, label));

    /// <summary>Whether a version is kept from the public. Boot loaders never are: they are in every view.</summary>
    public bool Keep(ResourceKind kind, string name, string architecture, string? bootloaderType, string label) =>
        Rules.Count > 0 && bootloaderType is null && Take(Rules, kind, name, architecture, label);

    /// <summary>The same of a set.</summary>
    public bool Keep(PublishedSet set) => Keep(set.Kind, set.Name, set.Architecture, set.BootloaderType, set.Label);
}
