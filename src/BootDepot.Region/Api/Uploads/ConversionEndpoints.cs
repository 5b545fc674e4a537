using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Uploads;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Uploads.Conversions;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Api.Uploads;

/// <summary><c>conversions/</c>: uploaded files that become another type in the background. Not in MAAS.</summary>
internal sealed class ConversionEndpoints(CatalogDatabase catalog, ConversionQueue queue, TimeProvider time) : IApiEndpoints
{
    private static readonly ApiShape Shape = ApiShape.Named(
        "Conversion",
        ("id", ApiShape.Int),
        ("resource_uri", ApiShape.PlainText),
        ("state", ApiShape.PlainText),
        ("target", ApiShape.PlainText),
        ("source_sha256", ApiShape.PlainText),
        ("resource_id?", ApiShape.Int),
        ("stage?", ApiShape.PlainText),
        ("progress?", ApiShape.Number),
        ("code?", ApiShape.PlainText),
        ("reason?", ApiShape.PlainText),
        ("sha256?", ApiShape.PlainText),
        ("size?", ApiShape.Long),
        ("created", ApiShape.PlainText),
        ("updated", ApiShape.PlainText));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "ConversionsHandler", "conversions/", "Uploaded files that are made into another type.",
        [
            new("read", "GET", null, "List conversions", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Shape)), ListAsync)
            {
                Text = "Newest first. The state is queued, running, done, failed or stopped; code and reason say why it failed.",
            },
        ]),
        new(ApiVersion.Two, "ConversionHandler", "conversions/{id}/", "One conversion.",
        [
            new("read", "GET", null, "Show a conversion", ApiPermission.User, ApiResult.Json(Shape), ReadAsync),
            new("stop", "POST", "stop", "Stop a conversion", ApiPermission.EditBootEntities, ApiResult.Json(Shape), StopAsync)
            {
                Event = "conversion.stop",
                Text = "Its temporary files go within a second or two; the uploaded bytes stay. Nothing happens when it has ended.",
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var rows = await Rows(db.Conversions.OrderByDescending(c => c.Id)).ToListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var row in rows)
                Write(json, row);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var id = request.IdOrNull("id");
        return await Rows(db.Conversions.Where(c => c.Id == id)).FirstOrDefaultAsync(cancel) is { } row
            ? ApiAnswer.Json(json => Write(json, row))
            : ApiAnswer.NotFound("Conversion");
    }

    private async Task<ApiAnswer> StopAsync(ApiRequest request, CancellationToken cancel)
    {
        var id = request.IdOrNull("id");
        await catalog.ChangeAsync(
            async (db, token) =>
            {
                if (await db.Conversions.FirstOrDefaultAsync(c => c.Id == id, token) is
                    { State: ConversionState.Queued or ConversionState.Running } row)
                    (row.State, row.Updated) = (ConversionState.Stopped, time.GetUtcNow());
            },
            cancel);
        return await ReadAsync(request, cancel);
    }

    private static IQueryable<Row> Rows(IQueryable<Conversion> conversions) =>
        conversions.AsNoTracking().Select(c => new Row(c, c.FileId == null ? null : (int?)c.File!.Set!.ResourceId));

    private void Write(Utf8JsonWriter json, Row row)
    {
        var conversion = row.Conversion;
        json.WriteStartObject();
        json.WriteNumber("id", conversion.Id);
        json.WriteString("resource_uri", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/MAAS/api/2.0/conversions/{conversion.Id}/"));
        json.WriteString("state", StateName(conversion.State));
        json.WriteString("target", conversion.Target);
        json.WriteString("source_sha256", conversion.SourceSha256);
        if (row.ResourceId is { } resource)
            json.WriteNumber("resource_id", resource);
        if (conversion.State == ConversionState.Running && queue.ProgressOrNull(conversion.Id) is { } progress)
        {
            json.WriteString("stage", StageName(progress.Stage));
            if (progress.Fraction is { } fraction)
                json.WriteNumber("progress", Math.Round(fraction * 100, 1));
        }

        if (conversion.FaultCode is not null)
        {
            json.WriteString("code", conversion.FaultCode);
            json.WriteString("reason", conversion.FaultMessage);
        }

        if (conversion.ResultSha256 is not null)
        {
            json.WriteString("sha256", conversion.ResultSha256);
            json.WriteNumber("size", conversion.ResultSize ?? 0);
        }

        json.WriteString("created", WireDate.Format(conversion.Created));
        json.WriteString("updated", WireDate.Format(conversion.Updated));
        json.WriteEndObject();
    }

    private static string StateName(ConversionState state) => state switch
    {
        ConversionState.Queued => "queued",
        ConversionState.Running => "running",
        ConversionState.Done => "done",
        ConversionState.Failed => "failed",
        _ => "stopped",
    };

    private static string StageName(DiskImages.Conversions.ConversionStage stage) => stage switch
    {
        DiskImages.Conversions.ConversionStage.Unpacking => "unpacking",
        DiskImages.Conversions.ConversionStage.Converting => "converting",
        _ => "packing",
    };

    private sealed record Row(Conversion Conversion, int? ResourceId);
}
