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

    /// <summary>Answers <c>/healthz</c>.</summary>
    public static Task AnswerAliveAsync(HttpContext http) => AnswerAsync(http, _ => Task.FromResult(ApiAnswer.Text("ok\n")));

    /// <summary>Answers <c>/readyz</c>: 503 with the reason when it is not ready.</summary>
    public Task AnswerReadyAsync(HttpContext http) => AnswerAsync(http, async cancel =>
    {
        var problem = await ProblemOrNullAsync(cancel);
        return ApiAnswer.Text(problem is null ? "ok\n" : problem + "\n", problem is null ? 200 : 503);
    });

    /// <summary>Answers <c>/metrics</c>.</summary>
    public Task AnswerMetricsAsync(HttpContext http) => AnswerAsync(http, async cancel =>
        ApiAnswer.Bytes(System.Text.Encoding.UTF8.GetBytes(await metrics.WriteAsync(cancel)), "text/plain; version=0.0.4; charset=utf-8"));

    private static async Task AnswerAsync(HttpContext http, Func<CancellationToken, Task<ApiAnswer>> find)
    {
        var cancel = http.RequestAborted;
        var answer = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)
            ? await find(cancel)
            : ApiAnswer.BareText("", StatusCodes.Status405MethodNotAllowed) with { Headers = [new("Allow", "GET, HEAD")] };
        await answer.SendAsync(http, cancel);
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
