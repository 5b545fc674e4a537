using System;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Sources;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Sources;

namespace BootDepot.Region.Api.BootSources;

/// <summary>
/// <c>boot-sources/</c> and <c>boot-sources/{id}/</c>, in both generations of the API, and the per-cluster aliases that 1.6
/// had.
/// </summary>
internal sealed class BootSourceEndpoints(SourceAdministration sources) : IApiEndpoints
{
    private static readonly ImmutableArray<ApiParameter> Common =
    [
        ApiParameter.Optional("name", "string", "Unique name; the URL when left out."),
        ApiParameter.Optional("priority", "int", "Which source wins when several offer the same image: the higher. Default: highest so far + 1."),
        ApiParameter.Optional("enabled", "boolean", "Whether images are taken from it. Default: true."),
        ApiParameter.Optional("keyring_filename", "string", "Path of the keyring on the region."),
        ApiParameter.Optional("keyring_data", "file", "The keyring itself: a file, or base64 text."),
        ApiParameter.Optional("skip_keyring_verification", "boolean", "Use the stream unsigned. Default: true for URLs that end in .json."),
    ];

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        .. Handlers(ApiVersion.Two, ""),
        .. Handlers(ApiVersion.One, ""),
        .. Handlers(ApiVersion.One, "nodegroups/{uuid}/"),
    ];

    private ImmutableArray<ApiHandler> Handlers(ApiVersion version, string prefix)
    {
        var read = version == ApiVersion.One ? ApiPermission.AdminOfOldApi : ApiPermission.ViewBootEntities;
        var edit = version == ApiVersion.One ? ApiPermission.AdminOfOldApi : ApiPermission.EditBootEntities;
        var one = ApiResult.Json(BootSourceJson.Source);
        return
        [
            new(version, "BootSourcesHandler", prefix + "boot-sources/", "Where images come from.",
            [
                new("read", "GET", null, "List boot sources", read, ApiResult.Json(new ApiShape.ListOf(BootSourceJson.Source)), ListAsync),
                new("create", "POST", null, "Add a boot source", edit, one with { Status = 201 }, CreateAsync)
                {
                    Text = "A keyring is needed, as keyring_filename or as keyring_data, unless verification is skipped.",
                    Parameters = [ApiParameter.Required("url", "string", "Base URL of the stream."), .. Common],
                },
            ])
            {
                IsHidden = prefix.Length > 0,
            },
            new(version, "BootSourceHandler", prefix + "boot-sources/{id}/", "One boot source.",
            [
                new("read", "GET", null, "Show a boot source", read, one, ReadAsync),
                new("update", "PUT", null, "Change a boot source", edit, one, UpdateAsync)
                {
                    Text = "What is left out stays as it is.",
                    Parameters = [ApiParameter.Optional("url", "string", "Base URL of the stream."), .. Common],
                },
                new("delete", "DELETE", null, "Remove a boot source", edit, ApiResult.Nothing, DeleteAsync)
                {
                    Text = "Its selections go at once, its images with the next import.",
                },
            ])
            {
                IsHidden = prefix.Length > 0,
            },
        ];
    }

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var all = await sources.ListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var source in all)
                BootSourceJson.Write(json, source, request.Handler.Version);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel) =>
        await sources.FindOrNullAsync(request.IdOrNull("id"), cancel) is { } source
            ? Show(request, source)
            : ApiAnswer.NotFound("BootSource");

    private async Task<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var draft = await BootSourceForm.ReadAsync(request, errors, cancel);
        return Answer(request, await sources.CreateAsync(draft, errors, request.Actor, cancel), 201);
    }

    private async Task<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var draft = await BootSourceForm.ReadAsync(request, errors, cancel);
        return Answer(request, await sources.UpdateAsync(request.IdOrNull("id"), draft, errors, request.Actor, cancel), 200);
    }

    private async Task<ApiAnswer> DeleteAsync(ApiRequest request, CancellationToken cancel) =>
        await sources.DeleteAsync(request.IdOrNull("id"), request.Actor, cancel)
            ? ApiAnswer.NoContent()
            : ApiAnswer.NotFound("BootSource");

    private static ApiAnswer Answer(ApiRequest request, EditOutcome<BootSource> outcome, int status) => outcome switch
    {
        EditOutcome<BootSource>.Done done => Show(request, done.Value, status),
        EditOutcome<BootSource>.Invalid invalid => ApiAnswer.Invalid(invalid.Errors),
        EditOutcome<BootSource>.Missing missing => ApiAnswer.NotFound(missing.Model),
        EditOutcome<BootSource>.Taken taken => ApiAnswer.BareJson(taken.Errors.Write, 400),
        _ => throw new InvalidOperationException(),
    };

    private static ApiAnswer Show(ApiRequest request, BootSource source, int status = 200) =>
        ApiAnswer.Json(json => BootSourceJson.Write(json, source, request.Handler.Version), status);
}
