using System;
using System.Globalization;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Auth;
using BootDepot.Region.Hosting;
using BootDepot.Region.Sessions;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Api.Accounts;

/// <summary>
/// The paths beside the versioned API where a password is exchanged for an API key. No anti-forgery token is wanted: no
/// cookie is looked at.
/// </summary>
internal sealed class SignInEndpoint(UserAdministration users, ApiKeyAdministration keys, SignInGuard guard, SignInTrail trail, FormReader forms, RequestLimits limits)
{
    /// <summary>
    /// <c>accounts/authenticate/</c>: <c>username</c>, <c>password</c> and an optional <c>consumer</c> (name of the key) in;
    /// the user's oldest key of that name, or a new one, out. 403 without a body when the password is wrong.
    /// </summary>
    public async Task AuthenticateAsync(HttpContext http)
    {
        var answer = !HttpMethods.IsPost(http.Request.Method) ? NotAllowed("POST")
            : limits.RefusalOrNull(http.Connection, null) ?? await ExchangeAsync(http);
        await answer.SendAsync(http, http.RequestAborted);
    }

    /// <summary><c>accounts/login/</c>: tells that there is no external sign-on.</summary>
    public static async Task LoginAsync(HttpContext http)
    {
        var answer = HttpMethods.IsGet(http.Request.Method)
            ? ApiAnswer.Json(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("authenticated", false);
                json.WriteNull("external_auth_url");
                json.WriteBoolean("no_users", false);
                json.WriteEndObject();
            })
            : NotAllowed("GET");
        await answer.SendAsync(http, http.RequestAborted);
    }

    private async Task<ApiAnswer> ExchangeAsync(HttpContext http)
    {
        var cancel = http.RequestAborted;
        Fields fields;
        try
        {
            await using var form = await forms.ReadAsync(http.Request.ContentType, http.Request.Body, FormLimits.Small, cancel);
            fields = form.Fields;
        }
        catch (FormException e)
        {
            return ApiAnswer.Text(e.Message, e.Status);
        }

        var (username, password) = (fields.LastOrNull("username"), fields.LastOrNull("password"));
        if (username is null || password is null)
            return ApiAnswer.BareText("", StatusCodes.Status403Forbidden);
        var address = http.Connection.RemoteIpAddress?.ToString();
        if (guard.WaitFor(address, username) is { Ticks: > 0 } wait)
        {
            return ApiAnswer.BareText("", StatusCodes.Status429TooManyRequests) with
            {
                Headers = [new("Retry-After", Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture))],
            };
        }

        var found = await users.SignInOrNullAsync(username, password, cancel);
        guard.Note(address, username, found is not null);
        if (found is not { } user)
        {
            await trail.RefusedAsync(username, address, cancel);
            return ApiAnswer.BareText("", StatusCodes.Status403Forbidden);
        }

        var consumer = fields.LastOrNull("consumer") is { Length: > 0 } name ? name : null;
        var actor = new Actor(user.Username, http.Connection.RemoteIpAddress?.ToString());
        return await keys.FindOrCreateAsync(user.Username, consumer, actor, cancel) is Outcome<ApiKeyFacts>.Done key
            ? ApiAnswer.Json(json => AccountEndpoints.WriteToken(json, key.Value))
            : ApiAnswer.BareText("", StatusCodes.Status403Forbidden);
    }

    private static ApiAnswer NotAllowed(string allowed) =>
        ApiAnswer.BareText("", StatusCodes.Status405MethodNotAllowed) with { Headers = [new("Allow", allowed)] };
}
