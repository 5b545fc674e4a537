using BootDepot.Catalog.Users;
using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Uploads;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.BootResources;
using BootDepot.Region.Auth;
using BootDepot.Region.Hosting;
using BootDepot.Region.Sessions;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Uploads.Tus;

/// <summary>
/// Resumable uploads by tus 1.0.0 at <c>/MAAS/uploads/</c>: core, creation, creation-with-upload, expiration, checksum,
/// termination. Requests are signed with an administrator's API key.
/// </summary>
internal sealed class TusServer(TusUploads uploads, UploadSessions sessions, OAuthVerifier verifier, BrowserSessions browsers, RequestLimits limits)
{
    /// <summary>Where uploads are.</summary>
    public const string Base = "/MAAS/uploads/";

    private const string Extensions = "creation,creation-with-upload,expiration,checksum,termination";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Answers a request below <see cref="Base"/>.</summary>
    public async Task ServeAsync(HttpContext http, string id)
    {
        var cancel = http.RequestAborted;
        http.Response.Headers["Tus-Resumable"] = VersionRule.Version;
        http.Response.Headers.CacheControl = "no-store";
        var method = MethodOverrideRule.MethodOf(http.Request);
        var answer = method == HttpMethods.Options ? Options(http) : await AnswerAsync(http, method, id.Trim('/'), cancel);
        await answer.SendAsync(http, cancel);
    }

    // "An OPTIONS request MAY be used to gather information about the Server's current configuration. A successful response
    // indicated by the 204 No Content or 200 OK status MUST contain the Tus-Version header."
    private static ApiAnswer Options(HttpContext http)
    {
        http.Response.Headers["Tus-Version"] = VersionRule.Version;
        http.Response.Headers["Tus-Extension"] = Extensions;
        http.Response.Headers["Tus-Checksum-Algorithm"] = ChecksumRule.Algorithms;
        return ApiAnswer.NoContent();
    }

    private async Task<ApiAnswer> AnswerAsync(HttpContext http, string method, string id, CancellationToken cancel)
    {
        var (identity, refusal) = await AuthenticateAsync(http, cancel);
        if (limits.RefusalOrNull(http.Connection, identity) is { } tooMany)
            return tooMany;
        if (identity is null)
            return refusal!;
        if (method != HttpMethods.Get && VersionRule.Check(http.Request) is { } wrong)
        {
            http.Response.Headers["Tus-Version"] = VersionRule.Version;
            return AnswerOf(wrong);
        }

        var actor = new Actor(identity.Username, http.Connection.RemoteIpAddress?.ToString());
        if (id.Length == 0)
            return method == HttpMethods.Post ? await CreateAsync(http, actor, cancel) : NotAllowed("POST, OPTIONS");
        if (await uploads.FindOrNullAsync(id, cancel) is not { } upload)
            return ApiAnswer.Text("There is no such upload. It may have expired, or was deleted.", 404);
        return method switch
        {
            "HEAD" => await HeadAsync(http, upload, actor, cancel),
            "GET" => await ShowAsync(upload, cancel),
            "PATCH" => ContentTypeRule.Check(http.Request) is { } type ? AnswerOf(type) : await PatchAsync(http, upload, actor, cancel),
            "DELETE" => await DeleteAsync(upload, actor, cancel),
            _ => NotAllowed("HEAD, GET, PATCH, DELETE, OPTIONS"),
        };
    }

    private async Task<(Identity? Identity, ApiAnswer? Refusal)> AuthenticateAsync(HttpContext http, CancellationToken cancel)
    {
        var outcome = await verifier.VerifyAsync(OAuthParameters.FromHeaderOrNull(http.Request.Headers.Authorization.ToString()), cancel);
        if (outcome is AuthOutcome.Absent)
            outcome = await browsers.IdentifyAsync(http, cancel);
        return outcome switch
        {
            AuthOutcome.Accepted { Identity.Scope: not (KeyScope.All or KeyScope.Upload) } => (null, ApiAnswer.Text("This API key is not for uploads.", 403)),
            AuthOutcome.Accepted { Identity: { IsAdmin: true } admin } => (admin, null),
            AuthOutcome.Accepted or AuthOutcome.Inactive => (null, ApiAnswer.Text("Only administrators may upload images.", 403)),
            AuthOutcome.Refused refused => (null, ApiAnswer.Challenge(refused.Text)),
            AuthOutcome.Malformed malformed => (null, ApiAnswer.BadRequest(malformed.Text)),
            AuthOutcome.Forged => (null, ApiAnswer.Text($"Send the session's token in the header {SessionCookie.ProofHeader}.", 403)),
            _ => (null, ApiAnswer.Text("Sign the request with an API key.", 401)),
        };
    }

    private async Task<ApiAnswer> CreateAsync(HttpContext http, Actor actor, CancellationToken cancel)
    {
        var metadata = http.Request.Headers["Upload-Metadata"].ToString();
        if ((LengthRule.Check(http.Request, out var size) ?? MetadataRule.Check(metadata, out _)) is { } refusal)
            return AnswerOf(refusal);
        _ = MetadataRule.Check(metadata, out var fields);
        var errors = new FieldErrors();
        if (await uploads.CreateAsync(metadata, fields, size, actor.Name, errors, cancel) is not { } upload)
            return ApiAnswer.Invalid(errors);
        // "The Server MUST acknowledge a successful upload creation with the 201 Created status. The Server MUST set the
        // Location header to the URL of the created resource."
        http.Response.Headers.Location = Base + upload.Id;
        await AddExpiryAsync(http, cancel);
        // creation-with-upload: "The Client MAY include the entire upload or a chunk of it in the body of the POST request."
        if (ContentTypeRule.Fits(http.Request) && http.Request.ContentLength != 0)
        {
            var answer = await AppendAsync(http, upload, 0, actor, cancel);
            return answer.Status == 204 ? ApiAnswer.Text("", 201) : answer;
        }

        return ApiAnswer.Text("", 201);
    }

    // "The Server MUST always include the Upload-Offset header in the response for a HEAD request, even if the offset is 0
    // […]. If the size of the upload is known, the Server MUST include the Upload-Length header in the response."
    private async Task<ApiAnswer> HeadAsync(HttpContext http, ResumableUpload upload, Actor actor, CancellationToken cancel)
    {
        if (TusUploads.RefusalOrNull(upload) is { } former)
            return RefusalAnswer.Of(former, http.Request, StatusCodes.Status410Gone);
        if (await uploads.SettleAsync(upload, actor, cancel) is { } refusal && upload.Sha256 is not null)
            return RefusalAnswer.Of(refusal, http.Request, StatusCodes.Status410Gone);
        await sessions.WaitForWriterAsync(TusUploads.PartialOf(upload.Id), Patience, cancel);
        SetOffset(http, await uploads.OffsetAsync(upload, cancel));
        http.Response.Headers["Upload-Length"] = upload.Size.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["Upload-Metadata"] = upload.Metadata;
        await AddExpiryAsync(http, cancel);
        return ApiAnswer.Text("");
    }

    private async Task<ApiAnswer> ShowAsync(ResumableUpload upload, CancellationToken cancel)
    {
        var received = await uploads.OffsetAsync(upload, cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("received", received);
            json.WriteNumber("size", upload.Size);
            json.WriteBoolean("complete", upload.ResourceId is not null);
            if (upload.ResourceId is { } resource)
                json.WriteNumber("resource_id", resource);
            if (TusUploads.RefusalOrNull(upload) is { } former)
                RefusalAnswer.WriteFields(json, former);

            json.WriteEndObject();
        });
    }

    // "Once a DELETE request has been received the Server […] SHOULD respond with the 204 No Content status."
    private async Task<ApiAnswer> DeleteAsync(ResumableUpload upload, Actor actor, CancellationToken cancel)
    {
        await uploads.RemoveAsync(upload.Id, actor, cancel);
        return ApiAnswer.NoContent();
    }

    private async Task<ApiAnswer> PatchAsync(HttpContext http, ResumableUpload upload, Actor actor, CancellationToken cancel)
    {
        if (OffsetRule.Read(http.Request, out var offset) is { } refusal)
            return AnswerOf(refusal);
        if (TusUploads.RefusalOrNull(upload) is { } former)
            return RefusalAnswer.Of(former, http.Request, StatusCodes.Status410Gone);
        return await AppendAsync(http, upload, offset, actor, cancel);
    }

    private async Task<ApiAnswer> AppendAsync(HttpContext http, ResumableUpload upload, long offset, Actor actor, CancellationToken cancel)
    {
        try
        {
            return await TryAppendAsync(http, upload, offset, actor, cancel);
        }
        catch (BlobSpaceException e)
        {
            return ApiAnswer.Text(e.Message, StatusCodes.Status507InsufficientStorage) with { Headers = [new("X-Error-Code", "store-full")] };
        }
    }

    private async Task<ApiAnswer> TryAppendAsync(
        HttpContext http, ResumableUpload upload, long offset, Actor actor, CancellationToken cancel)
    {
        if (upload.Sha256 is not null)
            return AnswerOf(OffsetRule.Check(offset, upload.Size) ?? new TusRefusal(400, "All bytes are there."));
        if (ChecksumRule.Read(http.Request, out var checksum) is { } refusal)
            return AnswerOf(refusal);
        using var sum = checksum;
        // "The Server MAY prevent […] by locking": 423 tells tus clients to try again.
        await using var hold = await sessions.TakeOrNullAsync(TusUploads.PartialOf(upload.Id), upload.Size, Patience, cancel);
        if (hold is null)
            return ApiAnswer.Text("Another request is writing this upload.", StatusCodes.Status423Locked);
        // Whoever held it before us may have ended it.
        if (await uploads.FindOrNullAsync(upload.Id, cancel) is not { Sha256: null })
        {
            await sessions.ForgetAsync(hold, cancel);
            return ApiAnswer.Text("This upload has ended.", 409);
        }

        if (OffsetRule.Check(offset, hold.Writer.Offset) is { } conflict)
            return AnswerOf(conflict);
        var look = offset == 0 ? new FirstLook(bytes => uploads.RefuseEarlyOrNullAsync(upload, bytes, cancel)) : null;
        if (await TusBody.AppendAsync(hold, upload.Size, http.Request, sum, look) is { } failed)
            return AnswerOf(failed);
        if (look?.Refusal is { } early)
        {
            await sessions.ForgetAsync(hold, CancellationToken.None);
            return RefusalAnswer.Of(early, http.Request);
        }

        return await EndAsync(http, upload, hold, actor, cancel);
    }

    // "The Server MUST acknowledge successful PATCH requests with the 204 No Content status. It MUST include the Upload-Offset
    // header containing the new offset."
    private async Task<ApiAnswer> EndAsync(
        HttpContext http, ResumableUpload upload, UploadHold hold, Actor actor, CancellationToken cancel)
    {
        var end = hold.Writer.Offset;
        if (end == upload.Size && await uploads.FinishAsync(upload, hold, actor) is { } refusal)
            return RefusalAnswer.Of(refusal, http.Request);

        SetOffset(http, end);
        await AddExpiryAsync(http, cancel);
        return ApiAnswer.NoContent();
    }

    private async Task AddExpiryAsync(HttpContext http, CancellationToken cancel) =>
        http.Response.Headers["Upload-Expires"] = ExpiryRule.Format(await uploads.ExpiryAsync(cancel));

    private static void SetOffset(HttpContext http, long offset) =>
        http.Response.Headers["Upload-Offset"] = offset.ToString(CultureInfo.InvariantCulture);

    private static ApiAnswer AnswerOf(TusRefusal refusal) => ApiAnswer.Text(refusal.Text, refusal.Status);

    private static ApiAnswer NotAllowed(string allowed) =>
        ApiAnswer.BareText("", StatusCodes.Status405MethodNotAllowed) with { Headers = [new("Allow", allowed)] };
}
