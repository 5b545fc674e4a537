using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Observing;

/// <summary>
/// <c>/healthz</c>: the process answers. <c>/readyz</c>: it can also read its catalogue and its store, so it may be given requests.
/// <c>/metrics</c>: numbers for Prometheus. Open to everyone; nothing in them is secret.
/// </summary>
internal sealed class HealthEndpoints(CatalogDatabase catalog, IBlobStore blobs, RegionMetrics metrics)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Digest Any = Digest.Parse(new string('0', Digest.HexLength));

    /// <summary>Answers; false when the path is none of these.</summary>
    public async Task<bool> TryServeAsync(HttpContext http)
    {
        switch (http.Request.Path.Value)
        {
            case "/healthz":
                await ApiAnswer.Text("ok\n").SendAsync(http, http.RequestAborted);
                return true;
            case "/readyz":
                var problem = await ProblemOrNullAsync(http.RequestAborted);
                await ApiAnswer.Text(problem is null ? "ok\n" : problem + "\n", problem is null ? 200 : 503).SendAsync(http, http.RequestAborted);
                return true;
            case "/metrics":
                var text = await metrics.WriteAsync(http.RequestAborted);
                await ApiAnswer.Bytes(System.Text.Encoding.UTF8.GetBytes(text), "text/plain; version=0.0.4; charset=utf-8").SendAsync(http, http.RequestAborted);
                return true;
            default:
                return false;
        }
    }

    private async Task<string?> ProblemOrNullAsync(CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            await using var db = await catalog.CreateDbContextAsync(patience.Token);
            await db.Settings.AsNoTracking().AnyAsync(patience.Token);
            await blobs.SizeOrNullAsync(Any, patience.Token);
            return null;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            // Whatever it is, this region must not be given requests now; the log of the next request that fails has the details.
            return e is OperationCanceledException ? "not ready: catalogue or store did not answer in time" : $"not ready: {e.GetType().Name}";
        }
    }
}
