using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Settings;
using BootDepot.Transfers.Http;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Imports;

/// <summary>Opens the way out for one run, as the settings want it at that time.</summary>
internal sealed class ImportHttp(CatalogDatabase catalog, SettingsStore settings, ImportOptions options, System.TimeProvider time)
{
    /// <summary>Answers in place of every network; null: the network.</summary>
    public HttpMessageHandler? Wire { get; init; }

    /// <summary>A sender that honours proxy, certificate authorities and time-outs, of the region and of each source.</summary>
    public async Task<HttpSender> OpenAsync(CancellationToken cancel)
    {
        if (Wire is not null)
            return new HttpSender(new HttpSettings { StallTimeout = options.StallTimeout }, time, Wire);
        var now = await settings.GetAsync(cancel);
        return new HttpSender(
            new HttpSettings
            {
                // boot_images_no_proxy: reach the image servers without the proxy that everything else uses.
                Proxy = now is { EnableHttpProxy: true, BootImagesNoProxy: false, HttpProxy.Length: > 0 } ? now.HttpProxy : null,
                NoProxy = options.NoProxy,
                CaFiles = options.CertificateFiles,
                StallTimeout = options.StallTimeout,
                Sites = await SitesAsync(cancel),
            },
            time);
    }

    private async Task<IReadOnlyList<SiteSettings>> SitesAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var sources = await db.BootSources.AsNoTracking()
            .Where(s => s.Proxy != null || s.CertificateAuthorities != null || s.ClientCertificateFile != null)
            .OrderBy(s => s.Id)
            .Select(s => new { s.Url, s.Mirrors, s.Proxy, s.CertificateAuthorities, s.ClientCertificateFile })
            .ToListAsync(cancel);
        return sources.ConvertAll(s => new SiteSettings
        {
            Urls = [.. s.Mirrors.Prepend(s.Url)],
            Proxy = s.Proxy,
            CertificateAuthorities = s.CertificateAuthorities,
            ClientCertificateFile = s.ClientCertificateFile,
        });
    }
}
