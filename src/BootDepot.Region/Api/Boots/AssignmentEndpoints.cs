using System;
using System.Collections.Immutable;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Racks;
using BootDepot.Images.Racks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Racks;

namespace BootDepot.Region.Api.Boots;

/// <summary><c>boot-assignments/</c>: what machines boot. An extension.</summary>
internal sealed class AssignmentEndpoints(AssignmentAdministration assignments) : IApiEndpoints
{
    private const string Model = "BootAssignment";

    private static readonly ApiShape Shape = ApiShape.Named(
        "BootAssignment",
        ("target", ApiShape.PlainText),
        ("mode", ApiShape.PlainText),
        ("image", ApiShape.Nullable(ApiShape.PlainText)),
        ("kernel", ApiShape.Nullable(ApiShape.PlainText)),
        ("version", ApiShape.Nullable(ApiShape.PlainText)),
        ("kernel_parameters", ApiShape.PlainText),
        ("disk", ApiShape.Nullable(ApiShape.PlainText)),
        ("updated", ApiShape.PlainText),
        ("resource_uri", ApiShape.PlainText));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "BootAssignmentsHandler", "boot-assignments/", "What machines boot from racks.",
        [
            new("read", "GET", null, "List assignments", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Shape)), ListAsync),
            new("create", "POST", null, "Assign", ApiPermission.EditBootEntities, ApiResult.Json(Shape), SetAsync)
            {
                Text = "Takes the place of the assignment for that target. The most exact one counts: machine, architecture, default.",
                Parameters =
                [
                    ApiParameter.Required("target", "string", "A MAC address, an architecture (amd64), or default."),
                    ApiParameter.Required("mode", "string", "menu, ephemeral (kernel, initrd and squashfs over HTTP), install (write to a disk) or local (boot the next device)."),
                    ApiParameter.Optional("image", "string", "os/release. Needed for ephemeral and install."),
                    ApiParameter.Optional("kernel", "string", "Kernel line, such as ga-24.04. Default: the release's own."),
                    ApiParameter.Optional("version", "string", "A version to stay with. Default: the newest that the rack holds."),
                    ApiParameter.Optional("kernel_parameters", "string", "Words for the kernel's command line."),
                    ApiParameter.Optional("disk", "string", "Disk to install on, such as /dev/vda. Default: the first that is large enough."),
                ],
            },
        ]),
        new(ApiVersion.Two, "BootAssignmentHandler", "boot-assignments/{target}/", "One assignment.",
        [
            new("read", "GET", null, "Show an assignment", ApiPermission.User, ApiResult.Json(Shape), ReadAsync),
            new("delete", "DELETE", null, "Clear an assignment", ApiPermission.EditBootEntities, ApiResult.Nothing, ClearAsync),
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var all = await assignments.ListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var assignment in all)
                Write(json, assignment);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel) =>
        AssignmentRules.TargetOrNull(request.PathText("target")) is { } target && await assignments.FindOrNullAsync(target, cancel) is { } found
            ? ApiAnswer.Json(json => Write(json, found))
            : ApiAnswer.NotFound(Model);

    private async Task<ApiAnswer> ClearAsync(ApiRequest request, CancellationToken cancel) =>
        AssignmentRules.TargetOrNull(request.PathText("target")) is { } target && await assignments.ClearAsync(target, request.Actor, cancel)
            ? ApiAnswer.NoContent()
            : ApiAnswer.NotFound(Model);

    private async Task<ApiAnswer> SetAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var assignment = Read(request.Fields, errors);
        if (errors.IsEmpty && AssignmentRules.ProblemOrNull(assignment) is var (field, text))
            errors.Add(field, text);
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        var done = await assignments.SetAsync(assignment, request.Actor, cancel);
        return ApiAnswer.Json(json => Write(json, done));
    }

    private static MachineAssignment Read(Fields fields, FieldErrors errors)
    {
        var target = AssignmentRules.TargetOrNull(fields.LastOrNull("target") ?? "");
        if (target is null)
            errors.Add("target", "A MAC address (52:54:00:aa:bb:01), an architecture (amd64) or 'default' is needed.");
        var mode = fields.LastOrNull("mode") ?? "";
        try
        {
            mode = RackWords.Of(RackWords.ParseBootMode(mode));
        }
        catch (FormatException e)
        {
            errors.Add("mode", e.Message);
        }

        return new MachineAssignment
        {
            Target = target ?? "",
            Mode = mode,
            Image = TextOrNull("image"),
            Kernel = TextOrNull("kernel"),
            Version = TextOrNull("version"),
            KernelParameters = fields.LastOrNull("kernel_parameters")?.Trim() ?? "",
            Disk = TextOrNull("disk"),
        };

        string? TextOrNull(string name) => fields.LastOrNull(name)?.Trim() is { Length: > 0 } text ? text : null;
    }

    private static void Write(Utf8JsonWriter json, MachineAssignment assignment)
    {
        json.WriteStartObject();
        json.WriteString("target", assignment.Target);
        json.WriteString("mode", assignment.Mode);
        json.WriteString("image", assignment.Image);
        json.WriteString("kernel", assignment.Kernel);
        json.WriteString("version", assignment.Version);
        json.WriteString("kernel_parameters", assignment.KernelParameters);
        json.WriteString("disk", assignment.Disk);
        json.WriteString("updated", WireDate.Format(assignment.Updated));
        json.WriteString("resource_uri", $"/MAAS/api/2.0/boot-assignments/{assignment.Target}/");
        json.WriteEndObject();
    }
}
