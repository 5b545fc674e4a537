using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Imports;
using BootDepot.Region.Resources;
using BootDepot.Region.Uploads;

namespace BootDepot.Region.Api.BootResources;

/// <summary><c>boot-resources/</c> and <c>boot-resources/{id}/</c>, save uploads and import control.</summary>
internal sealed class BootResourceEndpoints(
    CatalogDatabase catalog,
    RenderedLists lists,
    ResourceRemoval removal,
    UploadSessions sessions,
    IBlobStore blobs,
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
                Parameters = [ApiParameter.Optional("type", "string", "What to list: all (default), synced or uploaded.")],
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
                Text = "An upload that is under way is ended. A synced image comes again with the next import while it is selected.",
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

        return ApiAnswer.Json(await lists.GetAsync(version, kind, cancel));
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel)
    {
        if (request.IdOrNull("id") is not { } id)
            return ApiAnswer.NotFound(Model);
        await using var db = await catalog.CreateDbContextAsync(cancel);
        if (await ResourceList.ReadOrNullAsync(db, id, cancel) is not { } resource)
            return ApiAnswer.NotFound(Model);
        var received = await ReceivedAsync(resource, cancel);
        return ApiAnswer.Json(json => BootResourceJson.WriteWithSets(json, resource, received, request.Handler.Version));
    }

    private async Task<ApiAnswer> DeleteAsync(ApiRequest request, CancellationToken cancel) =>
        request.IdOrNull("id") is { } id && await removal.RemoveAsync(id, request.Actor, cancel)
            ? ApiAnswer.NoContent()
            : ApiAnswer.NotFound(Model);

    private async Task<Dictionary<int, long>> ReceivedAsync(BootResource resource, CancellationToken cancel)
    {
        var received = new Dictionary<int, long>();
        var incomplete = resource.Sets.SelectMany(s => s.Files).Where(f => f.StoredAt is null).ToList();
        if (incomplete.Count == 0)
            return received;
        if (resource.Kind == ResourceKind.Uploaded)
        {
            foreach (var file in incomplete)
                received[file.Id] = await sessions.ReceivedAsync(file.Id, Digest.Parse(file.Sha256), file.Size, cancel);
            return received;
        }

        // What is on disk counts, whoever fetches it: this region, another one, or a run that was cut off.
        var partials = new Dictionary<PartialName, long>();
        await foreach (var partial in blobs.ListPartialsAsync(cancel))
            partials[partial.Name] = partial.Received;
        foreach (var file in incomplete)
        {
            var digest = Digest.Parse(file.Sha256);
            received[file.Id] = partials.TryGetValue(PartialName.Of(digest), out var held)
                ? held
                : await blobs.SizeOrNullAsync(digest, cancel) ?? 0;
        }

        return received;
    }
}
