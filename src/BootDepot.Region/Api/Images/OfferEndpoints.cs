using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Overview;

namespace BootDepot.Region.Api.Images;

/// <summary><c>offers/</c>: what enabled sources offer, as last read. Not in MAAS.</summary>
internal sealed class OfferEndpoints(CatalogDatabase catalog) : IApiEndpoints
{
    private static readonly ApiShape Source = ApiShape.Named(
        "OfferSource", ("id", ApiShape.Int), ("version", ApiShape.PlainText), ("size", ApiShape.Long), ("selected", ApiShape.Bool));

    private static readonly ApiShape Shape = ApiShape.Named(
        "Offer",
        ("os", ApiShape.PlainText),
        ("release", ApiShape.PlainText),
        ("arch", ApiShape.PlainText),
        ("title", ApiShape.PlainText),
        ("labels", new ApiShape.ListOf(ApiShape.PlainText)),
        ("subarches", new ApiShape.ListOf(ApiShape.PlainText)),
        ("sources", new ApiShape.ListOf(Source)));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "OffersHandler", "offers/", "What the enabled boot sources offer, as they were last read.",
        [
            new("read", "GET", null, "List what can be selected", ApiPermission.ViewBootEntities, ApiResult.Json(new ApiShape.ListOf(Shape)), ListAsync)
            {
                Text = "Boot loaders are left out: they come by themselves. The first source of each is the one that wins.",
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var facts = await OverviewFacts.ReadAsync(catalog, cancel);
        var chosen = Demand.Of(facts).Rest.ToDictionary(i => OverviewFacts.KeyOf(i.Name, i.Arch), StringComparer.Ordinal);
        var groups = facts.Offers.Where(o => !o.IsBootloader && facts.Sources.TryGetValue(o.SourceId, out var s) && s.Row.Enabled)
            .GroupBy(o => (o.Os, o.Release, o.Arch))
            .OrderBy(g => g.Key.Os, StringComparer.Ordinal).ThenBy(g => g.Key.Release, StringComparer.Ordinal).ThenBy(g => g.Key.Arch, StringComparer.Ordinal);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var group in groups)
                Write(json, [.. group], chosen[$"{group.Key.Os}/{group.Key.Release}:{group.Key.Arch}"]);
            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, List<OverviewFacts.Offered> offers, Demand.Image image)
    {
        json.WriteStartObject();
        json.WriteString("os", offers[0].Os);
        json.WriteString("release", offers[0].Release);
        json.WriteString("arch", offers[0].Arch);
        json.WriteString("title", image.Title);
        WriteWords(json, "labels", offers.Select(o => o.Label));
        WriteWords(json, "subarches", offers.Select(o => o.Subarch));
        json.WriteStartArray("sources");
        foreach (var id in image.OfferedBy)
        {
            var own = offers.Where(o => o.SourceId == id).ToList();
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("version", own.MaxBy(o => o.Version, StringComparer.Ordinal)!.Version);
            json.WriteNumber("size", own.Max(o => o.Size));
            json.WriteBoolean("selected", image.SelectedBy.Contains(id));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter json, string name, IEnumerable<string> words)
    {
        json.WriteStartArray(name);
        foreach (var word in words.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            json.WriteStringValue(word);
        json.WriteEndArray();
    }
}
