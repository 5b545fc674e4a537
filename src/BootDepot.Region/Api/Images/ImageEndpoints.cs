using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Overview;

namespace BootDepot.Region.Api.Images;

/// <summary><c>images/</c>: images as people think of them, with how they stand and why. Not in MAAS.</summary>
internal sealed class ImageEndpoints(RenderedOverview overview, ImageRemoval removal, ImageSelecting selecting, ImageSourceChange change) : IApiEndpoints
{
    private static readonly ApiShape Fate = ApiShape.Named(
        "ImageRemoved", ("image", ApiShape.PlainText), ("code", ApiShape.Nullable(ApiShape.PlainText)), ("reason", ApiShape.Nullable(ApiShape.PlainText)));

    private static readonly ApiShape Removal = ApiShape.Named(
        "ImageRemoval", ("bytes", ApiShape.Long), ("images", new ApiShape.ListOf(Fate)));

    /// <summary>What choosing images takes, here and in a plan.</summary>
    public static readonly ImmutableArray<ApiParameter> Choices =
    [
        ApiParameter.List("image", "SOURCE/OS/RELEASE/ARCH, repeatable, such as 1/ubuntu/noble/amd64; * for any of the last three."),
        ApiParameter.List("subarches", "Sub-architectures, repeatable. Default: * for all."),
        ApiParameter.List("labels", "Labels, repeatable. Default: * for all."),
    ];

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "ImagesHandler", "images/", "Every image that is held or selected: all kernels of an architecture together.",
        [
            new("read", "GET", null, "List images and how they stand", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(ImageJson.Shape)), ListAsync)
            {
                Text = "The status is ready, update-available, waiting, failed, withdrawn, not-offered, not-selected, source-disabled or "
                    + "upload-incomplete; code and reason say why.",
            },
            new("select", "POST", "select", "Select images from boot sources", ApiPermission.EditBootEntities, ApiResult.Nothing, SelectAsync)
            {
                Text = "All or none; what is selected already stays so. plan/?op=preview tells what it would come to. Nothing is imported yet.",
                Parameters = Choices,
            },
            new("remove", "POST", "remove", "Remove images and what selects them", ApiPermission.EditBootEntities, ApiResult.Json(Removal), RemoveAsync)
            {
                Text = "Each image is told apart: code and reason say why one stays. bytes is what nothing else needs.",
                Parameters =
                [
                    ApiParameter.List("image", "Key of an image as the list shows it, repeatable."),
                    ApiParameter.Optional("dry_run", "boolean", "true: only say what would happen."),
                ],
            },
            new("change_source", "POST", "change_source", "Take an image from another boot source", ApiPermission.EditBootEntities, ApiResult.Nothing, ChangeSourceAsync)
            {
                Text = "Selects it there and no longer elsewhere, in one change. The version that is held stays until the other source's is complete. "
                    + "Nothing is imported yet.",
                Parameters =
                [
                    ApiParameter.Required("image", "string", "Key of the image as the list shows it."),
                    ApiParameter.Required("source", "int", "Id of a source that offers it."),
                ],
            },
        ]),
    ];

    /// <summary>Reads what is chosen; what cannot be read is in <paramref name="errors"/>.</summary>
    public static (List<ImageChoice> Choices, string[] Subarches, string[] Labels) ReadChoices(ApiRequest request, FieldErrors errors)
    {
        var texts = request.Fields.All("image");
        var choices = new List<ImageChoice>();
        foreach (var text in texts.Take(ImageSelecting.Most + 1))
        {
            if (ImageChoice.ParseOrNull(text) is { } choice)
                choices.Add(choice);
            else if (!errors.Has("image"))
                errors.Add("image", $"'{text}' is not SOURCE/OS/RELEASE/ARCH.");
        }

        if (texts.IsEmpty)
            errors.Add("image", FieldErrors.RequiredText);
        if (texts.Length > ImageSelecting.Most)
            errors.Add("image", $"Choose at most {ImageSelecting.Most} at a time.");
        return (choices, ListOr(request, "subarches"), ListOr(request, "labels"));
    }

    private static string[] ListOr(ApiRequest request, string name) =>
        [.. request.Fields.All(name).Where(v => v.Length > 0).DefaultIfEmpty("*")];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var (json, tag) = await overview.GetAsync(cancel);
        ImmutableArray<KeyValuePair<string, string>> headers = [new("ETag", tag), new("Cache-Control", "private, no-cache")];
        return request.Http.Request.Headers.IfNoneMatch.Contains(tag, StringComparer.Ordinal)
            ? ApiAnswer.Bytes(default, "application/json", 304) with { Headers = headers }
            : ApiAnswer.Bytes(json, "application/json; charset=utf-8") with { Headers = headers };
    }

    private async Task<ApiAnswer> SelectAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var (choices, subarches, labels) = ReadChoices(request, errors);
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        return await selecting.SelectAsync(choices, subarches, labels, request.Actor, cancel) is { } fault
            ? ApiAnswer.Invalid(FieldErrors.Of("image", fault.Message)) with { Headers = [new("X-Error-Code", fault.Code)] }
            : ApiAnswer.NoContent();
    }

    private async Task<ApiAnswer> ChangeSourceAsync(ApiRequest request, CancellationToken cancel)
    {
        if (!int.TryParse(request.Fields.LastOrNull("source"), NumberStyles.None, CultureInfo.InvariantCulture, out var source))
            return ApiAnswer.Invalid(FieldErrors.Of("source", "Enter the id of a boot source."));
        return await change.RunAsync(request.Fields.LastOrNull("image") ?? "", source, request.Actor, cancel) is { } fault
            ? ApiAnswer.Invalid(FieldErrors.Of("image", fault.Message)) with { Headers = [new("X-Error-Code", fault.Code)] }
            : ApiAnswer.NoContent();
    }

    private async Task<ApiAnswer> RemoveAsync(ApiRequest request, CancellationToken cancel)
    {
        var keys = request.Fields.All("image");
        if (keys.Length is 0 or > ImageRemoval.Most)
            return ApiAnswer.Invalid(FieldErrors.Of("image", $"Name 1 to {ImageRemoval.Most} images."));
        var isTrial = request.Fields.LastOrNull("dry_run") is "true" or "True" or "1";
        var (images, bytes) = await removal.RunAsync([.. keys.Distinct(StringComparer.Ordinal)], isTrial, request.Actor, cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("bytes", bytes);
            json.WriteStartArray("images");
            foreach (var image in images)
                Write(json, image);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, ImageRemoved image)
    {
        json.WriteStartObject();
        json.WriteString("image", image.Key);
        json.WriteString("code", image.Fault?.Code);
        json.WriteString("reason", image.Fault?.Message);
        json.WriteEndObject();
    }
}
