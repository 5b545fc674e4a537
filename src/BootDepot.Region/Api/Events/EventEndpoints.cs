using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;

namespace BootDepot.Region.Api.Events;

/// <summary><c>events/</c>: who changed what. An extension: MAAS has another list under that name.</summary>
internal sealed class EventEndpoints(CatalogDatabase catalog) : IApiEndpoints
{
    private const int DefaultPage = 100;

    private static readonly ApiShape Event = ApiShape.Named(
        "Event",
        ("id", ApiShape.Long),
        ("at", ApiShape.PlainText),
        ("actor", ApiShape.PlainText),
        ("origin", ApiShape.Nullable(ApiShape.PlainText)),
        ("action", ApiShape.PlainText),
        ("subject", ApiShape.PlainText),
        ("before", ApiShape.Any),
        ("after", ApiShape.Any));

    private static readonly ApiShape Page = ApiShape.Named(
        "EventPage",
        ("count", ApiShape.Int),
        ("events", new ApiShape.ListOf(Event)),
        ("next_before", ApiShape.Nullable(ApiShape.Long)));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "EventsHandler", "events/", "The audit trail: every change, newest first.",
        [
            new("read", "GET", null, "List changes", ApiPermission.Admin, ApiResult.Json(Page), ListAsync)
            {
                Parameters = Parameters,
            },
            // The spelling of MAAS's command: maas PROFILE events query limit=20.
            new("query", "GET", "query", "List changes", ApiPermission.Admin, ApiResult.Json(Page), ListAsync)
            {
                Parameters = Parameters,
            },
            new("export", "GET", "export", "Export changes as JSON lines", ApiPermission.Admin, new ApiResult(200, "application/x-ndjson", ApiShape.PlainText), ExportAsync)
            {
                Text = "One change per line, oldest first. Ask again with after=ID of the last line until nothing comes: so a collector follows the trail, "
                    + "whatever happens to either side.",
                Parameters =
                [
                    ApiParameter.Optional("after", "int", "Only changes with a higher id. Default: 0, from the beginning."),
                    ApiParameter.Optional("limit", "int", $"How many lines, 1 to {AuditTrail.MaxPage}. Default: {AuditTrail.MaxPage}."),
                ],
            },
        ]),
    ];

    private static ImmutableArray<ApiParameter> Parameters =>
    [
        ApiParameter.Optional("limit", "int", $"How many, 1 to {AuditTrail.MaxPage}. Default: {DefaultPage}."),
        ApiParameter.Optional("before", "int", "Only changes with a lower id: next_before of the page before."),
        ApiParameter.Optional("subject", "string", "Only changes of this object, such as boot-source/4."),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var limit = Number(request.Query, "limit", errors) ?? DefaultPage;
        var before = Number(request.Query, "before", errors);
        if (limit is < 1 or > AuditTrail.MaxPage)
            errors.Add("limit", $"Enter a whole number from 1 to {AuditTrail.MaxPage}.");
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var events = await AuditTrail.ListAsync(db, request.Query.LastOrNull("subject"), before, (int)limit, cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", events.Count);
            json.WriteStartArray("events");
            foreach (var e in events)
                Write(json, e);
            json.WriteEndArray();
            if (events.Count == limit)
                json.WriteNumber("next_before", events[^1].Id);
            else
                json.WriteNull("next_before");
            json.WriteEndObject();
        });
    }

    private async Task<ApiAnswer> ExportAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var limit = Number(request.Query, "limit", errors) ?? AuditTrail.MaxPage;
        var after = Number(request.Query, "after", errors) ?? 0;
        if (limit is < 1 or > AuditTrail.MaxPage)
            errors.Add("limit", $"Enter a whole number from 1 to {AuditTrail.MaxPage}.");
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var lines = new ArrayBufferWriter<byte>();
        foreach (var e in await AuditTrail.ListAfterAsync(db, after, (int)limit, cancel))
        {
            using (var json = new Utf8JsonWriter(lines))
                Write(json, e);
            lines.Write("\n"u8);
        }

        return ApiAnswer.Bytes(lines.WrittenMemory, "application/x-ndjson");
    }

    private static long? Number(Fields query, string name, FieldErrors errors)
    {
        if (query.LastOrNull(name) is not { Length: > 0 } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        errors.Add(name, "Enter a whole number.");
        return null;
    }

    private static void Write(Utf8JsonWriter json, AuditEvent e)
    {
        json.WriteStartObject();
        json.WriteNumber("id", e.Id);
        json.WriteString("at", WireDate.Format(e.At));
        json.WriteString("actor", e.Actor);
        json.WriteString("origin", e.Origin);
        json.WriteString("action", e.Action);
        json.WriteString("subject", e.Subject);
        WriteState(json, "before", e.Before);
        WriteState(json, "after", e.After);
        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, string name, string? state)
    {
        json.WritePropertyName(name);
        if (state is null)
        {
            json.WriteNullValue();
            return;
        }

        using var document = JsonDocument.Parse(state);
        document.RootElement.WriteTo(json);
    }
}
