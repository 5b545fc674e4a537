using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Sources;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Sources;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Lifetimes;

/// <summary><c>retention/</c>: how much of the past each selection keeps. Not in MAAS.</summary>
internal sealed class RetentionEndpoints(CatalogDatabase catalog, SourceWatch watch, System.TimeProvider time) : IApiEndpoints
{
    private const int MostVersions = 1000;
    private const int MostDays = 3650;

    private static readonly ApiShape Shape = ApiShape.Named(
        "Retention",
        ("selection_id", ApiShape.Int),
        ("boot_source_id", ApiShape.Int),
        ("os", ApiShape.PlainText),
        ("release", ApiShape.PlainText),
        ("keep_versions", ApiShape.Nullable(ApiShape.Int)),
        ("keep_days", ApiShape.Nullable(ApiShape.Int)));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "RetentionsHandler", "retention/", "How many former versions are kept.",
        [
            new("read", "GET", null, "List what each selection keeps", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Shape)), ListAsync)
            {
                Text = "Where both are null the settings boot_images_keep_versions and boot_images_keep_days count. Of several selections that take an "
                    + "image the one that keeps more counts. Pinned versions come on top.",
            },
        ]),
        new(ApiVersion.Two, "RetentionHandler", "retention/{selection_id}/", "How many former versions one selection keeps.",
        [
            new("read", "GET", null, "Show what a selection keeps", ApiPermission.User, ApiResult.Json(Shape), ReadAsync),
            new("update", "PUT", null, "Say what a selection keeps", ApiPermission.EditBootEntities, ApiResult.Json(Shape), UpdateAsync)
            {
                Text = "What is left out stays as it is; an empty value unsets it. Counts from the next import on.",
                Parameters =
                [
                    ApiParameter.Optional("keep_versions", "int", $"Complete versions kept of each image, the newest included: 1 to {MostVersions}."),
                    ApiParameter.Optional("keep_days", "int", $"Days that a version is kept after its successor was complete: 0 to {MostDays}."),
                ],
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var all = await db.Selections.AsNoTracking().OrderBy(s => s.Id).ToListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var selection in all)
                Write(json, selection);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel)
    {
        var id = request.IdOrNull("selection_id");
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.Selections.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancel) is { } selection
            ? ApiAnswer.Json(json => Write(json, selection))
            : ApiAnswer.NotFound("BootSourceSelection");
    }

    private async Task<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancel)
    {
        var id = request.IdOrNull("selection_id");
        var errors = new FieldErrors();
        var versions = Number(request.Fields, "keep_versions", 1, MostVersions, errors);
        var days = Number(request.Fields, "keep_days", 0, MostDays, errors);
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        var found = await catalog.ChangeAsync(
            async (db, token) =>
            {
                if (await db.Selections.SingleOrDefaultAsync(s => s.Id == id, token) is not { } selection)
                    return null;
                var before = StateOf(selection);
                if (versions.Given)
                    selection.KeepVersions = versions.Value;
                if (days.Given)
                    selection.KeepDays = days.Value;
                selection.Updated = time.GetUtcNow();
                AuditTrail.Append(
                    db, time, request.Actor, "boot-source-selection.retention",
                    $"boot-source/{selection.BootSourceId}/selection/{selection.Id}", before, StateOf(selection));
                return selection;
            },
            cancel);
        if (found is null)
            return ApiAnswer.NotFound("BootSourceSelection");
        watch.Signal();
        return ApiAnswer.Json(json => Write(json, found));
    }

    private static (bool Given, int? Value) Number(Fields fields, string name, int least, int most, FieldErrors errors)
    {
        if (fields.LastOrNull(name) is not { } text)
            return (false, null);
        if (text.Length == 0)
            return (true, null);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return (true, number);
        errors.Add(name, string.Create(CultureInfo.InvariantCulture, $"Enter a whole number from {least} to {most}."));
        return (false, null);
    }

    private static JsonObject StateOf(BootSourceSelection selection) => new()
    {
        ["keep_versions"] = selection.KeepVersions,
        ["keep_days"] = selection.KeepDays,
    };

    private static void Write(Utf8JsonWriter json, BootSourceSelection selection)
    {
        json.WriteStartObject();
        json.WriteNumber("selection_id", selection.Id);
        json.WriteNumber("boot_source_id", selection.BootSourceId);
        json.WriteString("os", selection.Os);
        json.WriteString("release", selection.Release);
        Write(json, "keep_versions", selection.KeepVersions);
        Write(json, "keep_days", selection.KeepDays);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
