using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Streams;
using BootDepot.Images;
using BootDepot.Images.Selections;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;

namespace BootDepot.Region.Publishing.Views;

/// <summary><c>views/</c>: named parts of what is held, each published as a stream of its own. Not in MAAS.</summary>
internal sealed class ViewEndpoints(ViewAdministration views) : IApiEndpoints
{
    private const string Model = "View";
    private const int MaxImages = 200;

    private const string ImagesText =
        "What it shows: OS/RELEASE[/ARCH[/SUBARCH[/LABEL]]], each part exact or *, with synced: or uploaded: before it to take only images that came so. Repeat it for more. Boot loaders are always in it.";

    private const string ExclusiveText =
        "Whether the images that a private view takes are given to nobody without a token of a private view that takes them, and not to racks.";

    private static readonly ApiShape Shape = ApiShape.Named(
        "View",
        ("name", ApiShape.PlainText),
        ("images", new ApiShape.ListOf(ApiShape.PlainText)),
        ("private", ApiShape.Bool),
        ("exclusive", ApiShape.Bool),
        ("tokens", new ApiShape.ListOf(ApiShape.PlainText)),
        ("path", ApiShape.PlainText),
        ("created", ApiShape.PlainText),
        ("updated", ApiShape.PlainText),
        ("resource_uri", ApiShape.PlainText));

    private static readonly ApiShape TokenShape = ApiShape.Named("ViewToken", ("name", ApiShape.PlainText), ("token", ApiShape.PlainText));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "ViewsHandler", "views/", "Views of the published stream.",
        [
            new("read", "GET", null, "List views", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Shape)), ListAsync),
            new("create", "POST", null, "Make a view", ApiPermission.EditBootEntities, ApiResult.Json(Shape), CreateAsync)
            {
                Text = "It is published at once below /MAAS/images-stream/views/NAME/, signed by the stream's key; no byte is stored twice.",
                Parameters =
                [
                    ApiParameter.Required("name", "string", "Its name in URLs: small letters, digits, dots and dashes."),
                    ApiParameter.Required("images", "string", ImagesText),
                    ApiParameter.Optional("private", "boolean", "Whether a token is needed to read it. Default: false."),
                    ApiParameter.Optional("exclusive", "boolean", ExclusiveText + " Default: false."),
                ],
            },
        ]),
        new(ApiVersion.Two, "ViewHandler", "views/{name}/", "One view of the published stream.",
        [
            new("read", "GET", null, "Show a view", ApiPermission.User, ApiResult.Json(Shape), ReadAsync),
            new("update", "PUT", null, "Change a view", ApiPermission.EditBootEntities, ApiResult.Json(Shape), UpdateAsync)
            {
                Parameters =
                [
                    ApiParameter.Optional("images", "string", ImagesText),
                    ApiParameter.Optional("private", "boolean", "Whether a token is needed to read it."),
                    ApiParameter.Optional("exclusive", "boolean", ExclusiveText),
                ],
            },
            new("delete", "DELETE", null, "Delete a view", ApiPermission.EditBootEntities, ApiResult.Nothing, DeleteAsync) { Text = "No image goes; those that only it kept from the public are public then." },
            new("create_token", "POST", "create_token", "Make a token that opens a private view", ApiPermission.EditBootEntities, ApiResult.Json(TokenShape), CreateTokenAsync)
            {
                Text = "It is shown this once. It opens this view and nothing else.",
                Parameters = [ApiParameter.Required("token_name", "string", "For whom it is.")],
            },
            new("revoke_token", "POST", "revoke_token", "End a token", ApiPermission.EditBootEntities, ApiResult.Nothing, RevokeTokenAsync)
            {
                Parameters = [ApiParameter.Required("token_name", "string", "Its name.")],
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var all = await views.ListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var view in all)
                Write(json, view);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel) =>
        Shown(await views.FindOrNullAsync(request.PathText("name"), cancel));

    private async Task<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var name = request.Fields.LastOrNull("name") ?? "";
        if (!ViewPath.IsName(name))
            errors.Add("name", "A name of 1 to 64 small letters, digits, dots and dashes is needed, a letter or digit first.");
        var images = ReadImages(request.Fields, errors);
        if (images.Count == 0 && !errors.Has("images"))
            errors.Add("images", FieldErrors.RequiredText);
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        return await views.CreateAsync(name, images, FlagOrNull(request.Fields, "private") ?? false, FlagOrNull(request.Fields, "exclusive") ?? false, request.Actor, cancel) switch
        {
            Outcome<StreamView>.Done done => Shown(done.Value),
            Outcome<StreamView>.Refused refused => Refused(refused.Fault),
            _ => throw new System.InvalidOperationException("An outcome is done or refused."),
        };
    }

    private async Task<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var images = ReadImages(request.Fields, errors);
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        var fields = request.Fields;
        var outcome = await views.UpdateAsync(
            request.PathText("name"), images.Count == 0 ? null : images, FlagOrNull(fields, "private"), FlagOrNull(fields, "exclusive"), request.Actor, cancel);
        return outcome is Outcome<StreamView>.Refused refused ? Refused(refused.Fault) : Shown((outcome as Outcome<StreamView>.Done)?.Value);
    }

    private async Task<ApiAnswer> DeleteAsync(ApiRequest request, CancellationToken cancel) =>
        await views.DeleteAsync(request.PathText("name"), request.Actor, cancel) ? ApiAnswer.NoContent() : ApiAnswer.NotFound(Model);

    private async Task<ApiAnswer> CreateTokenAsync(ApiRequest request, CancellationToken cancel)
    {
        var name = TokenNameOrNull(request.Fields);
        if (name is null)
            return ApiAnswer.Invalid(FieldErrors.Of("token_name", "A name of letters, digits, dots, dashes and underscores is needed."));
        return await views.CreateTokenAsync(request.PathText("name"), name, request.Actor, cancel) switch
        {
            null => ApiAnswer.NotFound(Model),
            Outcome<string>.Done done => ApiAnswer.Json(json =>
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("token", done.Value);
                json.WriteEndObject();
            }) with
            {
                Headers = [new("Cache-Control", "no-store")],
            },
            Outcome<string>.Refused refused => ApiAnswer.Invalid(FieldErrors.Of("token_name", refused.Fault.Message)),
            _ => throw new System.InvalidOperationException("An outcome is done or refused."),
        };
    }

    private async Task<ApiAnswer> RevokeTokenAsync(ApiRequest request, CancellationToken cancel) =>
        TokenNameOrNull(request.Fields) is { } name && await views.RevokeTokenAsync(request.PathText("name"), name, request.Actor, cancel)
            ? ApiAnswer.NoContent()
            : ApiAnswer.NotFound(Model);

    private static ApiAnswer Refused(Fault fault) =>
        ApiAnswer.Invalid(FieldErrors.Of(fault.Code == "view-exists" ? "name" : "exclusive", fault.Message));

    private static string? TokenNameOrNull(Fields fields) => fields.LastOrNull("token_name") is { } name && SafeName.IsSafe(name) ? name : null;

    private static bool? FlagOrNull(Fields fields, string name) => fields.LastOrNull(name) is { } text ? text.ToLowerInvariant() is not ("" or "false" or "0" or "no") : null;

    private static List<string> ReadImages(Fields fields, FieldErrors errors)
    {
        var images = fields.All("images").Select(i => i.Trim()).Where(i => i.Length > 0).Distinct(System.StringComparer.Ordinal).ToList();
        foreach (var wrong in images.Where(i => ViewRule.ParseOrNull(i) is null))
            errors.Add("images", $"'{wrong}' is no OS/RELEASE[/ARCH[/SUBARCH[/LABEL]]], such as ubuntu/noble/amd64 or uploaded:custom/*.");
        if (images.Count > MaxImages)
            errors.Add("images", "At most 200 are taken.");
        return images;
    }

    private static ApiAnswer Shown(StreamView? view) => view is null ? ApiAnswer.NotFound(Model) : ApiAnswer.Json(json => Write(json, view));

    private static void Write(Utf8JsonWriter json, StreamView view)
    {
        json.WriteStartObject();
        json.WriteString("name", view.Name);
        json.WriteStartArray("images");
        foreach (var image in view.Images)
            json.WriteStringValue(image);
        json.WriteEndArray();
        json.WriteBoolean("private", view.IsPrivate);
        json.WriteBoolean("exclusive", view.IsExclusive);
        json.WriteStartArray("tokens");
        foreach (var token in view.Tokens.OrderBy(t => t.Name, System.StringComparer.Ordinal))
            json.WriteStringValue(token.Name);
        json.WriteEndArray();
        json.WriteString("path", StreamServer.Base + ViewPath.Prefix + view.Name + "/");
        json.WriteString("created", WireDate.Format(view.Created));
        json.WriteString("updated", WireDate.Format(view.Updated));
        json.WriteString("resource_uri", $"/MAAS/api/2.0/views/{view.Name}/");
        json.WriteEndObject();
    }
}
