using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Transfers.Http;

namespace BootDepot.Rack.Enrolment;

/// <summary>An answer of the region's API.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ETag">Entity tag; null when there is none.</param>
/// <param name="Body">The body.</param>
internal sealed record RegionReply(HttpStatusCode Status, string? ETag, byte[] Body)
{
    /// <summary>The trace of what made the region answer now; null when it names none.</summary>
    public string? Cause { get; init; }
}

/// <summary>
/// Speaks to the region, whichever of its addresses answers: the one that answered last is asked first, and one that does not
/// answer goes to the end.
/// </summary>
internal sealed class RegionLink(HttpSender http, ImmutableArray<Uri> regions)
{
    /// <summary>Largest answer that is taken, in bytes.</summary>
    private const int MaxAnswer = 64 * 1024 * 1024;

    private ImmutableArray<Uri> _order = [.. regions.Select(WithSlash)];

    /// <summary>What the rack authenticates with; null before it enrolled.</summary>
    public string? Key { get; set; }

    /// <summary>The region's addresses (<c>…/MAAS/</c>), that which answered last first.</summary>
    public ImmutableArray<Uri> Order => _order;

    /// <summary>Sends a request to a path below <c>api/2.0/</c>. A fault when no address gave an answer of any status.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="path">Its path, with a query if there is one.</param>
    /// <param name="body">JSON; null for none.</param>
    /// <param name="known">For If-None-Match; null for none.</param>
    /// <param name="patience">How long the region may take to answer.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<(RegionReply? Reply, Fault? Fault)> SendAsync(
        HttpMethod method, string path, byte[]? body, string? known, TimeSpan patience, CancellationToken cancel)
    {
        Fault? last = null;
        foreach (var region in _order)
        {
            var (reply, fault) = await SendOnceAsync(region, method, path, body, known, patience, cancel);
            if (reply is { Status: < HttpStatusCode.InternalServerError })
                return (reply, null);
            last = fault ?? new Fault("region-failed", $"{region} answered {(int)reply!.Status} to {path}; its log says why.");
            Demote(region);
        }

        return (null, last);
    }

    private async Task<(RegionReply? Reply, Fault? Fault)> SendOnceAsync(
        Uri region, HttpMethod method, string path, byte[]? body, string? known, TimeSpan patience, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(region, "api/2.0/" + path));
        if (Key is { } key)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (known is not null && EntityTagHeaderValue.TryParse(known, out var tag))
            request.Headers.IfNoneMatch.Add(tag);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        var (answer, fault) = await http.ExchangeAsync(request, MaxAnswer, patience, cancel);
        return answer is null ? (null, fault) : (new RegionReply(answer.Status, answer.ETag, answer.Body) { Cause = answer.Cause }, null);
    }

    private void Demote(Uri region) =>
        ImmutableInterlocked.Update(ref _order, order => order.Length > 1 && order[0] == region ? order.RemoveAt(0).Add(region) : order);

    private static Uri WithSlash(Uri url) => url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
}
