using System;
using System.Collections.Immutable;
using System.Linq;
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
internal sealed class BootSourceEndpoints(SourceAdministration sources, SourceTrial trial) : IApiEndpoints
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
                .. version == ApiVersion.Two ? [Validate(edit)] : System.Array.Empty<ApiAction>(),
            ])
            {
                IsHidden = prefix.Length > 0,
            },
            new(version, "BootSourceHandler", prefix + "boot-sources/{id}/", "One boot source.",
            [
                new("read", "GET", null, "Show a boot source", read, one, ReadAsync),
                new("update", "PUT", null, "Change a boot source", edit, one, UpdateAsync)
                {
                    Text = "What is left out stays as it is. With If-Match and the ETag of what was read, a change that someone else made "
                        + "meanwhile is not overwritten: 412.",
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

    private ApiAction Validate(ApiPermission edit) =>
        new("validate", "POST", "validate", "Try a boot source without saving it", edit, ApiResult.Json(SourceTrialJson.Shape), ValidateAsync)
        {
            Text = "Reads the stream as an import would. ok is false, with code and reason, when it cannot be used.",
            Parameters =
            [
                ApiParameter.Required("url", "string", "Base URL of the stream."),
                .. Common.Where(p => p.Name.Contains("keyring", StringComparison.Ordinal)),
                ApiParameter.Optional("id", "int", "The source that is edited: what is left out is as it has it."),
            ],
        };

    private async Task<ApiAnswer> ValidateAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var draft = await BootSourceForm.ReadAsync(request, errors, cancel);
        int? id = int.TryParse(request.Fields.LastOrNull("id"), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
        return await trial.RunAsync(draft, id, errors, cancel) is { } result
            ? ApiAnswer.Json(json => SourceTrialJson.Write(json, result))
            : ApiAnswer.Invalid(errors);
    }

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var all = await sources.ListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var source in all)
                BootSourceJson.Write(json, source, request.Handler.Version, request.MaySeePasswords);
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
        return Answer(request, await sources.UpdateAsync(request.IdOrNull("id"), draft, errors, IfMatch(request), request.Actor, cancel), 200);
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
        EditOutcome<BootSource>.Changed => ApiAnswer.Text(
            "Someone else changed this boot source meanwhile; nothing was saved. Read it again.", 412) with
        {
            Headers = [new("X-Error-Code", "boot-source-changed")],
        },
        EditOutcome<BootSource>.Taken taken => ApiAnswer.BareJson(taken.Errors.Write, 400),
        _ => throw new InvalidOperationException(),
    };

    private static ApiAnswer Show(ApiRequest request, BootSource source, int status = 200) =>
        ApiAnswer.Json(json => BootSourceJson.Write(json, source, request.Handler.Version, request.MaySeePasswords), status) with
        {
            Headers = [new("ETag", TagOf(source.Updated))],
        };

    private static string TagOf(DateTimeOffset updated) => $"\"{WireDate.Format(updated)}\"";

    private static Func<DateTimeOffset, bool>? IfMatch(ApiRequest request) =>
        request.Http.Request.Headers.IfMatch is [{ } tag] && tag != "*" ? updated => TagOf(updated) == tag : null;
}
