using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Client;

namespace BootDepot.Cli.People;

/// <summary>
/// What a server is doing. A region of ours tells of its imports and why images are not there; of MAAS only what its API has is
/// known.
/// </summary>
/// <param name="Importing">Whether an import runs; null when the server cannot import.</param>
/// <param name="Import">The import that runs, or else the last one; null when there was none, or it is MAAS.</param>
/// <param name="Images">How many images there are.</param>
/// <param name="NotReady">Those that cannot be deployed, and those whose import failed.</param>
/// <param name="Racks">How racks stand.</param>
internal sealed record StatusReport(
    bool? Importing, JsonElement? Import, int Images, IReadOnlyList<StatusReport.Pending> NotReady, RackCoverage Racks)
{
    /// <summary>An image that is not ready.</summary>
    /// <param name="Image">Name.</param>
    /// <param name="Architecture">Architecture.</param>
    /// <param name="State">How it stands.</param>
    /// <param name="Reason">Why, and what to do; null when nothing is known.</param>
    internal sealed record Pending(string Image, string Architecture, string State, string? Reason);

    public static async Task<StatusReport> ReadAsync(MaasClient client, CancellationToken cancel)
    {
        var importing = ImportingAsync(client, cancel);
        var import = OfRegionOrNullAsync(client, "imports/current/", cancel);
        var images = ImagesAsync(client, cancel);
        var racks = RackCoverage.ReadAsync(client, cancel);
        await Task.WhenAll(importing, import, images, racks);
        var (count, notReady) = await images;
        return new StatusReport(await importing, await import, count, notReady, await racks);
    }

    private static async Task<bool?> ImportingAsync(MaasClient client, CancellationToken cancel)
    {
        try
        {
            return await client.BootResources.IsImportingAsync(cancel);
        }
        catch (MaasBadRequestException)
        {
            // A server that cannot import does not know the question.
            return null;
        }
    }

    private static async Task<(int Count, IReadOnlyList<Pending> NotReady)> ImagesAsync(MaasClient client, CancellationToken cancel)
    {
        if (await OfRegionOrNullAsync(client, "images/", cancel) is { } rows)
        {
            var pending = rows.EnumerateArray()
                .Where(r => r.GetProperty("version").ValueKind == JsonValueKind.Null || r.GetProperty("status").GetString() == "failed")
                .Select(r => new Pending(Text(r, "name")!, Text(r, "arch")!, Text(r, "status")!, Text(r, "reason")));
            return (rows.GetArrayLength(), [.. pending]);
        }

        var images = await client.BootResources.ListAsync(includeSets: true, cancellationToken: cancel);
        return (images.Count,
            [.. images.Where(i => i.LatestSet is not { Complete: true }).Select(i => new Pending(i.Name, i.Architecture, ImageState.Of(i), null))]);
    }

    /// <summary>What MAAS does not have is null.</summary>
    private static async Task<JsonElement?> OfRegionOrNullAsync(MaasClient client, string path, CancellationToken cancel)
    {
        var call = new MaasCall(HttpMethod.Get, path);
        var answer = await client.CallAsync(call, cancel);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        using var document = JsonDocument.Parse(Connection.Ensure(call, answer).Content);
        return document.RootElement.Clone();
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
