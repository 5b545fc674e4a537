using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Racks;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Api.NodeGroups;

/// <summary>
/// <c>nodegroups/</c> of API 1.0: racks, as clusters were what they are now. A region without any shows itself as the one cluster,
/// so that clients of that time find images on it.
/// </summary>
internal sealed class NodeGroupEndpoints(CatalogDatabase catalog, RackAdministration racks, RegionIdentity region) : IApiEndpoints
{
    private const string Model = "NodeGroup";

    // One entry per purpose, as 1.7 lists them.
    private static readonly string[] Purposes = ["commissioning", "install", "xinstall", "diskless"];

    private static readonly ApiShape Group = ApiShape.Named(
        "NodeGroup",
        ("uuid", ApiShape.PlainText),
        ("status", ApiShape.Int),
        ("name", ApiShape.PlainText),
        ("cluster_name", ApiShape.PlainText),
        ("resource_uri", ApiShape.PlainText));

    private static readonly ApiShape Image = ApiShape.Named(
        "BootImage",
        ("osystem", ApiShape.PlainText),
        ("release", ApiShape.PlainText),
        ("architecture", ApiShape.PlainText),
        ("subarchitecture", ApiShape.PlainText),
        ("label", ApiShape.PlainText),
        ("purpose", ApiShape.PlainText));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.One, "NodeGroupsHandler", "nodegroups/", "Clusters.",
        [
            new("list", "GET", "list", "List clusters", ApiPermission.OpenUnlessBadKey,
                ApiResult.Json(new ApiShape.ListOf(Group)), ListAsync),
            new("import_boot_images", "POST", "import_boot_images", "Make all clusters fetch images", ApiPermission.Admin,
                ApiResult.Text(), ImportAllAsync)
            {
                Event = "rack.import",
            },
        ]),
        new(ApiVersion.One, "NodeGroupHandler", "nodegroups/{uuid}/", "One cluster.",
        [
            new("read", "GET", null, "Show a cluster", ApiPermission.User, ApiResult.Json(Group), ReadAsync),
            new("import_boot_images", "POST", "import_boot_images", "Make a cluster fetch images", ApiPermission.Admin,
                ApiResult.Text(), ImportOneAsync)
            {
                Event = "rack.import",
            },
        ]),
        new(ApiVersion.One, "BootImagesHandler", "nodegroups/{uuid}/boot-images/", "Images of a cluster.",
        [
            new("read", "GET", null, "List boot images", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Image)), ListImagesAsync),
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var all = await racks.ListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            if (all.Count == 0)
                WriteRegion(json);
            foreach (var rack in all)
                WriteGroup(json, rack.Row.Uuid, rack.Row.Name, rack.Row.Name);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> ImportAllAsync(ApiRequest request, CancellationToken cancel)
    {
        await racks.RequestImportAsync(null, cancel);
        return ApiAnswer.BareText("Import of boot images started on all cluster controllers");
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel)
    {
        if (IsHere(request))
            return ApiAnswer.Json(WriteRegion);
        return await racks.FindOrNullAsync(request.PathText("uuid"), cancel) is { } rack
            ? ApiAnswer.Json(json => WriteGroup(json, rack.Row.Uuid, rack.Row.Name, rack.Row.Name))
            : ApiAnswer.NotFound(Model);
    }

    private async Task<ApiAnswer> ImportOneAsync(ApiRequest request, CancellationToken cancel)
    {
        var uuid = IsHere(request) ? region.Uuid : request.PathText("uuid");
        if (!IsHere(request) && await racks.RequestImportAsync(uuid, cancel) is null)
            return ApiAnswer.NotFound(Model);
        // The u is a string prefix of the Python of that time, and part of the text.
        return ApiAnswer.BareText($"Import of boot images started on cluster u'{uuid}'");
    }

    private async Task<ApiAnswer> ListImagesAsync(ApiRequest request, CancellationToken cancel)
    {
        if (IsHere(request))
            return WriteImages(await RegionsOwnAsync(cancel));
        if (await racks.FindOrNullAsync(request.PathText("uuid"), cancel) is not { } rack)
            return ApiAnswer.NotFound(Model);
        return rack.IsConnected && rack.Report is { } report
            ? WriteImages(report.Images
                .Where(i => i.State == "synced" && i.BootloaderType is null)
                .Select(i => new HeldImage(i.Name, i.Architecture, i.Label)))
            : ApiAnswer.BareText($"The cluster {rack.Row.Name} is not connected.", StatusCodes.Status503ServiceUnavailable);
    }

    private async Task<List<HeldImage>> RegionsOwnAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.Sets.AsNoTracking()
            .Where(s => s.CompletedAt != null && s.Resource!.BootloaderType == null && s.Resource.Kind == ResourceKind.Synced)
            .OrderBy(s => s.Resource!.Name).ThenBy(s => s.Resource!.Architecture)
            .Select(s => new HeldImage(s.Resource!.Name, s.Resource.Architecture, s.Label))
            .Distinct().ToListAsync(cancel);
    }

    private bool IsHere(ApiRequest request) =>
        request.PathText("uuid") is "master" || request.PathText("uuid").Equals(region.Uuid, StringComparison.OrdinalIgnoreCase);

    private void WriteRegion(Utf8JsonWriter json) => WriteGroup(json, region.Uuid, "maas", "Cluster master");

    private static void WriteGroup(Utf8JsonWriter json, string uuid, string name, string clusterName)
    {
        json.WriteStartObject();
        json.WriteString("uuid", uuid);
        json.WriteNumber("status", 1);
        json.WriteString("name", name);
        json.WriteString("cluster_name", clusterName);
        json.WriteString("resource_uri", $"/MAAS/api/1.0/nodegroups/{uuid}/");
        json.WriteEndObject();
    }

    private static ApiAnswer WriteImages(IEnumerable<HeldImage> held) => ApiAnswer.Json(json =>
    {
        json.WriteStartArray();
        foreach (var image in held.Where(i => ImageName.TryParse(i.Name, out _) && Architecture.TryParse(i.Architecture, out _)))
        {
            foreach (var purpose in Purposes)
                WriteImage(json, ImageName.Parse(image.Name), Architecture.Parse(image.Architecture), image.Label, purpose);
        }

        json.WriteEndArray();
    });

    private static void WriteImage(Utf8JsonWriter json, ImageName name, Architecture architecture, string label, string purpose)
    {
        json.WriteStartObject();
        json.WriteString("osystem", name.Os);
        json.WriteString("release", name.Release);
        json.WriteString("architecture", architecture.Arch);
        json.WriteString("subarchitecture", architecture.Subarch);
        json.WriteString("label", label);
        json.WriteString("purpose", purpose);
        json.WriteEndObject();
    }

    private sealed record HeldImage(string Name, string Architecture, string Label);
}
