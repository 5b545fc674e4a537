using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Racks;
using BootDepot.Images;
using BootDepot.Images.Racks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Publishing;
using BootDepot.Region.Racks;

namespace BootDepot.Region.Api.Racks;

/// <summary><c>rack/</c>: what racks themselves use, with their own keys, which open nothing else.</summary>
internal sealed class RackOwnEndpoints(
    RackAdmission admission, RackPresence presence, RackBriefing briefing, RackReports reports, BootLog log, RegionIdentity region,
    StreamKeyRing streamKeys) : IApiEndpoints
{
    private const int MaxEnrolmentBytes = 64 * 1024;

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "RackEnrolmentHandler", "rack/enrolment/", "How a machine becomes a rack.",
        [
            new("create", "POST", null, "Enrol with a token", ApiPermission.Open, ApiResult.Json(ApiShape.Any), EnrolAsync)
            {
                Text = "The body is JSON: token, hostname, version, url. The answer has the rack's key and the key that signs the stream; docs/racks.md has the fields.",
                Body = ApiBody.Raw,
            },
        ]),
        new(ApiVersion.Two, "RackConfigurationHandler", "rack/configuration/", "What a rack is to do.",
        [
            new("read", "GET", null, "Read the configuration, or wait for another", ApiPermission.Rack, ApiResult.Json(ApiShape.Any), ConfigurationAsync)
            {
                Text = "With If-None-Match it is answered with 304 when nothing changed within the wait.",
                Parameters = [ApiParameter.Optional("wait", "int", "Seconds to wait for a change, at most 25. Default: 0.")],
            },
        ]),
        new(ApiVersion.Two, "RackReportHandler", "rack/report/", "What a rack holds.",
        [
            new("create", "POST", null, "Report", ApiPermission.Rack, ApiResult.Nothing, ReportAsync)
            {
                Text = "The body is JSON and replaces the report before.",
                Body = ApiBody.Raw,
            },
        ]),
        new(ApiVersion.Two, "RackBootRecordsHandler", "rack/boot-records/", "What machines booted from a rack.",
        [
            new("create", "POST", null, "Add boot records", ApiPermission.Rack, ApiResult.Nothing, BootRecordsAsync)
            {
                Text = "The body is a JSON list; a record replaces the one with its id.",
                Body = ApiBody.Raw,
            },
        ]),
    ];

    private async Task<ApiAnswer> EnrolAsync(ApiRequest request, CancellationToken cancel)
    {
        var (wish, refusal) = await ReadAsync(request, RackWire.Default.RackEnrolmentRequest, MaxEnrolmentBytes, cancel);
        if (wish is null)
            return refusal!;
        var origin = request.Http.Connection.RemoteIpAddress?.ToString();
        return await admission.EnrolAsync(wish, region, streamKeys.Now.Signing, origin, cancel) switch
        {
            Outcome<RackEnrolment>.Done done =>
                ApiAnswer.Bytes(JsonSerializer.SerializeToUtf8Bytes(done.Value, RackWire.Default.RackEnrolment), "application/json"),
            Outcome<RackEnrolment>.Refused refused => Faulty(refused.Fault, 403),
            _ => throw new InvalidOperationException("An outcome is done or refused."),
        };
    }

    private Task<ApiAnswer> ConfigurationAsync(ApiRequest request, CancellationToken cancel) =>
        AsRackAsync(
            request,
            async rack =>
            {
                var wait = int.TryParse(request.Query.LastOrNull("wait"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
                var known = request.Http.Request.Headers.IfNoneMatch.ToString();
                return await briefing.ReadOrNullAsync(rack, known, TimeSpan.FromSeconds(wait), cancel) is var (body, etag)
                    ? ApiAnswer.Bytes(body, "application/json") with { Headers = [new("ETag", etag), new("Cache-Control", "no-store"), .. Cause()] }
                    : ApiAnswer.Bytes(default, "application/json", 304) with { Headers = [new("ETag", known)] };
            },
            cancel);

    // What the rack does now belongs to the trace of the import that it is told of.
    private KeyValuePair<string, string>[] Cause() => briefing.Cause is { } cause ? [new("traceparent", cause)] : [];

    private Task<ApiAnswer> ReportAsync(ApiRequest request, CancellationToken cancel) =>
        AsRackAsync(
            request,
            async rack =>
            {
                var (report, refusal) = await ReadAsync(request, RackWire.Default.RackReport, RackReports.MaxBytes, cancel);
                if (report is null)
                    return refusal!;
                await reports.StoreAsync(rack.Id, report, cancel);
                return ApiAnswer.NoContent();
            },
            cancel);

    private Task<ApiAnswer> BootRecordsAsync(ApiRequest request, CancellationToken cancel) =>
        AsRackAsync(
            request,
            async rack =>
            {
                var (records, refusal) = await ReadAsync(request, RackWire.Default.IReadOnlyListBootRecord, RackReports.MaxBytes, cancel);
                if (records is null)
                    return refusal!;
                await log.StoreAsync(rack, records, cancel);
                return ApiAnswer.NoContent();
            },
            cancel);

    private async Task<ApiAnswer> AsRackAsync(ApiRequest request, Func<RackController, Task<ApiAnswer>> work, CancellationToken cancel)
    {
        if (await admission.FindOrNullAsync(request.Http.Request.Headers.Authorization.ToString(), cancel) is not { } rack)
        {
            return Faulty(new Fault("rack-key-refused", "This is not the key of a rack of this region. If the rack was removed, enrol it again."), 401) with
            {
                Headers = [new("WWW-Authenticate", "Bearer")],
            };
        }

        await presence.SeenAsync(rack.Id, cancel);
        return await work(rack);
    }

    private static async Task<(T? Value, ApiAnswer? Refusal)> ReadAsync<T>(
        ApiRequest request, JsonTypeInfo<T> type, int limit, CancellationToken cancel)
        where T : class
    {
        if (request.Http.Request.ContentLength is not { } length || length > limit)
            return (null, Faulty(new Fault("rack-document-too-large", $"A body with a Content-Length of at most {limit} bytes is needed."), 413));
        try
        {
            return (await JsonSerializer.DeserializeAsync(request.Http.Request.Body, type, cancel) ?? throw new JsonException("It is null."), null);
        }
        catch (JsonException e)
        {
            return (null, Faulty(new Fault("rack-document-malformed", $"The body cannot be read: {e.Message}"), 400));
        }
    }

    private static ApiAnswer Faulty(Fault fault, int status) => ApiAnswer.BareJson(
        json =>
        {
            json.WriteStartObject();
            json.WriteString("code", fault.Code);
            json.WriteString("message", fault.Message);
            json.WriteEndObject();
        },
        status);
}
