using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Racks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Racks;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Racks;

namespace BootDepot.Region.Api.Images;

/// <summary><c>image-copies/</c>: which racks have an image. Not in MAAS.</summary>
internal sealed class ImageCopyEndpoints(RackAdministration racks, RackDigests digests) : IApiEndpoints
{
    private static readonly ApiShape Count = ApiShape.Named(
        "ImageCopies", ("image", ApiShape.PlainText), ("racks", ApiShape.Int), ("synced", ApiShape.Int), ("failed", ApiShape.Int));

    private static readonly ApiShape OfRack = ApiShape.Named(
        "ImageCopiesOfRack",
        ("system_id", ApiShape.PlainText),
        ("name", ApiShape.PlainText),
        ("connected", ApiShape.Bool),
        ("last_contact", ApiShape.Nullable(ApiShape.PlainText)),
        ("images", new ApiShape.ListOf(RackJson.ImageState)));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "ImageCopiesHandler", "image-copies/", "Which racks have an image.",
        [
            new("read", "GET", null, "Count the racks that have each image", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Count)), CountAsync)
            {
                Text = "racks hold or want it, as they last reported; on synced of them it is whole, or fetched when a machine asks.",
            },
            new("of_racks", "GET", "of_racks", "Show how an image stands on each rack", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(OfRack)), ShowAsync)
            {
                Parameters = [ApiParameter.Required("image", "string", "As in the list of counts: os/release:arch.")],
            },
        ]),
    ];

    private async Task<ApiAnswer> CountAsync(ApiRequest request, CancellationToken cancel)
    {
        var counts = await digests.CountAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var count in counts)
            {
                json.WriteStartObject();
                json.WriteString("image", count.Image);
                json.WriteNumber("racks", count.Racks);
                json.WriteNumber("synced", count.Synced);
                json.WriteNumber("failed", count.Failed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> ShowAsync(ApiRequest request, CancellationToken cancel)
    {
        var image = request.Query.LastOrNull("image") ?? "";
        if (image.Length == 0)
            return ApiAnswer.Invalid(FieldErrors.Of("image", FieldErrors.RequiredText));
        var rows = new List<(RackFacts Rack, List<RackImageState> Images)>();
        foreach (var summary in await racks.ListAsync(cancel))
        {
            // One report in memory at a time: each may have megabytes.
            var rack = summary.Digest is null ? summary : await racks.FindOrNullAsync(summary.Row.SystemId, cancel) ?? summary;
            rows.Add((summary, [.. (rack.Report?.Images ?? []).Where(i => $"{i.Name}:{Architecture.Parse(i.Architecture).Arch}" == image)]));
        }

        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var (rack, images) in rows)
                Write(json, rack, images);
            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, RackFacts rack, List<RackImageState> images)
    {
        json.WriteStartObject();
        json.WriteString("system_id", rack.Row.SystemId);
        json.WriteString("name", rack.Row.Name);
        json.WriteBoolean("connected", rack.IsConnected);
        RackJson.WriteDate(json, "last_contact", rack.LastContact);
        json.WriteStartArray("images");
        foreach (var image in images)
            RackJson.WriteImage(json, image);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
