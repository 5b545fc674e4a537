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

/// <summary><c>boot-sources/{boot_source_id}/selections/</c> and what is below it, in both generations.</summary>
internal sealed class SelectionEndpoints(SelectionAdministration selections) : IApiEndpoints
{
    private const string Model = "BootSourceSelection";

    private static readonly ImmutableArray<ApiParameter> Parameters =
    [
        ApiParameter.Optional("os", "string", "Operating system, such as ubuntu; empty for any."),
        ApiParameter.Optional("release", "string", "Release, such as noble."),
        ApiParameter.List("arches", "Architectures, repeatable; * for all."),
        ApiParameter.List("subarches", "Sub-architectures, repeatable; * for all."),
        ApiParameter.List("labels", "Labels, repeatable; * for all."),
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
        var one = ApiResult.Json(BootSourceJson.Selection);
        var path = prefix + "boot-sources/{boot_source_id}/selections/";
        return
        [
            new(version, "BootSourceSelectionsHandler", path, "Selections of one boot source.",
            [
                new("read", "GET", null, "List selections", read, ApiResult.Json(new ApiShape.ListOf(BootSourceJson.Selection)), ListAsync)
                {
                    Text = "All selections of this source.",
                },
                new("create", "POST", null, "Add a selection", edit, one, CreateAsync)
                {
                    Text = "Chooses what is imported from this source. Nothing is imported yet.",
                    Parameters = Parameters,
                },
            ])
            {
                IsHidden = prefix.Length > 0,
            },
            new(version, "BootSourceSelectionHandler", path + "{id}/", "One selection of a boot source.",
            [
                new("read", "GET", null, "Show a selection", read, one, ReadAsync),
                new("update", "PUT", null, "Change a selection", edit, one, UpdateAsync)
                {
                    Text = "What is left out stays as it is; a list is replaced as a whole.",
                    Parameters = Parameters,
                },
                new("delete", "DELETE", null, "Remove a selection", edit, ApiResult.Nothing, DeleteAsync)
                {
                    Text = "What was imported through it goes with the next import.",
                },
            ])
            {
                IsHidden = prefix.Length > 0,
            },
        ];
    }

    private static int? SourceId(ApiRequest request) => request.IdOrNull("boot_source_id");

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        if (await selections.ListOrNullAsync(SourceId(request), cancel) is not { } all)
            return ApiAnswer.NotFound("BootSource");
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var selection in all)
                BootSourceJson.Write(json, selection, request.Handler.Version);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel) =>
        Answer(request, await selections.FindAsync(SourceId(request), request.IdOrNull("id"), cancel));

    private async Task<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancel) =>
        Answer(request, await selections.CreateAsync(SourceId(request), Draft(request.Fields, listsDefault: []), request.Actor, cancel));

    private async Task<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancel) =>
        Answer(
            request,
            await selections.UpdateAsync(
                SourceId(request), request.IdOrNull("id"), Draft(request.Fields, listsDefault: null), request.Actor, cancel));

    private async Task<ApiAnswer> DeleteAsync(ApiRequest request, CancellationToken cancel) =>
        await selections.DeleteAsync(SourceId(request), request.IdOrNull("id"), request.Actor, cancel)
            ? ApiAnswer.NoContent()
            : ApiAnswer.NotFound(Model);

    private static SelectionDraft Draft(Fields fields, string[]? listsDefault)
    {
        return new SelectionDraft(
            fields.LastOrNull("os"), fields.LastOrNull("release"), List("arches"), List("subarches"), List("labels"));

        // An empty element is how libmaas says "none".
        string[]? List(string name) =>
            fields.Has(name) ? [.. fields.All(name).Where(v => v.Length > 0).Distinct(StringComparer.Ordinal)] : listsDefault;
    }

    private static ApiAnswer Answer(ApiRequest request, EditOutcome<BootSourceSelection> outcome) => outcome switch
    {
        EditOutcome<BootSourceSelection>.Done done =>
            ApiAnswer.Json(json => BootSourceJson.Write(json, done.Value, request.Handler.Version)),
        EditOutcome<BootSourceSelection>.Invalid invalid => ApiAnswer.Invalid(invalid.Errors),
        EditOutcome<BootSourceSelection>.Missing missing => ApiAnswer.NotFound(missing.Model),
        EditOutcome<BootSourceSelection>.Taken taken => ApiAnswer.BareJson(taken.Errors.Write, 400),
        _ => throw new InvalidOperationException(),
    };
}
