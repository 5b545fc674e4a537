using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Uploads;

namespace BootDepot.Region.Api.BootResources;

/// <summary>
/// Uploads: <c>boot-resources/</c> POST (PUT with the file itself as the body, beyond MAAS), and PUT of chunks to
/// <c>boot-resources/{resource_id}/upload/{id}/</c>. Beyond MAAS, HEAD and GET there tell how far the upload is, so that a
/// client can go on after a cut; Content-Range says where a chunk belongs, so that one may be sent twice; DELETE gives up.
/// </summary>
internal sealed class UploadEndpoints(
    CatalogDatabase catalog, UploadBeginning beginning, UploadChunks chunks, WholeUploads whole, UploadAbandonment abandonment)
{
    private static readonly string TypeNames = string.Join(", ", FileType.Uploadable.Select(t => t.UploadName));

    private static readonly ApiShape Progress = ApiShape.Named(
        "UploadProgress", ("received", ApiShape.Long), ("size", ApiShape.Long), ("complete", ApiShape.Bool));

    /// <summary>POST <c>boot-resources/</c>.</summary>
    public ApiAction Create(ApiVersion version, ApiPermission permission) =>
        new("create", "POST", null, "Upload an image", permission, ApiResult.Json(BootResourceJson.WithSets, 201), CreateAsync)
        {
            Body = ApiBody.FormWithImage,
            Text = "The answer names the path that the bytes are then sent to, in one PUT or many.",
            Parameters = [.. Described(version), ApiParameter.Optional("content", "file", "The whole file; sha256 and size are not needed then.")],
        };

    /// <summary>PUT <c>boot-resources/</c>: the file is the body, the rest is in the query.</summary>
    public ApiAction CreateWhole(ApiVersion version, ApiPermission permission) =>
        new("create_whole", "PUT", null, "Upload an image in one request", permission, ApiResult.Json(BootResourceJson.WithSets, 201), CreateWholeAsync)
        {
            Body = ApiBody.Raw,
            Text = "The file is the body; the parameters are in the query string. sha256 and size are checked if they are given.",
            Parameters = Described(version),
        };

    private static ImmutableArray<ApiParameter> Described(ApiVersion version) =>
    [
        ApiParameter.Required("name", "string", "Name: os/release, or a bare name for a custom image."),
        ApiParameter.Required("architecture", "string", "Architecture, such as amd64/generic."),
        ApiParameter.Optional("sha256", "string", "SHA-256 of the file, hexadecimal. Required unless the file is sent in this request."),
        ApiParameter.Optional("size", "string", "Size of the file in bytes. Required unless the file is sent in this request."),
        ApiParameter.Optional("title", "string", "Title for people."),
        ApiParameter.Optional("filetype", "string", $"Kind of file: {(version == ApiVersion.One ? "tgz, ddtgz" : TypeNames)}. Default: tgz."),
        ApiParameter.Optional("base_image", "string", "What a custom image is made from: os/series."),
        ApiParameter.Optional("keep_old", "boolean", "Keep earlier versions."),
        ApiParameter.Optional("convert", "string", "What to make of the file, in the background: a kind of file as above."),
        ApiParameter.Optional("force", "boolean", "Keep the declared filetype although the bytes are of another one."),
    ];

    /// <summary><c>boot-resources/{resource_id}/upload/{id}/</c>.</summary>
    public ApiHandler File(ApiVersion version, ApiPermission permission) =>
        new(version, "BootResourceFileUploadHandler", "boot-resources/{resource_id}/upload/{id}/", "Where the bytes of an upload go.",
        [
            new("update", "PUT", null, "Send bytes", permission, ApiResult.Text(), PutAsync)
            {
                Body = ApiBody.Raw,
                Text = "The body is appended at the present end of the file. With a Content-Range header, bytes that are held "
                    + "already are skipped, and a range that begins behind the end is refused (409).",
            },
            new("progress", "GET", null, "Show how far the upload is", permission, ApiResult.Json(Progress), GetAsync),
            new("abandon", "DELETE", null, "Give up the upload", permission, ApiResult.Nothing, DeleteAsync),
            new("offset", "HEAD", null, "Tell how many bytes have come", permission, new ApiResult(200, "text/plain", null), HeadAsync)
            {
                Body = ApiBody.Raw,
            },
        ]);

    private async Task<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        (Digest, long)? content = null;
        if (request.Form.FileOrNull("content") is { } file)
        {
            if (file.Length == 0)
                errors.Add("content", "The submitted file is empty.");
            content = (await WholeUploads.HashAsync(file.Open(), cancel), file.Length);
        }

        var version = request.Handler.Version;
        var draft = UploadForm.ReadOrNull(request.Fields, content, version, errors);
        if (draft is not null && content is not null)
            await beginning.CheckRoomAsync(draft.Size, draft.Name, draft.Architecture, errors, cancel);
        if (draft is not null && content is not null && errors.IsEmpty)
            await whole.StoreAsync(request.Form.FileOrNull("content")!.Open(), draft.Digest, draft.Size, cancel);
        return await BeginAsync(request, draft, request.Fields, errors, cancel);
    }

    private async Task<ApiAnswer> CreateWholeAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var version = request.Handler.Version;
        // What can be checked is checked before the bytes come.
        var expected = request.Query.Has("sha256") ? UploadForm.ReadDigestOrNull(request.Query, errors) : null;
        var wanted = UploadForm.ReadOrNull(request.Query, (Digest.FromHash(new byte[32]), 1), version, errors);
        await beginning.CheckAsync(request.Query.LastOrNull("name")?.Trim(), request.Query.LastOrNull("architecture")?.Trim(), errors, cancel);
        var (body, length) = (request.Http.Request.Body, request.Http.Request.ContentLength);
        if (wanted is not null)
            await beginning.CheckRoomAsync(length ?? 0, wanted.Name, wanted.Architecture, errors, cancel);
        if (!errors.IsEmpty || wanted is null)
            return ApiAnswer.Invalid(errors);
        var look = new FirstLook(bytes => beginning.RefuseEarlyOrNullAsync(wanted, bytes, length, cancel));
        switch (await whole.ReceiveAsync(body, length, expected, look, cancel))
        {
            case { Result: ChunkResult.Refused }:
                return RefusalAnswer.Of(look.Refusal!, request.Http.Request);
            case { Result: ChunkResult.Taken, Blob: { } blob }:
                var draft = UploadForm.ReadOrNull(request.Query, (blob.Digest, blob.Size), version, errors);
                return await BeginAsync(request, draft, request.Query, errors, cancel);
            case { Result: ChunkResult.NoData }:
                return ApiAnswer.BadRequest("Missing data.");
            case { Result: ChunkResult.Mismatch }:
                return ApiAnswer.BadRequest("Saved content does not match given SHA256 value.");
            default:
                return ApiAnswer.BadRequest("No space left on device");
        }
    }

    private async Task<ApiAnswer> BeginAsync(
        ApiRequest request, UploadDraft? draft, Fields fields, FieldErrors errors, CancellationToken cancel)
    {
        var begun = await beginning.BeginAsync(
            draft, fields.LastOrNull("name")?.Trim(), fields.LastOrNull("architecture")?.Trim(), errors, request.Actor, cancel);
        switch (begun)
        {
            case UploadBegun.Invalid invalid:
                return ApiAnswer.Invalid(invalid.Errors);
            case UploadBegun.OtherSize:
                return ApiAnswer.BadRequest("File already exists with sha256 that is of different size.");
            case UploadBegun.Refused refused:
                return RefusalAnswer.Of(refused.Why, request.Http.Request);
            case UploadBegun.Ready ready:
                await using (var db = await catalog.CreateDbContextAsync(cancel))
                {
                    // Only the new set: clients take the greatest version and demand that it has one file.
                    return await ResourceList.ReadOrNullAsync(db, ready.ResourceId, cancel) is { } resource
                        ? ApiAnswer.Json(
                            json => BootResourceJson.WriteWithSets(
                                json, resource, NothingReceived, request.Handler.Version, ready.Version), 201)
                        : ApiAnswer.NotFound("BootResource");
                }

            default:
                throw new InvalidOperationException();
        }
    }

    private static Dictionary<int, long> NothingReceived { get; } = [];

    private async Task<ApiAnswer> PutAsync(ApiRequest request, CancellationToken cancel)
    {
        var http = request.Http.Request;
        // Neither a length nor chunks: there is no body.
        var length = http.ContentLength ?? (http.Headers.TransferEncoding.Count > 0 ? null : 0);
        if (!ContentRange.TryRead(http.Headers.ContentRange, out var range))
            return ApiAnswer.BadRequest($"'{http.Headers.ContentRange}' is no Content-Range of a chunk: bytes FIRST-LAST/SIZE.");
        var outcome = await chunks.AppendAsync(
            request.IdOrNull("resource_id"), request.IdOrNull("id"), range, length, http.Body, cancel);
        var answer = AnswerOf(outcome, request);
        return outcome.Received is { } end
            ? answer with { Headers = [.. answer.Headers, new("Upload-Offset", end.ToString(CultureInfo.InvariantCulture))] }
            : answer;
    }

    private static ApiAnswer AnswerOf(ChunkOutcome outcome, ApiRequest request)
    {
        // MAAS before 3.3, which spoke 1.0, spelled the word so.
        var received = request.Handler.Version == ApiVersion.One ? "recieved" : "received";
        return outcome.Result switch
        {
            ChunkResult.Taken => ApiAnswer.BareText("OK"),
            ChunkResult.NoResource => ApiAnswer.NotFound("BootResource"),
            ChunkResult.NoFile => ApiAnswer.NotFound("BootResourceFile"),
            ChunkResult.NoData => ApiAnswer.BadRequest("Missing data."),
            ChunkResult.Short => ApiAnswer.BadRequest($"Content-Length doesn't equal size of {received} data."),
            ChunkResult.NotAnUpload => ApiAnswer.Text("Cannot upload to a resource of type: 0.", 403),
            ChunkResult.Complete => ApiAnswer.BadRequest("Cannot upload to a complete file."),
            ChunkResult.TooMuch => ApiAnswer.BadRequest($"Too much data {received}."),
            ChunkResult.Mismatch => ApiAnswer.BadRequest("Saved content does not match given SHA256 value."),
            ChunkResult.NoSpace => ApiAnswer.BadRequest("No space left on device"),
            ChunkResult.Busy => ApiAnswer.Text("Another request is writing this file.", 409) with
            {
                Headers = [new("Retry-After", "5")],
            },
            ChunkResult.Gap => ApiAnswer.Text($"The next byte is {outcome.Received}; send from there.", 409),
            ChunkResult.Refused => RefusalAnswer.Of(outcome.Refusal!, request.Http.Request),
            _ => throw new InvalidOperationException(),
        };
    }

    private async Task<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancel) =>
        await chunks.ProgressOrNullAsync(request.IdOrNull("resource_id"), request.IdOrNull("id"), cancel) is { } progress
            ? ApiAnswer.Json(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("received", progress.Received);
                json.WriteNumber("size", progress.Size);
                json.WriteBoolean("complete", progress.Received == progress.Size);
                json.WriteEndObject();
            })
            : ApiAnswer.NotFound("BootResourceFile");

    private async Task<ApiAnswer> DeleteAsync(ApiRequest request, CancellationToken cancel) =>
        request.IdOrNull("id") is { } id
            && await abandonment.AbandonAsync(request.IdOrNull("resource_id") ?? 0, id, request.Actor, cancel)
            ? ApiAnswer.NoContent()
            : ApiAnswer.NotFound("BootResourceFile");

    private async Task<ApiAnswer> HeadAsync(ApiRequest request, CancellationToken cancel)
    {
        if (await chunks.ProgressOrNullAsync(request.IdOrNull("resource_id"), request.IdOrNull("id"), cancel) is not { } progress)
            return ApiAnswer.NotFound("BootResourceFile");
        return ApiAnswer.BareText("") with
        {
            Headers =
            [
                new("Upload-Offset", progress.Received.ToString(CultureInfo.InvariantCulture)),
                new("Upload-Length", progress.Size.ToString(CultureInfo.InvariantCulture)),
                new("Cache-Control", "no-store"),
            ],
        };
    }
}
