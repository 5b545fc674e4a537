using System.Collections.Immutable;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Lifetimes;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;

namespace BootDepot.Region.Lifetimes;

/// <summary><c>scrub/</c>: stored bytes looked at again, and what was wrong. Not in MAAS.</summary>
internal sealed class ScrubEndpoints(ScrubControl scrub) : IApiEndpoints
{
    private static readonly ApiShape Blob = ApiShape.Named(
        "DamagedBlob",
        ("sha256", ApiShape.PlainText),
        ("actual_sha256", ApiShape.PlainText),
        ("problem", ApiShape.PlainText),
        ("used_by", ApiShape.PlainText),
        ("found_at", ApiShape.PlainText),
        ("repaired_at", ApiShape.Nullable(ApiShape.PlainText)));

    private static readonly ApiResult State = ApiResult.Json(ApiShape.Named(
        "Scrub",
        ("running", ApiShape.Bool),
        ("started_at", ApiShape.Nullable(ApiShape.PlainText)),
        ("ended_at", ApiShape.Nullable(ApiShape.PlainText)),
        ("blobs", ApiShape.Int),
        ("bytes", ApiShape.Long),
        ("damaged", new ApiShape.ListOf(Blob))));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "ScrubHandler", "scrub/", "Stored bytes, read again and compared with what they should be.",
        [
            new("read", "GET", null, "Show the last scrub and what was damaged", ApiPermission.User, State, ReadAsync)
            {
                Text = "A damaged blob is fetched again from its source; an image that was uploaded has to be uploaded again.",
            },
            new("start", "POST", "start", "Begin a scrub", ApiPermission.EditBootEntities, State, (r, c) =>
            {
                scrub.Start();
                return ReadAsync(r, c);
            })
            {
                Event = "scrub.start",
                Text = "Goes on with one that was cut off. The setting scrub_mebibytes_per_second bounds its rate, also while it runs.",
            },
            new("stop", "POST", "stop", "Stop the scrub", ApiPermission.EditBootEntities, State, async (r, c) =>
            {
                await scrub.StopScrubAsync();
                return await ReadAsync(r, c);
            })
            {
                Event = "scrub.stop",
                Text = "The next one goes on from there.",
            },
        ]),
    ];

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel)
    {
        var (last, damaged) = await scrub.ReadAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("running", scrub.IsRunning);
            json.WriteString("started_at", last is null ? null : WireDate.Format(last.StartedAt));
            json.WriteString("ended_at", last?.EndedAt is { } at ? WireDate.Format(at) : null);
            json.WriteNumber("blobs", last?.Blobs ?? 0);
            json.WriteNumber("bytes", last?.Bytes ?? 0);
            json.WriteStartArray("damaged");
            foreach (var blob in damaged)
                Write(json, blob);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, DamagedBlob blob)
    {
        json.WriteStartObject();
        json.WriteString("sha256", blob.Sha256);
        json.WriteString("actual_sha256", blob.ActualSha256);
        json.WriteString("problem", blob.Problem);
        json.WriteString("used_by", blob.UsedBy);
        json.WriteString("found_at", WireDate.Format(blob.FoundAt));
        json.WriteString("repaired_at", blob.RepairedAt is { } at ? WireDate.Format(at) : null);
        json.WriteEndObject();
    }
}
