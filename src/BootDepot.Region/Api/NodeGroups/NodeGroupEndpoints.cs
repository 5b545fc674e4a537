using System;
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
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Api.NodeGroups;

/// <summary>
/// <c>nodegroups/</c> of API 1.0. There is one cluster, the region itself, so that clients of that time find images on it.
/// </summary>
internal sealed class NodeGroupEndpoints(CatalogDatabase catalog, RegionIdentity region) : IApiEndpoints
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
                ApiResult.Json(new ApiShape.ListOf(Group)), (_, _) => Task.FromResult(ApiAnswer.Json(json =>
                {
                    json.WriteStartArray();
                    WriteGroup(json);
                    json.WriteEndArray();
                }))),
            new("import_boot_images", "POST", "import_boot_images", "Make all clusters fetch images", ApiPermission.Admin,
                ApiResult.Text(), (_, _) => Task.FromResult(
                    ApiAnswer.BareText("Import of boot images started on all cluster controllers"))),
        ]),
        new(ApiVersion.One, "NodeGroupHandler", "nodegroups/{uuid}/", "One cluster.",
        [
            new("read", "GET", null, "Show a cluster", ApiPermission.User, ApiResult.Json(Group), (request, _) =>
                Task.FromResult(IsHere(request) ? ApiAnswer.Json(WriteGroup) : ApiAnswer.NotFound(Model))),
            new("import_boot_images", "POST", "import_boot_images", "Make a cluster fetch images", ApiPermission.Admin,
                ApiResult.Text(), (request, _) => Task.FromResult(IsHere(request)
                    // The u is a string prefix of the Python of that time, and part of the text.
                    ? ApiAnswer.BareText($"Import of boot images started on cluster u'{region.Uuid}'")
                    : ApiAnswer.NotFound(Model))),
        ]),
        new(ApiVersion.One, "BootImagesHandler", "nodegroups/{uuid}/boot-images/", "Images of a cluster.",
        [
            new("read", "GET", null, "List boot images", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Image)), ListImagesAsync),
        ]),
    ];

    private bool IsHere(ApiRequest request) =>
        request.PathText("uuid") is "master" || request.PathText("uuid").Equals(region.Uuid, StringComparison.OrdinalIgnoreCase);

    private void WriteGroup(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("uuid", region.Uuid);
        json.WriteNumber("status", 1);
        json.WriteString("name", "maas");
        json.WriteString("cluster_name", "Cluster master");
        json.WriteString("resource_uri", $"/MAAS/api/1.0/nodegroups/{region.Uuid}/");
        json.WriteEndObject();
    }

    private async Task<ApiAnswer> ListImagesAsync(ApiRequest request, CancellationToken cancel)
    {
        if (!IsHere(request))
            return ApiAnswer.NotFound(Model);
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var held = await db.Sets.AsNoTracking()
            .Where(s => s.CompletedAt != null && s.Resource!.BootloaderType == null && s.Resource.Kind == ResourceKind.Synced)
            .OrderBy(s => s.Resource!.Name).ThenBy(s => s.Resource!.Architecture)
            .Select(s => new { s.Resource!.Name, s.Resource.Architecture, s.Label })
            .Distinct().ToListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var image in held.Where(i => ImageName.TryParse(i.Name, out _) && Architecture.TryParse(i.Architecture, out _)))
            {
                foreach (var purpose in Purposes)
                    WriteImage(json, ImageName.Parse(image.Name), Architecture.Parse(image.Architecture), image.Label, purpose);
            }

            json.WriteEndArray();
        });
    }

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
}
