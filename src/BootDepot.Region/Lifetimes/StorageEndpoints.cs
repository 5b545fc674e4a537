using System;
using System.Collections.Immutable;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;

namespace BootDepot.Region.Lifetimes;

/// <summary><c>storage/</c>: what the bytes are used by, and collection. Not in MAAS.</summary>
internal sealed class StorageEndpoints(StorageReport report, BlobCollection collection, ExclusiveWork work) : IApiEndpoints
{
    private static readonly ApiShape Shape = ApiShape.Named(
        "Storage",
        ("level", ApiShape.PlainText),
        ("free", ApiShape.Nullable(ApiShape.Long)),
        ("used", ApiShape.Nullable(ApiShape.Long)),
        ("low_below", ApiShape.Long),
        ("served", ApiShape.Long),
        ("former", ApiShape.Long),
        ("withheld", ApiShape.Long),
        ("pending", ApiShape.Long),
        ("deleted", ApiShape.Long),
        ("unreferenced", ApiShape.Long),
        ("partials", ApiShape.Long),
        ("reclaimable", ApiShape.Long),
        ("damaged_blobs", ApiShape.Int));

    private static readonly ApiShape Collected = ApiShape.Named(
        "Collection",
        ("dry_run", ApiShape.Bool),
        ("blobs", ApiShape.Int),
        ("bytes", ApiShape.Long),
        ("partials", ApiShape.Int),
        ("versions", ApiShape.Int),
        ("waiting_blobs", ApiShape.Int),
        ("waiting_bytes", ApiShape.Long));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "StorageHandler", "storage/", "What the stored bytes are used by.",
        [
            new("read", "GET", null, "Show what the stored bytes are used by", ApiPermission.User, ApiResult.Json(Shape), ReadAsync)
            {
                Text = "In bytes; what several things have counts once. The level is ok or low; reclaimable is what goes by itself.",
            },
            new("collect", "POST", "collect", "Remove what nothing refers to", ApiPermission.EditBootEntities, ApiResult.Json(Collected), CollectAsync)
            {
                Event = "storage.collect",
                Text = "What still waits for the end of its grace period stays. Runs by itself, too.",
                Parameters = [ApiParameter.Optional("dry_run", "boolean", "Only say what would be removed.")],
            },
        ]),
    ];

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel)
    {
        var state = await report.MeasureAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("level", state.Level);
            Write(json, "free", state.Space.Free);
            Write(json, "used", state.Space.Used);
            json.WriteNumber("low_below", state.LowBelow);
            json.WriteNumber("served", state.Use.Served);
            json.WriteNumber("former", state.Use.Former);
            json.WriteNumber("withheld", state.Use.Withheld);
            json.WriteNumber("pending", state.Use.Pending);
            json.WriteNumber("deleted", state.Use.Deleted);
            json.WriteNumber("unreferenced", state.Use.Unreferenced);
            json.WriteNumber("partials", state.Use.Partials);
            json.WriteNumber("reclaimable", state.Reclaimable);
            json.WriteNumber("damaged_blobs", state.Damaged);
            json.WriteEndObject();
        });
    }

    private async Task<ApiAnswer> CollectAsync(ApiRequest request, CancellationToken cancel)
    {
        var dryRun = request.Fields.LastOrNull("dry_run") is { } text && text is not ("" or "false" or "False" or "0");
        var outcome = dryRun
            ? await collection.RunAsync(dryRun: true, cancel)
            : await work.RunAsync(token => collection.RunAsync(dryRun: false, token), cancel);
        return outcome switch
        {
            Outcome<CollectionReport>.Done { Value: var done } => ApiAnswer.Json(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("dry_run", dryRun);
                json.WriteNumber("blobs", done.Blobs);
                json.WriteNumber("bytes", done.Bytes);
                json.WriteNumber("partials", done.Partials);
                json.WriteNumber("versions", done.Versions);
                json.WriteNumber("waiting_blobs", done.WaitingBlobs);
                json.WriteNumber("waiting_bytes", done.WaitingBytes);
                json.WriteEndObject();
            }),
            Outcome<CollectionReport>.Refused { Fault: var fault } => FaultAnswer.Of(fault),
            _ => throw new InvalidOperationException(),
        };
    }

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
