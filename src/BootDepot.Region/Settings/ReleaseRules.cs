using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Settings;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Settings;

/// <summary>Settings that name an operating system or release must name one that is held.</summary>
internal static class ReleaseRules
{
    private const string Code = "setting-not-held";

    /// <summary>Checks a change.</summary>
    public static async Task<Fault?> CheckAsync(
        CatalogContext db, SettingDefinition setting, RegionSettings proposed, CancellationToken cancel)
    {
        switch (setting.Name)
        {
            case "default_osystem":
                return Check("operating system", proposed.DefaultOsystem, (await HeldAsync(db, cancel)).Select(n => n.Os));
            case "default_distro_series":
                return Check("release", proposed.DefaultDistroSeries, await ReleasesAsync(db, proposed.DefaultOsystem, cancel));
            case "commissioning_distro_series":
                return Check(
                    "release", proposed.CommissioningDistroSeries, await ReleasesAsync(db, proposed.CommissioningOsystem, cancel));
            default:
                return null;
        }
    }

    private static async Task<IEnumerable<string>> ReleasesAsync(CatalogContext db, string os, CancellationToken cancel) =>
        (await HeldAsync(db, cancel)).Where(n => n.Os == os).Select(n => n.Release);

    private static async Task<List<ImageName>> HeldAsync(CatalogContext db, CancellationToken cancel)
    {
        var names = await db.Resources.AsNoTracking()
            .Where(r => r.BootloaderType == null && r.Sets.Any(s => s.CompletedAt != null))
            .Select(r => r.Name).Distinct().ToListAsync(cancel);
        // The newest release first, as far as names tell.
        return [.. names.OrderDescending(StringComparer.Ordinal).Where(n => ImageName.TryParse(n, out _)).Select(ImageName.Parse)];
    }

    // Two blanks after the full stop: MAAS's text.
    private static Fault? Check(string what, string value, IEnumerable<string> held)
    {
        var choices = held.Distinct(StringComparer.Ordinal).ToList();
        return choices.Contains(value, StringComparer.Ordinal)
            ? null
            : new Fault(Code, $"'{value}' is not a valid {what}.  It should be one of: {string.Join(", ", choices.Select(c => $"'{c}'"))}.");
    }
}
