using System;
using System.Collections.Immutable;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Auth;
using BootDepot.Region.Sessions;

namespace BootDepot.Region.Api.Users;

/// <summary><c>users/</c> and <c>users/{username}/</c>.</summary>
internal sealed class UserEndpoints(UserAdministration users, SignInGuard guard) : IApiEndpoints
{
    private static readonly ApiShape Shape = ApiShape.Named(
        "User",
        ("username", ApiShape.PlainText),
        ("email", ApiShape.PlainText),
        ("is_local", ApiShape.Bool),
        ("is_superuser", ApiShape.Bool),
        ("resource_uri", ApiShape.PlainText));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "UsersHandler", "users/", "Manage the users of this region.",
        [
            new("read", "GET", null, "List users", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(Shape)), ListAsync),
            new("create", "POST", null, "Add a user", ApiPermission.Admin, ApiResult.Json(Shape), CreateAsync)
            {
                Parameters =
                [
                    ApiParameter.Required("username", "string", "Sign-in name."),
                    ApiParameter.Required("email", "string", "Mail address."),
                    ApiParameter.Required("password", "string", "Password."),
                    ApiParameter.Required("is_superuser", "boolean", "Whether the user is an administrator (1 or 0)."),
                ],
            },
            new("whoami", "GET", "whoami", "Who the key belongs to", ApiPermission.User, ApiResult.Json(Shape), WhoAmIAsync),
        ]),
        new(ApiVersion.Two, "UserHandler", "users/{username}/", "Manage one user.",
        [
            new("read", "GET", null, "Show a user", ApiPermission.User, ApiResult.Json(Shape), ReadAsync),
            new("delete", "DELETE", null, "Remove a user", ApiPermission.Admin, ApiResult.Nothing, DeleteAsync),
            new("set_password", "POST", "set_password", "Set a user's password", ApiPermission.User, ApiResult.Nothing, SetPasswordAsync)
            {
                Text = "Administrators set anybody's; others their own, with the present one. The user's browsers are signed out.",
                Parameters =
                [
                    ApiParameter.Required("password", "string", "The new password."),
                    ApiParameter.Optional("current", "string", "The present password; for the own one."),
                ],
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var all = await users.ListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var user in all)
                Write(json, user);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> SetPasswordAsync(ApiRequest request, CancellationToken cancel)
    {
        var (name, own) = (request.PathText("username"), request.Identity.Username);
        if (name != own && !request.Identity.IsAdmin)
            return ApiAnswer.Text(ApiPermission.Admin.Refusal, 403);
        if (request.Fields.LastOrNull("password") is not { Length: > 0 } password)
            return ApiAnswer.Invalid(FieldErrors.Of("password", FieldErrors.RequiredText));
        if (FirstSignIn.PasswordFault(password) is { } weak)
            return ApiAnswer.Invalid(FieldErrors.Of("password", weak.Message));
        // Who finds a browser signed in must not be able to take the account over.
        var current = request.Fields.LastOrNull("current") ?? "";
        var address = request.Http.Connection.RemoteIpAddress?.ToString();
        if (name == own && (guard.WaitFor(address, own) > TimeSpan.Zero || await users.SignInOrNullAsync(own, current, cancel) is null))
        {
            guard.Note(address, own, isRight: false);
            return ApiAnswer.Invalid(FieldErrors.Of("current", "The present password is wrong."));
        }

        return await users.SetPasswordAsync(name, password, request.Actor, cancel) is Outcome<UserFacts>.Done
            ? ApiAnswer.NoContent()
            : ApiAnswer.NotFound("User");
    }

    private async Task<ApiAnswer> WhoAmIAsync(ApiRequest request, CancellationToken cancel) =>
        await users.FindOrNullAsync(request.Identity.Username, cancel) is { } user ? Show(user) : ApiAnswer.NotFound("User");

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel) =>
        await users.FindOrNullAsync(request.PathText("username"), cancel) is { } user ? Show(user) : ApiAnswer.NotFound("User");

    private async Task<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancel)
    {
        foreach (var name in new[] { "username", "email", "password", "is_superuser" })
        {
            if (string.IsNullOrEmpty(request.Fields.LastOrNull(name)))
                return ApiAnswer.BadRequest($"No provided {name}!");
        }

        var isAdmin = request.Fields.LastOrNull("is_superuser") is "1" or "true" or "True";
        var outcome = await users.CreateAsync(
            request.Fields.LastOrNull("username")!, request.Fields.LastOrNull("email")!, request.Fields.LastOrNull("password"),
            isAdmin, request.Actor, cancel);
        return outcome switch
        {
            Outcome<UserFacts>.Done done => Show(done.Value),
            Outcome<UserFacts>.Refused refused => ApiAnswer.Invalid(FieldErrors.Of("username", refused.Fault.Message)),
            _ => throw new InvalidOperationException(),
        };
    }

    private async Task<ApiAnswer> DeleteAsync(ApiRequest request, CancellationToken cancel)
    {
        var outcome = await users.DeleteAsync(request.PathText("username"), request.Actor, cancel);
        return outcome switch
        {
            Outcome<UserFacts>.Done => ApiAnswer.NoContent(),
            Outcome<UserFacts>.Refused { Fault.Code: "user-unknown" } => ApiAnswer.NotFound("User"),
            Outcome<UserFacts>.Refused refused => ApiAnswer.BadRequest(refused.Fault.Message),
            _ => throw new InvalidOperationException(),
        };
    }

    private static ApiAnswer Show(UserFacts user) => ApiAnswer.Json(json => Write(json, user));

    private static void Write(Utf8JsonWriter json, UserFacts user)
    {
        json.WriteStartObject();
        json.WriteString("username", user.Username);
        json.WriteString("email", user.Email);
        json.WriteBoolean("is_local", true);
        json.WriteBoolean("is_superuser", user.IsAdmin);
        json.WriteString("resource_uri", $"/MAAS/api/2.0/users/{Uri.EscapeDataString(user.Username)}/");
        json.WriteEndObject();
    }
}
