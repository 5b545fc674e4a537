using System.Collections.Immutable;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;

namespace BootDepot.Region.Api.Racks;

/// <summary>
/// <c>rackcontrollers/</c>. A region alone has no rack, so the list is empty and every single one is missing.
/// </summary>
internal sealed class RackEndpoints : IApiEndpoints
{
    private static readonly ApiShape Rack = ApiShape.Named(
        "RackController",
        ("system_id", ApiShape.PlainText),
        ("hostname", ApiShape.PlainText),
        ("resource_uri", ApiShape.PlainText));

    private static readonly ApiShape Image = ApiShape.Named(
        "RackImage",
        ("name", ApiShape.PlainText),
        ("architecture", ApiShape.PlainText),
        ("subarches", new ApiShape.ListOf(ApiShape.PlainText)));

    private static readonly ApiShape Images = ApiShape.Named(
        "RackImages",
        ("images", new ApiShape.ListOf(Image)),
        ("connected", ApiShape.Bool),
        ("status", ApiShape.PlainText));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "RackControllersHandler", "rackcontrollers/", "The racks that copy this region's images.",
        [
            new("read", "GET", null, "List racks", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Rack)), (_, _) =>
                Task.FromResult(ApiAnswer.Json(json =>
                {
                    json.WriteStartArray();
                    json.WriteEndArray();
                }))),
            new("import_boot_images", "POST", "import_boot_images", "Make all racks fetch images", ApiPermission.EditControllers,
                ApiResult.Text(202), (_, _) => Task.FromResult(ApiAnswer.BareText("Accepted", 202)))
            {
                Text = "Racks follow the region by themselves; this is kept for old scripts.",
            },
        ]),
        new(ApiVersion.Two, "RackControllerHandler", "rackcontrollers/{system_id}/", "One rack.",
        [
            new("read", "GET", null, "Show a rack", ApiPermission.User, ApiResult.Json(Rack), (_, _) => Missing()),
            new("import_boot_images", "POST", "import_boot_images", "Make a rack fetch images", ApiPermission.EditControllers,
                ApiResult.Text(202), (_, _) => Missing()),
            new("list_boot_images", "GET", "list_boot_images", "List the images of a rack", ApiPermission.ViewControllers,
                ApiResult.Json(Images), (_, _) => Missing()),
        ]),
    ];

    private static Task<ApiAnswer> Missing() => Task.FromResult(ApiAnswer.NotFound("RackController"));
}
