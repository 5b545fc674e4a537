using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
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
internal sealed class BootLogEndpoints(BootLog log, BootProvenance provenance) : IApiEndpoints
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1000;
    private const int MaxOrigins = 20;

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

    private static readonly ApiShape Origins = new ApiShape.ListOf(ApiShape.Named(
        "BootOrigin",
        ("number", ApiShape.Long),
        ("rack", ApiShape.Nullable(ApiShape.PlainText)),
        ("machine", ApiShape.Nullable(ApiShape.PlainText)),
        ("started", ApiShape.PlainText),
        ("result", ApiShape.PlainText),
        ("files", new ApiShape.ListOf(ApiShape.Named(
            "BootedFile",
            ("path", ApiShape.PlainText),
            ("kind", ApiShape.PlainText),
            ("sha256", ApiShape.PlainText),
            ("origins", new ApiShape.ListOf(ApiShape.Named(
                "BytesOrigin",
                ("image", ApiShape.PlainText),
                ("architecture", ApiShape.PlainText),
                ("version", ApiShape.PlainText),
                ("file_type", ApiShape.PlainText),
                ("signed_by", ApiShape.Nullable(ApiShape.PlainText)),
                ("product", ApiShape.Nullable(ApiShape.PlainText)),
                ("source", ApiShape.Nullable(ApiShape.PlainText)),
                ("uploaded_by", ApiShape.Nullable(ApiShape.PlainText)),
                ("held", ApiShape.Bool)))))))));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "BootRecordsHandler", "boot-records/", "How machines booted from racks, newest first.",
        [
            new("provenance", "GET", "provenance", "Which bytes a machine booted, and who signed them", ApiPermission.User, ApiResult.Json(Origins), ShowOriginsAsync)
            {
                Text = "For each boot the files that were served, by digest, and for each the versions with those bytes: the fingerprint of the vendor's key that "
                    + "signed the document which names them, or who uploaded them. What is not held any more is told from the audit trail.",
                Parameters =
                [
                    ApiParameter.Required("machine", "string", "MAC address."),
                    ApiParameter.Optional("limit", "int", $"How many boots, 1 to {MaxOrigins}. Default: 1, the last one."),
                ],
            },
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

    private async Task<ApiAnswer> ShowOriginsAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var limit = Number(request.Query, "limit", errors) ?? 1;
        if (limit is < 1 or > MaxOrigins)
            errors.Add("limit", $"Enter a whole number from 1 to {MaxOrigins}.");
        var text = request.Query.LastOrNull("machine") ?? "";
        if (!MacAddress.TryParse(text, out var mac))
            errors.Add("machine", $"'{text}' is not a MAC address; one looks like 52:54:00:aa:bb:01.");
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        var boots = await log.ListAsync(new BootLogQuery(mac.ToString(), null, null, null, (int)limit), cancel);
        var records = boots.Select(b => (Boot: b, Record: BootProvenance.Read(b.Document))).ToList();
        var origins = await provenance.FindAsync(records.SelectMany(r => BootProvenance.DigestsOf(r.Record)), cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var (boot, record) in records)
                OriginJson.Write(json, boot, record, origins);
            json.WriteEndArray();
        });
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
