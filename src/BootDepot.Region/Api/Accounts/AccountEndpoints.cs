using System.Collections.Immutable;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Auth;

namespace BootDepot.Region.Api.Accounts;

/// <summary><c>account/</c>: the caller's own API keys.</summary>
internal sealed class AccountEndpoints(ApiKeyAdministration keys) : IApiEndpoints
{
    private static readonly ApiShape Token = ApiShape.Named(
        "ApiToken",
        ("token_key", ApiShape.PlainText),
        ("token_secret", ApiShape.PlainText),
        ("consumer_key", ApiShape.PlainText),
        ("name", ApiShape.PlainText));

    private static readonly ApiShape Listed =
        ApiShape.Named("ApiTokenName", ("name", ApiShape.PlainText), ("token", ApiShape.PlainText));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare()
    {
        ApiAction create = new(
            "create_authorisation_token", "POST", "create_authorisation_token", "Make an API key", ApiPermission.User,
            ApiResult.Json(Token), CreateAsync)
        {
            Parameters =
            [
                ApiParameter.Optional("name", "string", "Name of the key; 'MAAS consumer' when left out."),
                ApiParameter.Optional("scope", "string", $"What the key may be used for: {KeyScopes.AllNames}. Default: all that its user may do."),
            ],
        };
        ApiAction delete = new(
            "delete_authorisation_token", "POST", "delete_authorisation_token", "Revoke an API key", ApiPermission.User,
            ApiResult.Nothing, DeleteAsync)
        {
            Parameters = [ApiParameter.Required("token_key", "string", "Middle part of the key.")],
        };
        ApiAction list = new(
            "list_authorisation_tokens", "GET", "list_authorisation_tokens", "List the caller's API keys", ApiPermission.User,
            ApiResult.Json(new ApiShape.ListOf(Listed)), ListAsync);
        ApiAction rename = new(
            "update_token_name", "POST", "update_token_name", "Rename an API key", ApiPermission.User, ApiResult.Text(202),
            RenameAsync)
        {
            Parameters =
            [
                ApiParameter.Required("token", "string", "The whole key or its middle part."),
                ApiParameter.Required("name", "string", "The new name."),
            ],
        };
        const string doc = "Manage the caller's API keys.";
        return
        [
            new(ApiVersion.Two, "AccountHandler", "account/", doc, [create, delete, list, rename]),
            new(ApiVersion.One, "AccountHandler", "account/", doc, [create, delete]),
        ];
    }

    /// <summary>Writes a key as <c>create_authorisation_token</c> and <c>accounts/authenticate/</c> show it.</summary>
    public static void WriteToken(Utf8JsonWriter json, ApiKeyFacts key)
    {
        json.WriteStartObject();
        json.WriteString("token_key", key.TokenKey);
        json.WriteString("token_secret", key.Secret);
        json.WriteString("consumer_key", key.ConsumerKey);
        json.WriteString("name", key.Name);
        json.WriteEndObject();
    }

    private async Task<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancel)
    {
        var user = request.Identity.Username;
        if (KeyScopes.FindOrNull(request.Fields.LastOrNull("scope") is { Length: > 0 } text ? text : "all") is not { } scope)
            return ApiAnswer.Invalid(FieldErrors.Of("scope", $"Enter one of: {KeyScopes.AllNames}."));
        return await keys.CreateAsync(user, request.Fields.LastOrNull("name"), scope, request.Actor, cancel) is Outcome<ApiKeyFacts>.Done done
            ? ApiAnswer.Json(json => WriteToken(json, done.Value))
            : ApiAnswer.NotFound("User");
    }

    private async Task<ApiAnswer> DeleteAsync(ApiRequest request, CancellationToken cancel)
    {
        if (request.Fields.LastOrNull("token_key") is not { Length: > 0 } key)
            return ApiAnswer.BadRequest("No provided token_key!");
        var user = request.Identity.Username;
        return await keys.RevokeAsync(user, key, request.Actor, cancel) is Outcome<ApiKeyFacts>.Done
            ? ApiAnswer.NoContent()
            : ApiAnswer.NotFound("Token");
    }

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var all = await keys.ListAsync(request.Identity.Username, cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var key in all)
            {
                json.WriteStartObject();
                json.WriteString("name", key.Name);
                json.WriteString("token", key.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> RenameAsync(ApiRequest request, CancellationToken cancel)
    {
        if (request.Fields.LastOrNull("token") is not { Length: > 0 } token)
            return ApiAnswer.BadRequest("No provided token!");
        if (request.Fields.LastOrNull("name") is not { Length: > 0 } name)
            return ApiAnswer.BadRequest("No provided name!");
        var user = request.Identity.Username;
        return await keys.RenameAsync(user, token, name, request.Actor, cancel) is Outcome<ApiKeyFacts>.Done
            ? ApiAnswer.BareText("Accepted", 202)
            : ApiAnswer.NotFound("Token");
    }
}
