using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Racks;

namespace BootDepot.Region.Api.Racks;

/// <summary><c>rackcontrollers/</c>, as MAAS has it, answered from what racks report.</summary>
internal sealed class RackEndpoints(RackAdministration racks) : IApiEndpoints
{
    private const string Model = "RackController";

    private static readonly ApiShape Rack = ApiShape.Named(
        "RackController",
        ("system_id", ApiShape.PlainText),
        ("hostname", ApiShape.PlainText),
        ("fqdn", ApiShape.PlainText),
        ("version", ApiShape.PlainText),
        ("connected", ApiShape.Bool),
        ("last_contact", ApiShape.Nullable(ApiShape.PlainText)),
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
            new("read", "GET", null, "List racks", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Rack)), ListAsync),
            new("import_boot_images", "POST", "import_boot_images", "Make all racks fetch images", ApiPermission.EditControllers,
                ApiResult.Text(202), ImportAllAsync)
            {
                Event = "rack.import",
                Text = "Racks follow the region by themselves; this makes them look at once, whatever their time windows say.",
            },
        ]),
        new(ApiVersion.Two, "RackControllerHandler", "rackcontrollers/{system_id}/", "One rack.",
        [
            new("read", "GET", null, "Show a rack", ApiPermission.User, ApiResult.Json(Rack), (request, cancel) =>
                WithRackAsync(request, rack => ApiAnswer.Json(json => Write(json, rack)), cancel)),
            new("import_boot_images", "POST", "import_boot_images", "Make a rack fetch images", ApiPermission.EditControllers,
                ApiResult.Text(202), ImportOneAsync)
            {
                Event = "rack.import",
            },
            new("list_boot_images", "GET", "list_boot_images", "List the images of a rack", ApiPermission.ViewControllers,
                ApiResult.Json(Images), (request, cancel) =>
                    WithRackAsync(request, rack => ApiAnswer.Json(json => WriteImages(json, rack)), cancel)),
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var all = await racks.ListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var rack in all)
                Write(json, rack);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> WithRackAsync(ApiRequest request, Func<RackFacts, ApiAnswer> show, CancellationToken cancel) =>
        await racks.FindOrNullAsync(request.PathText("system_id"), cancel) is { } rack ? show(rack) : ApiAnswer.NotFound(Model);

    private async Task<ApiAnswer> ImportAllAsync(ApiRequest request, CancellationToken cancel)
    {
        await racks.RequestImportAsync(null, cancel);
        return ApiAnswer.BareText("Accepted", 202);
    }

    private async Task<ApiAnswer> ImportOneAsync(ApiRequest request, CancellationToken cancel) =>
        await racks.RequestImportAsync(request.PathText("system_id"), cancel) is null
            ? ApiAnswer.NotFound(Model)
            : ApiAnswer.BareText("Accepted", 202);

    private static void Write(Utf8JsonWriter json, RackFacts rack)
    {
        json.WriteStartObject();
        json.WriteString("system_id", rack.Row.SystemId);
        json.WriteString("hostname", rack.Row.Name);
        json.WriteString("fqdn", rack.Row.Name);
        json.WriteString("version", rack.Row.Version);
        json.WriteBoolean("connected", rack.IsConnected);
        RackJson.WriteDate(json, "last_contact", rack.LastContact);
        json.WriteString("resource_uri", $"/MAAS/api/2.0/rackcontrollers/{rack.Row.SystemId}/");
        json.WriteEndObject();
    }

    /// <summary>What is whole on the rack; with one entry per image, whatever the number of versions and kernels held.</summary>
    private static void WriteImages(Utf8JsonWriter json, RackFacts rack)
    {
        json.WriteStartObject();
        json.WriteStartArray("images");
        var held = (rack.Report?.Images ?? []).Where(i => i.State is "synced")
            .Select(i => (Image: i, Architecture: Architecture.Parse(i.Architecture)))
            .GroupBy(i => (i.Image.BootloaderType is { } type ? "bootloader/" + type : i.Image.Name, i.Architecture.Arch))
            .OrderBy(g => g.Key.Item1, StringComparer.Ordinal).ThenBy(g => g.Key.Arch, StringComparer.Ordinal);
        foreach (var image in held)
        {
            json.WriteStartObject();
            json.WriteString("name", image.Key.Item1);
            json.WriteString("architecture", image.Key.Arch);
            json.WriteStartArray("subarches");
            var subarches = image.SelectMany(i => i.Image.Subarches.Append(i.Architecture.Subarch));
            foreach (var subarch in subarches.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                json.WriteStringValue(subarch);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("connected", rack.IsConnected);
        json.WriteString("status", rack.Status);
        json.WriteEndObject();
    }
}
