using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Settings;
using BootDepot.Transfers.Http;

namespace BootDepot.Region.Imports;

/// <summary>Opens the way out for one run, as the settings want it at that time.</summary>
internal sealed class ImportHttp(SettingsStore settings, ImportOptions options, TimeProvider time)
{
    /// <summary>A sender that honours proxy, certificate authorities and time-outs.</summary>
    public async Task<HttpSender> OpenAsync(CancellationToken cancel)
    {
        var now = await settings.GetAsync(cancel);
        return new HttpSender(
            new HttpSettings
            {
                // boot_images_no_proxy: reach the image servers without the proxy that everything else uses.
                Proxy = now is { EnableHttpProxy: true, BootImagesNoProxy: false, HttpProxy.Length: > 0 } ? now.HttpProxy : null,
                NoProxy = options.NoProxy,
                CaFiles = options.CertificateFiles,
                StallTimeout = options.StallTimeout,
            },
            time);
    }
}
