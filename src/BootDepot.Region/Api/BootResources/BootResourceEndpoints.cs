using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Imports;
using BootDepot.Region.Resources;

namespace BootDepot.Region.Api.BootResources;

/// <summary><c>boot-resources/</c> and <c>boot-resources/{id}/</c>, save uploads and import control.</summary>
internal sealed class BootResourceEndpoints(
    CatalogDatabase catalog,
    RenderedLists lists,
    ResourceRemoval removal,
    ReceivedBytes received,
    UploadEndpoints uploads,
    ImportActions imports)
    : IApiEndpoints
{
    private const string Model = "BootResource";

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() => [.. Handlers(ApiVersion.Two), .. Handlers(ApiVersion.One)];

    private IEnumerable<ApiHandler> Handlers(ApiVersion version)
    {
        var edit = version == ApiVersion.One ? ApiPermission.Admin : ApiPermission.EditBootEntities;
        yield return new ApiHandler(version, "BootResourcesHandler", "boot-resources/", "The images that this region holds.",
        [
            new("read", "GET", null, "List boot resources", ApiPermission.User,
                ApiResult.Json(new ApiShape.ListOf(BootResourceJson.Row)), ListAsync)
            {
                Parameters =
                [
                    ApiParameter.Optional("type", "string", "What to list: all (default), synced or uploaded."),
                    .. version == ApiVersion.Two
                        ? [ApiParameter.Optional("include_sets", "boolean", "Show each image with its versions and files.")]
                        : System.Array.Empty<ApiParameter>(),
                ],
            },
            uploads.Create(version, edit),
            .. imports.Of(version, edit),
            .. version == ApiVersion.Two ? [uploads.CreateWhole(version, edit)] : System.Array.Empty<ApiAction>(),
        ]);
        yield return new ApiHandler(version, "BootResourceHandler", "boot-resources/{id}/", "One image.",
        [
            new("read", "GET", null, "Show a boot resource", ApiPermission.User, ApiResult.Json(BootResourceJson.WithSets), ReadAsync)
            {
                Text = "With its versions and their files.",
            },
            new("delete", "DELETE", null, "Remove a boot resource", edit, ApiResult.Nothing, DeleteAsync)
            {
                Text = "An upload that is under way is ended. A synced image comes again with the next import while it is selected. What is "
                    + "pinned or a chosen default is refused (409), unless force is true. It can be put back for some hours (deleted-images).",
                Parameters = [ApiParameter.Optional("force", "boolean", "Delete it although it is in use.")],
            },
        ]);
        yield return uploads.File(version, edit);
    }

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var version = request.Handler.Version;
        var type = request.Query.LastOrNull("type") ?? "all";
        ResourceKind? kind = type switch
        {
            "synced" => ResourceKind.Synced,
            "uploaded" => ResourceKind.Uploaded,
            _ => null,
        };
        // 1.x made "Generated" resources of uploads; here all uploads are "Uploaded".
        if (type == "generated" && version == ApiVersion.One)
            return ApiAnswer.Json(json =>
            {
                json.WriteStartArray();
                json.WriteEndArray();
            });
        if (kind is null && type is not ("all" or ""))
        {
            return ApiAnswer.BadRequest(version == ApiVersion.One
                ? $"Bad type '{type}'"
                : $"'{type}' is not a valid boot resource type. Available types: ['synced', 'uploaded']");
        }

        return version == ApiVersion.Two && request.Query.LastOrNull("include_sets") is "true" or "True"
            ? await ListWithSetsAsync(kind, cancel)
            : ApiAnswer.Json(await lists.GetAsync(version, kind, cancel));
    }

    // Never from memory: how far files are changes without a commit.
    private async Task<ApiAnswer> ListWithSetsAsync(ResourceKind? kind, CancellationToken cancel)
    {
        var resources = await catalog.SnapshotAsync((db, token) => ResourceList.ListWithSetsAsync(db, kind, token), cancel);
        var bytes = await received.OfAsync(resources, cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var resource in resources)
                BootResourceJson.WriteWithSets(json, resource, bytes, ApiVersion.Two);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel)
    {
        if (request.IdOrNull("id") is not { } id)
            return ApiAnswer.NotFound(Model);
        await using var db = await catalog.CreateDbContextAsync(cancel);
        if (await ResourceList.ReadOrNullAsync(db, id, cancel) is not { } resource)
            return ApiAnswer.NotFound(Model);
        var bytes = await received.OfAsync([resource], cancel);
        return ApiAnswer.Json(json => BootResourceJson.WriteWithSets(json, resource, bytes, request.Handler.Version));
    }

    private async Task<ApiAnswer> DeleteAsync(ApiRequest request, CancellationToken cancel)
    {
        if (request.IdOrNull("id") is not { } id)
            return ApiAnswer.NotFound(Model);
        var force = (request.Query.LastOrNull("force") ?? request.Fields.LastOrNull("force")) is "true" or "True" or "1";
        return await removal.RemoveAsync(id, force, request.Actor, cancel) switch
        {
            Outcome<bool>.Refused { Fault: var fault } => ApiAnswer.Text(fault.Message, 409),
            Outcome<bool>.Done { Value: true } => ApiAnswer.NoContent(),
            _ => ApiAnswer.NotFound(Model),
        };
    }
}
