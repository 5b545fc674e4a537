using System.Collections.Immutable;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Uploads;

namespace BootDepot.Region.Api.Uploads;

/// <summary><c>uploads/</c>: how uploads stand, by whichever protocol they come. Not in MAAS.</summary>
internal sealed class UploadListEndpoints(UploadList uploads) : IApiEndpoints
{
    private static readonly ApiShape Shape = ApiShape.Named(
        "Upload",
        ("uri", ApiShape.PlainText),
        ("state", ApiShape.PlainText),
        ("code?", ApiShape.PlainText),
        ("reason?", ApiShape.PlainText),
        ("received", ApiShape.Long),
        ("size", ApiShape.Long),
        ("name", ApiShape.PlainText),
        ("architecture", ApiShape.PlainText),
        ("resource_id?", ApiShape.Int),
        ("conversion_id?", ApiShape.Int),
        ("filetype?", ApiShape.PlainText),
        ("found?", ApiShape.PlainText),
        ("right_filetype?", ApiShape.PlainText),
        ("warnings", new ApiShape.ListOf(ApiShape.Any)),
        ("created", ApiShape.PlainText));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "UploadsHandler", "uploads/", "How uploads stand.",
        [
            new("read", "GET", null, "List uploads", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Shape)), ListAsync)
            {
                Text = "Newest first. The state is incomplete, converting, refused, failed or complete; code and reason say why.",
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var all = await uploads.ReadAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var upload in all)
                Write(json, upload);
            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, UploadStatus upload)
    {
        json.WriteStartObject();
        json.WriteString("uri", upload.Uri);
        json.WriteString("state", upload.State);
        if (upload.Reason is not null)
        {
            if (upload.Code is not null)
                json.WriteString("code", upload.Code);
            json.WriteString("reason", upload.Reason);
        }

        json.WriteNumber("received", upload.Received);
        json.WriteNumber("size", upload.Size);
        json.WriteString("name", upload.Name);
        json.WriteString("architecture", upload.Architecture);
        if (upload.ResourceId is { } resource)
            json.WriteNumber("resource_id", resource);
        if (upload.ConversionId is { } conversion)
            json.WriteNumber("conversion_id", conversion);
        if (upload.Type is not null)
            json.WriteString("filetype", upload.Type);
        if (upload.Found is not null)
            json.WriteString("found", upload.Found);
        if (upload.RightType is not null)
            json.WriteString("right_filetype", upload.RightType);
        json.WritePropertyName("warnings");
        json.WriteRawValue(upload.Warnings);
        json.WriteString("created", WireDate.Format(upload.Created));
        json.WriteEndObject();
    }
}
