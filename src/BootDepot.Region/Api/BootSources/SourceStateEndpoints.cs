using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Api.BootSources;

/// <summary><c>boot-source-states/</c>: what became of the last look at each source. Not in MAAS.</summary>
internal sealed class SourceStateEndpoints(CatalogDatabase catalog) : IApiEndpoints
{
    private static readonly ApiShape NullableText = ApiShape.Nullable(ApiShape.PlainText);

    private static readonly ApiShape Shape = ApiShape.Named(
        "BootSourceState",
        ("id", ApiShape.Int),
        ("checked", NullableText),
        ("verified", NullableText),
        ("signed_by", NullableText),
        ("code", NullableText),
        ("reason", NullableText),
        ("selections", ApiShape.Int),
        ("resources", ApiShape.Int),
        ("resource_uri", ApiShape.PlainText));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "BootSourceStatesHandler", "boot-source-states/", "What became of the last look at each boot source.",
        [
            new("read", "GET", null, "List how boot sources stand", ApiPermission.ViewBootEntities, ApiResult.Json(new ApiShape.ListOf(Shape)), ListAsync)
            {
                Text = "signed_by is the fingerprint of the key that signed the index; code and reason say what was wrong.",
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var all = await db.BootSources.AsNoTracking().OrderBy(s => s.Id).Select(s => new
        {
            Source = s,
            Selections = s.Selections.Count,
            Resources = db.Sets.Where(x => x.BootSourceId == s.Id).Select(x => x.ResourceId).Distinct().Count(),
        }).ToListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var state in all)
            {
                var source = state.Source;
                json.WriteStartObject();
                json.WriteNumber("id", source.Id);
                json.WriteString("checked", Date(source.CheckedAt));
                json.WriteString("verified", Date(source.VerifiedAt));
                json.WriteString("signed_by", source.SignedBy);
                json.WriteString("code", source.ProblemCode);
                json.WriteString("reason", source.ProblemMessage);
                json.WriteNumber("selections", state.Selections);
                json.WriteNumber("resources", state.Resources);
                json.WriteString("resource_uri", FormattableString.Invariant($"/MAAS/api/2.0/boot-sources/{source.Id}/"));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static string? Date(DateTimeOffset? at) => at is { } date ? WireDate.Format(date) : null;
}
