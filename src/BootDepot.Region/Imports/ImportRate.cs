using System;
using BootDepot.Catalog.Settings;
using BootDepot.Transfers;

namespace BootDepot.Region.Imports;

/// <summary>The setting <c>import_rate_kibibytes</c>, under which all transfers of this process stay together; 0 is no limit.</summary>
internal static class ImportRate
{
    /// <summary>The limit, which follows the setting.</summary>
    public static RateLimit Of(SettingsStore settings, TimeProvider time) =>
        new(async cancel => (await settings.GetAsync(cancel)).ImportRateKibibytes is > 0 and var rate ? rate * 1024L : null, time);
}
