using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Racks;
using BootDepot.Images.Booting;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Racks;

namespace BootDepot.Region.Api.Boots;

/// <summary><c>boot-records/</c>: how machines booted. An extension.</summary>
internal sealed class BootLogEndpoints(BootLog log) : IApiEndpoints
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1000;

    private static readonly ApiShape Step = ApiShape.Named(
        "BootStep",
        ("at", ApiShape.PlainText),
        ("protocol", ApiShape.PlainText),
        ("path", ApiShape.PlainText),
        ("kind", ApiShape.PlainText),
        ("digest?", ApiShape.PlainText),
        ("bytes", ApiShape.Long),
        ("outcome", ApiShape.PlainText));

    private static readonly ApiShape Record = ApiShape.Named(
        "BootRecord",
        ("number", ApiShape.Long),
        ("rack", ApiShape.Nullable(ApiShape.PlainText)),
        ("id", ApiShape.PlainText),
        ("machine?", ApiShape.PlainText),
        ("address", ApiShape.PlainText),
        ("started", ApiShape.PlainText),
        ("ended", ApiShape.PlainText),
        ("image?", ApiShape.PlainText),
        ("mode?", ApiShape.PlainText),
        ("result", ApiShape.PlainText),
        ("reason?", ApiShape.Named("BootFault", ("code", ApiShape.PlainText), ("message", ApiShape.PlainText))),
        ("steps", new ApiShape.ListOf(Step)));

    private static readonly ApiShape Page = ApiShape.Named(
        "BootRecordPage",
        ("count", ApiShape.Int),
        ("records", new ApiShape.ListOf(Record)),
        ("next_before", ApiShape.Nullable(ApiShape.Long)));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "BootRecordsHandler", "boot-records/", "How machines booted from racks, newest first.",
        [
            new("read", "GET", null, "List boot records", ApiPermission.User, ApiResult.Json(Page), ListAsync)
            {
                Text = "Results: booting, booted, installing, installed, local, menu, failed (reason says why).",
                Parameters =
                [
                    ApiParameter.Optional("machine", "string", "Only those of this MAC address."),
                    ApiParameter.Optional("rack", "string", "Only those of the rack with this system id."),
                    ApiParameter.Optional("result", "string", "Only those that ended so."),
                    ApiParameter.Optional("limit", "int", $"How many, 1 to {MaxPage}. Default: {DefaultPage}."),
                    ApiParameter.Optional("before", "int", "Only older ones: next_before of the page before."),
                ],
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var limit = Number(request.Query, "limit", errors) ?? DefaultPage;
        if (limit is < 1 or > MaxPage)
            errors.Add("limit", $"Enter a whole number from 1 to {MaxPage}.");
        string? machine = null;
        if (request.Query.LastOrNull("machine") is { Length: > 0 } text)
        {
            if (MacAddress.TryParse(text, out var mac))
                machine = mac.ToString();
            else
                errors.Add("machine", $"'{text}' is not a MAC address; one looks like 52:54:00:aa:bb:01.");
        }

        var before = Number(request.Query, "before", errors);
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        var boots = await log.ListAsync(
            new BootLogQuery(machine, NotEmpty("rack"), NotEmpty("result"), before, (int)limit), cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", boots.Count);
            json.WriteStartArray("records");
            foreach (var boot in boots)
                Write(json, boot);
            json.WriteEndArray();
            if (boots.Count == limit)
                json.WriteNumber("next_before", boots[^1].Id);
            else
                json.WriteNull("next_before");
            json.WriteEndObject();
        });

        string? NotEmpty(string name) => request.Query.LastOrNull(name) is { Length: > 0 } value ? value : null;
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

    /// <summary>What the rack sent, with our number and the rack in front.</summary>
    private static void Write(Utf8JsonWriter json, MachineBoot boot)
    {
        json.WriteStartObject();
        json.WriteNumber("number", boot.Id);
        json.WriteString("rack", boot.Rack?.Name);
        using var document = JsonDocument.Parse(boot.Document);
        foreach (var member in document.RootElement.EnumerateObject())
            member.WriteTo(json);
        json.WriteEndObject();
    }
}
