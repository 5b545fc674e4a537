using System;
using System.Collections.Generic;
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
/// Uploads: <c>boot-resources/</c> POST, and PUT of chunks to <c>boot-resources/{resource_id}/upload/{id}/</c>. Beyond MAAS,
/// HEAD there tells how far the upload is (<c>Upload-Offset</c>, <c>Upload-Length</c>), so that a client can go on after a
/// cut.
/// </summary>
internal sealed class UploadEndpoints(
    CatalogDatabase catalog, UploadBeginning beginning, UploadChunks chunks, WholeUploads whole)
{
    private static readonly string TypeNames = string.Join(", ", FileType.Uploadable.Select(t => t.UploadName));

    /// <summary>POST <c>boot-resources/</c>.</summary>
    public ApiAction Create(ApiVersion version, ApiPermission permission) =>
        new("create", "POST", null, "Upload an image", permission, ApiResult.Json(BootResourceJson.WithSets, 201), CreateAsync)
        {
            Body = ApiBody.FormWithImage,
            Text = "The answer names the path that the bytes are then sent to, in one PUT or many.",
            Parameters =
            [
                ApiParameter.Required("name", "string", "Name: os/release, or a bare name for a custom image."),
                ApiParameter.Required("architecture", "string", "Architecture, such as amd64/generic."),
                ApiParameter.Optional("sha256", "string", "SHA-256 of the file, hexadecimal. Required unless content is sent."),
                ApiParameter.Optional("size", "string", "Size of the file in bytes. Required unless content is sent."),
                ApiParameter.Optional("title", "string", "Title for people."),
                ApiParameter.Optional("filetype", "string", $"Kind of file: {(version == ApiVersion.One ? "tgz, ddtgz" : TypeNames)}. Default: tgz."),
                ApiParameter.Optional("base_image", "string", "What a custom image is made from: os/series."),
                ApiParameter.Optional("keep_old", "boolean", "Keep earlier versions."),
                ApiParameter.Optional("content", "file", "The whole file; sha256 and size are not needed then."),
            ],
        };

    /// <summary><c>boot-resources/{resource_id}/upload/{id}/</c>.</summary>
    public ApiHandler File(ApiVersion version, ApiPermission permission) =>
        new(version, "BootResourceFileUploadHandler", "boot-resources/{resource_id}/upload/{id}/", "Where the bytes of an upload go.",
        [
            new("update", "PUT", null, "Send bytes", permission, ApiResult.Text(), PutAsync)
            {
                Body = ApiBody.Raw,
                Text = "The body is appended at the present end of the file.",
            },
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
            await whole.StoreAsync(request.Form.FileOrNull("content")!.Open(), draft.Digest, draft.Size, cancel);
        var begun = await beginning.BeginAsync(
            draft, request.Fields.LastOrNull("name")?.Trim(), request.Fields.LastOrNull("architecture")?.Trim(), errors,
            request.Actor, cancel);
        switch (begun)
        {
            case UploadBegun.Invalid invalid:
                return ApiAnswer.Invalid(invalid.Errors);
            case UploadBegun.OtherSize:
                return ApiAnswer.BadRequest("File already exists with sha256 that is of different size.");
            case UploadBegun.Ready ready:
                await using (var db = await catalog.CreateDbContextAsync(cancel))
                {
                    // Only the new set: clients take the greatest version and demand that it has one file.
                    return await ResourceList.ReadOrNullAsync(db, ready.ResourceId, cancel) is { } resource
                        ? ApiAnswer.Json(
                            json => BootResourceJson.WriteWithSets(json, resource, NothingReceived, version, ready.Version), 201)
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
        var result = await chunks.AppendAsync(
            request.IdOrNull("resource_id"), request.IdOrNull("id"), length, http.Body, cancel);
        // MAAS before 3.3, which spoke 1.0, spelled the word so.
        var received = request.Handler.Version == ApiVersion.One ? "recieved" : "received";
        return result switch
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
            _ => throw new InvalidOperationException(),
        };
    }

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
