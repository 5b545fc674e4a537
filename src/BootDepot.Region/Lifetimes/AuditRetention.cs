using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Settings;

namespace BootDepot.Region.Lifetimes;

/// <summary>Forgets entries of the audit trail that are older than the setting <c>audit_keep_days</c> says.</summary>
internal sealed class AuditRetention(CatalogDatabase catalog, SettingsStore settings, TimeProvider time)
{
    /// <summary>Forgets them.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        if ((await settings.GetAsync(cancel)).AuditKeepDays is not (> 0 and var days))
            return;
        var before = time.GetUtcNow() - TimeSpan.FromDays(days);
        await catalog.NoteAsync((db, token) => AuditTrail.ForgetAsync(db, before, token), cancel);
    }
}
