using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images.Racks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Publishing;
using BootDepot.Region.Racks;

namespace BootDepot.Region.Api.Racks;

/// <summary><c>racks/</c>: what MAAS has no place for. Racks with their state and policy, and tokens to enrol with.</summary>
internal sealed class RackExtensionEndpoints(
    RackAdministration racks, RackAdmission admission, StreamKeyRing streamKeys, TimeProvider time) : IApiEndpoints
{
    private const string Model = "RackController";

    private static readonly ApiShape Token = ApiShape.Named("RackToken", ("token", ApiShape.PlainText), ("expires", ApiShape.PlainText));

    private static readonly ImmutableArray<ApiParameter> Policy =
    [
        ApiParameter.Optional("name", "string", "Name for people."),
        ApiParameter.Optional("mode", "string", "What it copies: all, selection (what its selections take) or on-demand (what machines ask for)."),
        ApiParameter.List("selections", "os/release, or os/release:arch,arch; * stands for any. Repeatable; replaces the list."),
        ApiParameter.Optional("bytes_per_second", "int", "Most that copying takes; 0 for no limit."),
        ApiParameter.List("windows", "When copying may run, in the rack's local time, as 22:00-06:00. Repeatable; replaces the list; empty for always."),
        ApiParameter.Optional("disk_limit", "int", "With on-demand: most bytes of disk; the longest unused file goes first. 0 for no limit."),
        ApiParameter.List("peers", "URLs of racks of the same site, asked before the region is. Repeatable; replaces the list."),
    ];

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "RacksHandler", "racks/", "Racks, with what they are doing.",
        [
            new("read", "GET", null, "List racks", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(RackJson.Summary)), ListAsync),
            new("create_token", "POST", "create_token", "Make a token by which one rack may enrol", ApiPermission.EditControllers,
                ApiResult.Json(Token), CreateTokenAsync)
            {
                Text = "It works once. It is shown now and never again.",
                Parameters =
                [
                    ApiParameter.Optional("name", "string", "The name that the rack gets. Default: its host's."),
                    ApiParameter.Optional("hours", "int", "How long it works, 1 to 720. Default: 24."),
                ],
            },
        ]),
        new(ApiVersion.Two, "RackHandler", "racks/{system_id}/", "One rack: by system id, UUID or name.",
        [
            new("read", "GET", null, "Show a rack with the state of every image", ApiPermission.User, ApiResult.Json(RackJson.Detail), ReadAsync)
            {
                Text = "States of images: synced, syncing (files_held of files), waiting (for a time window), failed (code and message say why), on-demand.",
            },
            new("update", "PUT", null, "Change a rack", ApiPermission.EditControllers, ApiResult.Json(RackJson.Detail), UpdateAsync)
            {
                Text = "What is left out stays as it is. A rack that is connected follows at once.",
                Parameters = Policy,
            },
            new("delete", "DELETE", null, "Remove a rack", ApiPermission.EditControllers, ApiResult.Nothing, DeleteAsync)
            {
                Text = "Its key opens nothing any more. What it holds stays on its disk.",
            },
            new("import_boot_images", "POST", "import_boot_images", "Make a rack fetch images now", ApiPermission.EditControllers,
                ApiResult.Text(202), ImportAsync)
            {
                Event = "rack.import",
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var all = await racks.ListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var rack in all)
                RackJson.Write(json, rack, withImages: false);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel) =>
        await racks.FindOrNullAsync(request.PathText("system_id"), cancel) is { } rack ? Show(rack) : ApiAnswer.NotFound(Model);

    private async Task<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var draft = RackForm.Read(request.Fields, errors);
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        return await racks.UpdateAsync(request.PathText("system_id"), draft, request.Actor, cancel) switch
        {
            null => ApiAnswer.NotFound(Model),
            Outcome<RackFacts>.Refused refused => ApiAnswer.Invalid(FieldErrors.Of("name", refused.Fault.Message)),
            Outcome<RackFacts>.Done done => Show(done.Value),
            _ => throw new InvalidOperationException("An outcome is done or refused."),
        };
    }

    private async Task<ApiAnswer> DeleteAsync(ApiRequest request, CancellationToken cancel) =>
        await racks.DeleteAsync(request.PathText("system_id"), request.Actor, cancel) ? ApiAnswer.NoContent() : ApiAnswer.NotFound(Model);

    private async Task<ApiAnswer> ImportAsync(ApiRequest request, CancellationToken cancel) =>
        await racks.RequestImportAsync(request.PathText("system_id"), cancel) is null
            ? ApiAnswer.NotFound(Model)
            : ApiAnswer.BareText("Accepted", 202);

    private async Task<ApiAnswer> CreateTokenAsync(ApiRequest request, CancellationToken cancel)
    {
        var lifetime = RackAdmission.DefaultLifetime;
        if (request.Fields.LastOrNull("hours") is { Length: > 0 } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) || hours is < 1 or > 720)
                return ApiAnswer.Invalid(FieldErrors.Of("hours", "Enter a whole number from 1 to 720."));
            lifetime = TimeSpan.FromHours(hours);
        }

        return await admission.CreateTokenAsync(request.Fields.LastOrNull("name") ?? "", lifetime, streamKeys.Now.Signing, request.Actor, cancel) switch
        {
            Outcome<RackToken>.Done done => ApiAnswer.Json(json =>
            {
                json.WriteStartObject();
                json.WriteString("token", done.Value.ToString());
                json.WriteString("expires", WireDate.Format(time.GetUtcNow() + lifetime));
                json.WriteEndObject();
            }),
            Outcome<RackToken>.Refused refused => ApiAnswer.Invalid(FieldErrors.Of("name", refused.Fault.Message)),
            _ => throw new InvalidOperationException("An outcome is done or refused."),
        };
    }

    private static ApiAnswer Show(RackFacts rack) => ApiAnswer.Json(json => RackJson.Write(json, rack, withImages: true));
}
