using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Lifetimes;

/// <summary><c>image-versions/</c>: every version that is held, and what can be done with it. Not in MAAS.</summary>
internal sealed class ImageVersionEndpoints(CatalogDatabase catalog, VersionAdministration versions) : IApiEndpoints
{
    private static readonly ApiShape Shape = ApiShape.Named(
        "ImageVersion",
        ("resource_id", ApiShape.Int),
        ("type", ApiShape.PlainText),
        ("name", ApiShape.PlainText),
        ("architecture", ApiShape.PlainText),
        ("version", ApiShape.PlainText),
        ("label", ApiShape.PlainText),
        ("upstream_label", ApiShape.Nullable(ApiShape.PlainText)),
        ("state", ApiShape.PlainText),
        ("pinned", ApiShape.Bool),
        ("size", ApiShape.Long),
        ("completed_at", ApiShape.Nullable(ApiShape.PlainText)),
        ("signed_by", ApiShape.Nullable(ApiShape.PlainText)));

    private static readonly ApiResult Versions = ApiResult.Json(new ApiShape.ListOf(Shape));

    private static readonly ImmutableArray<ApiParameter> Which =
    [
        ApiParameter.Required("image", "string", "Name of the image, such as ubuntu/noble, or the id of its resource."),
        ApiParameter.Optional("architecture", "string", "amd64, or amd64/ga-24.04. Default: all of that image."),
        ApiParameter.Optional("version", "string", "Version."),
    ];

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "ImageVersionsHandler", "image-versions/", "Versions of images: pin, promote, roll back.",
        [
            new("read", "GET", null, "List versions", ApiPermission.User, Versions, ListAsync)
            {
                Text = "By name and architecture, newest first. The state is served, former (an older version that is held too), withheld "
                    + "(somebody rolled back behind it) or incomplete.",
                Parameters = [ApiParameter.Optional("image", "string", "Only this image."), Which[1]],
            },
            new("pin", "POST", "pin", "Pin a version", ApiPermission.EditBootEntities, Versions, (r, c) => PinAsync(r, true, c))
            {
                Text = "It stays until it is let go, whatever sources and selections say. Default: the version that is served.",
                Parameters = Which,
            },
            new("unpin", "POST", "unpin", "Let a pinned version go", ApiPermission.EditBootEntities, Versions, (r, c) => PinAsync(r, false, c))
            {
                Text = "It goes with the next import if nothing else keeps it.",
                Parameters = Which,
            },
            new("promote", "POST", "promote", "Promote a version", ApiPermission.EditBootEntities, Versions, PromoteAsync)
            {
                Text = "Gives it the label (candidate to stable) and serves it again if somebody rolled back behind it. No bytes move. "
                    + "Default: the newest version that is held.",
                Parameters = [.. Which, ApiParameter.Optional("label", "string", "The label. Default: stable.")],
            },
            new("rollback", "POST", "rollback", "Roll back to a version", ApiPermission.EditBootEntities, Versions, RollBackAsync)
            {
                Text = "Newer versions are withheld until they are promoted or something newer still is imported. No bytes move. "
                    + "Default: the version before the served one.",
                Parameters = Which,
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTrackingWithIdentityResolution;
        var architecture = request.Query.LastOrNull("architecture");
        var resources = request.Query.LastOrNull("image") is { Length: > 0 } image
            ? await new VersionQuery(image, architecture is { Length: > 0 } ? architecture : null, null).ResourcesAsync(db, cancel)
            : await db.Resources.Include(r => r.Sets).ThenInclude(s => s.Files).AsSplitQuery().ToListAsync(cancel);
        return Answer([
            .. resources.OrderBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Architecture, StringComparer.Ordinal)
                .SelectMany(r => r.Sets.OrderByDescending(s => s.Version, StringComparer.Ordinal).Select(s => VersionFacts.Of(r, s))),
        ]);
    }

    private async Task<ApiAnswer> PinAsync(ApiRequest request, bool pinned, CancellationToken cancel) =>
        QueryOf(request) is { } query
            ? Answer(await versions.PinAsync(query, pinned, request.Actor, cancel))
            : NoImage();

    private async Task<ApiAnswer> PromoteAsync(ApiRequest request, CancellationToken cancel) =>
        QueryOf(request) is { } query
            ? Answer(await versions.PromoteAsync(
                query, request.Fields.LastOrNull("label") is { Length: > 0 } label ? label : VersionAdministration.Stable, request.Actor, cancel))
            : NoImage();

    private async Task<ApiAnswer> RollBackAsync(ApiRequest request, CancellationToken cancel) =>
        QueryOf(request) is { } query ? Answer(await versions.RollBackAsync(query, request.Actor, cancel)) : NoImage();

    private static VersionQuery? QueryOf(ApiRequest request) =>
        Text(request, "image") is { } image ? new VersionQuery(image, Text(request, "architecture"), Text(request, "version")) : null;

    private static string? Text(ApiRequest request, string name) => request.Fields.LastOrNull(name) is { Length: > 0 } text ? text : null;

    private static ApiAnswer NoImage() => ApiAnswer.Invalid(FieldErrors.Of("image", "This field is required."));

    private static ApiAnswer Answer(Outcome<IReadOnlyList<VersionFacts>> outcome) => outcome switch
    {
        Outcome<IReadOnlyList<VersionFacts>>.Done done => Answer(done.Value),
        Outcome<IReadOnlyList<VersionFacts>>.Refused { Fault: var fault } => FaultAnswer.Of(fault),
        _ => throw new InvalidOperationException(),
    };

    private static ApiAnswer Answer(IReadOnlyList<VersionFacts> all) => ApiAnswer.Json(json =>
    {
        json.WriteStartArray();
        foreach (var version in all)
            Write(json, version);
        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, VersionFacts version)
    {
        json.WriteStartObject();
        json.WriteNumber("resource_id", version.ResourceId);
        json.WriteString("type", version.Kind == ResourceKind.Synced ? "Synced" : "Uploaded");
        json.WriteString("name", version.Name);
        json.WriteString("architecture", version.Architecture);
        json.WriteString("version", version.Version);
        json.WriteString("label", version.Label);
        json.WriteString("upstream_label", version.UpstreamLabel);
        json.WriteString("state", version.State);
        json.WriteBoolean("pinned", version.Pinned);
        json.WriteNumber("size", version.Size);
        json.WriteString("completed_at", version.CompletedAt is { } at ? WireDate.Format(at) : null);
        json.WriteString("signed_by", version.SignedBy);
        json.WriteEndObject();
    }
}
