using System;
using System.Collections.Immutable;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Lifetimes;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;

namespace BootDepot.Region.Lifetimes;

/// <summary><c>deleted-images/</c>: versions that can be put back. Not in MAAS.</summary>
internal sealed class DeletedImageEndpoints(DeletedImages images) : IApiEndpoints
{
    private static readonly ApiShape Shape = ApiShape.Named(
        "DeletedImage",
        ("id", ApiShape.Int),
        ("name", ApiShape.PlainText),
        ("architecture", ApiShape.PlainText),
        ("version", ApiShape.PlainText),
        ("size", ApiShape.Long),
        ("reason", ApiShape.PlainText),
        ("deleted_by", ApiShape.PlainText),
        ("deleted_at", ApiShape.PlainText),
        ("until", ApiShape.PlainText));

    private static readonly ApiShape Restored = ApiShape.Named(
        "RestoredImage",
        ("resource_id", ApiShape.Int),
        ("name", ApiShape.PlainText),
        ("architecture", ApiShape.PlainText),
        ("version", ApiShape.PlainText),
        ("pinned", ApiShape.Bool));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "DeletedImagesHandler", "deleted-images/", "Versions that were deleted or retired and can be put back.",
        [
            new("read", "GET", null, "List deleted versions", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Shape)), ListAsync)
            {
                Text = "The last deleted first. After the time until their bytes are removed.",
            },
        ]),
        new(ApiVersion.Two, "DeletedImageHandler", "deleted-images/{id}/", "One deleted version.",
        [
            new("restore", "POST", "restore", "Put a deleted version back", ApiPermission.EditBootEntities, ApiResult.Json(Restored), RestoreAsync)
            {
                Text = "It is served at once. One that was imported is pinned, since the next import would take it away again.",
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var all = await images.ListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var deleted in all)
                Write(json, deleted);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> RestoreAsync(ApiRequest request, CancellationToken cancel) =>
        await images.RestoreAsync(request.IdOrNull("id") ?? 0, request.Actor, cancel) switch
        {
            Outcome<VersionFacts>.Done { Value: var version } => ApiAnswer.Json(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("resource_id", version.ResourceId);
                json.WriteString("name", version.Name);
                json.WriteString("architecture", version.Architecture);
                json.WriteString("version", version.Version);
                json.WriteBoolean("pinned", version.Pinned);
                json.WriteEndObject();
            }),
            Outcome<VersionFacts>.Refused { Fault: var fault } => FaultAnswer.Of(fault),
            _ => throw new InvalidOperationException(),
        };

    private void Write(Utf8JsonWriter json, DeletedSet deleted)
    {
        json.WriteStartObject();
        json.WriteNumber("id", deleted.Id);
        json.WriteString("name", deleted.Name);
        json.WriteString("architecture", deleted.Architecture);
        json.WriteString("version", deleted.Version);
        json.WriteNumber("size", deleted.Size);
        json.WriteString("reason", deleted.Reason);
        json.WriteString("deleted_by", deleted.DeletedBy);
        json.WriteString("deleted_at", WireDate.Format(deleted.DeletedAt));
        json.WriteString("until", WireDate.Format(images.UntilOf(deleted)));
        json.WriteEndObject();
    }
}
