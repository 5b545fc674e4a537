using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Settings;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Auth;
using BootDepot.Region.Sessions;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Api.Sessions;

/// <summary><c>session/</c>: browsers sign in and out. Not described to command-line clients, which have keys.</summary>
internal sealed class SessionEndpoints(
    BrowserSessions sessions, SignInGuard guard, SignInTrail trail, FirstSignIn first, UserAdministration users, SettingsStore settings) : IApiEndpoints
{
    private static readonly ApiShape Shape = ApiShape.Named(
        "Session",
        ("username", ApiShape.Nullable(ApiShape.PlainText)),
        ("is_admin", ApiShape.Bool),
        ("csrf_token", ApiShape.Nullable(ApiShape.PlainText)),
        ("needs_first_sign_in", ApiShape.Bool),
        ("region_name", ApiShape.PlainText));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "SessionHandler", "session/", "The browser that asks.",
        [
            new("read", "GET", null, "Who is signed in on this browser", ApiPermission.Open, ApiResult.Json(Shape), ReadAsync)
            {
                Text = "csrf_token goes into the header X-CSRF-Token of every request that changes something.",
            },
            new("create", "POST", null, "Sign in", ApiPermission.Open, ApiResult.Json(Shape), SignInAsync)
            {
                Text = "Sets the session's cookie. 403 when name or password is wrong, 429 with Retry-After after several wrong ones.",
                Parameters =
                [
                    ApiParameter.Required("username", "string", "Sign-in name."),
                    ApiParameter.Required("password", "string", "Password."),
                ],
            },
            new("delete", "DELETE", null, "Sign out", ApiPermission.Open, ApiResult.Nothing, SignOutAsync),
            new("first", "POST", "first", "Set the first administrator's password", ApiPermission.Open, ApiResult.Json(Shape), FirstAsync)
            {
                Text = "Works once, with the secret that the region prints when it starts without a password.",
                Parameters =
                [
                    ApiParameter.Required("secret", "string", "The secret."),
                    ApiParameter.Required("password", "string", "The password."),
                ],
            },
        ])
        {
            IsHidden = true,
        },
    ];

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel)
    {
        var identity = await sessions.FindOrNullAsync(request.Http.Request, cancel);
        var proof = identity is null ? null : SessionCookie.ProofOf(SessionCookie.TokenOrNull(request.Http.Request)!);
        return await AnswerAsync(identity?.Username, identity?.IsAdmin ?? false, proof, cancel);
    }

    private async Task<ApiAnswer> SignInAsync(ApiRequest request, CancellationToken cancel)
    {
        if (SessionCookie.IsFromOtherSite(request.Http.Request))
            return Refused(new Fault("session-cross-site", "Sign in on the region's own page."));
        var errors = new FieldErrors();
        var (username, password) = (Required(request, "username", errors), Required(request, "password", errors));
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        var address = request.Http.Connection.RemoteIpAddress?.ToString();
        if (guard.WaitFor(address, username) is { Ticks: > 0 } wait)
            return TooMany(wait);
        var user = await users.SignInOrNullAsync(username, password, cancel);
        guard.Note(address, username, user is not null);
        if (user is not null)
            return await BeginAsync(request, user, cancel);
        await trail.RefusedAsync(username, address, cancel);
        return Refused(new Fault("sign-in-wrong", "The user name or the password is wrong."));
    }

    private async Task<ApiAnswer> FirstAsync(ApiRequest request, CancellationToken cancel)
    {
        if (SessionCookie.IsFromOtherSite(request.Http.Request))
            return Refused(new Fault("session-cross-site", "Sign in on the region's own page."));
        var errors = new FieldErrors();
        var (secret, password) = (Required(request, "secret", errors), Required(request, "password", errors));
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        var address = request.Http.Connection.RemoteIpAddress?.ToString();
        if (guard.WaitFor(address, "") is { Ticks: > 0 } wait)
            return TooMany(wait);
        var outcome = await first.SetPasswordAsync(secret, password, new Actor("first-sign-in", address), cancel);
        if (outcome is Outcome<UserFacts>.Done done)
            return await BeginAsync(request, done.Value, cancel);
        var fault = ((Outcome<UserFacts>.Refused)outcome).Fault;
        if (fault.Code == "password-too-short")
            return ApiAnswer.Invalid(FieldErrors.Of("password", fault.Message));
        guard.Note(address, "", isRight: false);
        await trail.RefusedAsync("", address, cancel);
        return Refused(fault);
    }

    private async Task<ApiAnswer> SignOutAsync(ApiRequest request, CancellationToken cancel)
    {
        if (SessionCookie.TokenOrNull(request.Http.Request) is not null && !SessionCookie.HasProof(request.Http.Request))
            return Refused(new Fault("session-cross-site", $"Send the session's token in the header {SessionCookie.ProofHeader}."));
        await sessions.EndAsync(request.Http.Request, cancel);
        return ApiAnswer.NoContent() with
        {
            Headers = [new("Set-Cookie", SessionCookie.Header(request.Http.Request, "", TimeSpan.Zero))],
        };
    }

    private async Task<ApiAnswer> BeginAsync(ApiRequest request, UserFacts user, CancellationToken cancel)
    {
        var http = request.Http.Request;
        // A browser that signs in again must not leave its former session behind.
        await sessions.EndAsync(http, cancel);
        var value = await sessions.BeginAsync(user.Username, request.Http.Connection.RemoteIpAddress?.ToString(), cancel);
        var proof = SessionCookie.ProofOf(System.Buffers.Text.Base64Url.DecodeFromChars(value));
        var answer = await AnswerAsync(user.Username, user.IsAdmin, proof, cancel);
        return answer with { Headers = answer.Headers.Add(new("Set-Cookie", SessionCookie.Header(http, value, BrowserSessions.Lifetime))) };
    }

    private async Task<ApiAnswer> AnswerAsync(string? username, bool isAdmin, string? proof, CancellationToken cancel)
    {
        var needsFirst = username is null && await first.IsNeededAsync(cancel);
        var name = (await settings.GetAsync(cancel)).MaasName;
        return ApiAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("username", username);
            json.WriteBoolean("is_admin", isAdmin);
            json.WriteString("csrf_token", proof);
            json.WriteBoolean("needs_first_sign_in", needsFirst);
            json.WriteString("region_name", name);
            json.WriteEndObject();
        }) with
        {
            Headers = [new("Cache-Control", "no-store")],
        };
    }

    private static string Required(ApiRequest request, string name, FieldErrors errors)
    {
        var value = request.Fields.LastOrNull(name) ?? "";
        if (value.Length == 0)
            errors.Add(name, FieldErrors.RequiredText);
        return value;
    }

    private static ApiAnswer Refused(Fault fault) =>
        ApiAnswer.Text(fault.Message, StatusCodes.Status403Forbidden) with { Headers = [new("X-Error-Code", fault.Code)] };

    private static ApiAnswer TooMany(TimeSpan wait)
    {
        var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return ApiAnswer.Text($"Too many wrong passwords. Try again in {seconds} s.", StatusCodes.Status429TooManyRequests) with
        {
            Headers = [new("Retry-After", seconds), new("X-Error-Code", "sign-in-too-often")],
        };
    }
}
