using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Users;
using BootDepot.Images.Racks;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Routing;
using BootDepot.Region.Auth;
using BootDepot.Region.Hosting;
using BootDepot.Region.Sessions;

namespace BootDepot.Region.Tests.Api;

/// <summary>
/// Every endpoint × every kind of caller × every method, and an unknown operation, compared with <see cref="AccessTable"/>, which is written
/// by hand: an endpoint that is not in it fails the test, and so does a change of who may use one.
/// </summary>
public sealed class AuthorisationMatrixTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE"];
    private readonly RegionFixture _region = shared.Region;

    [Fact]
    public void Every_declared_action_and_every_other_place_has_a_line_in_the_table()
    {
        var declared = _region.Get<ApiRoutes>().All.SelectMany(h => h.Actions.Select(a => AccessTable.KeyOf(a.Method, h.FullPath, a.Op))).Order(StringComparer.Ordinal);
        AccessTable.Declared.Keys.Order(StringComparer.Ordinal).ShouldBe(declared);
        _region.Get<RegionPlaces>().All.Select(p => p.Name).Except(["/MAAS/api/2.0/", "/MAAS/api/1.0/"], StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .ShouldBe(AccessTable.Beside.Select(b => b.Place).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_caller_may_do_what_the_table_says_and_nothing_else()
    {
        var callers = await CallersAsync();
        var seen = 0;
        foreach (var handler in _region.Get<ApiRoutes>().All)
        {
            foreach (var caller in callers)
            {
                foreach (var method in Methods)
                {
                    foreach (var op in Ops(handler, method))
                    {
                        var reply = await SendAsync(method, PathOf(handler) + (op is null ? "" : "?op=" + op), caller);
                        Check(handler, method, op, caller, reply);
                        seen++;
                    }
                }
            }
        }

        seen.ShouldBeGreaterThan(3000);
    }

    [Fact]
    public async Task What_is_not_declared_serves_whom_the_table_says()
    {
        var callers = await CallersAsync();
        foreach (var (_, method, path, access) in AccessTable.Beside)
        {
            foreach (var caller in callers)
            {
                var reply = await SendAsync(method, path, caller, headersOnly: true);
                var what = $"{caller.Name}: {method} {path} -> {reply.Status} {reply.Text}";
                reply.Status.ShouldBeLessThan(500, what);
                if (access.IsServed(caller, method))
                    (reply.Status is 401 or 403 or 405).ShouldBe(access.Who == AccessTable.Nobody, what);
                else
                    reply.Status.ShouldBeOneOf([401, 403], what);
            }
        }
    }

    [Fact]
    public async Task A_users_key_reaches_nothing_of_another_user()
    {
        var other = ((Outcome<ApiKeyFacts>.Done)await _region.Get<ApiKeyAdministration>().CreateAsync("admin", "mine", Actor.System, default)).Value;
        var list = await _region.UserAsync("GET", "account/?op=list_authorisation_tokens");
        list.Text.ShouldNotContain(other.TokenKey);
        list.Text.ShouldNotContain(other.Secret);
        await _region.UserAsync("POST", "account/?op=delete_authorisation_token", Seed.Form(("token_key", other.TokenKey)));
        await _region.UserAsync("POST", "account/?op=update_token_name", Seed.Form(("token", other.TokenKey), ("name", "taken")));
        var after = await _region.AdminAsync("GET", "account/?op=list_authorisation_tokens");
        after.Text.ShouldContain(other.TokenKey);
        after.Text.ShouldNotContain("taken");
        (await _region.SendAsync("GET", "users/?op=whoami", other)).Status.ShouldBe(200);
        (await _region.UserAsync("POST", "users/admin/?op=set_password", Seed.Form(("password", "a password of joe's")))).Status.ShouldBe(403);
        (await _region.UserAsync("DELETE", "users/admin/")).Status.ShouldBe(403);
    }

    private static IEnumerable<string?> Ops(ApiHandler handler, string method) =>
        handler.Actions.Where(a => a.Method == method).Select(a => a.Op).Append(null).Append("no-such-op").Distinct(StringComparer.Ordinal);

    private static void Check(ApiHandler handler, string method, string? op, Caller caller, Reply reply)
    {
        var what = $"{caller.Name}: {method} {handler.FullPath} op={op} -> {reply.Status} {reply.Text}";
        reply.ContentType.ShouldNotBeNullOrEmpty(what);
        reply.Status.ShouldBeLessThan(500, what);
        reply.Header("X-Content-Type-Options").ShouldBe("nosniff", what);
        var all = handler.Actions.Select(a => AccessTable.Declared[AccessTable.KeyOf(a.Method, handler.FullPath, a.Op)]).ToList();
        var looks = all.Exists(a => a.Who is not ("anyone" or "rack"));
        var hasMethod = handler.Actions.Any(a => a.Method == method);
        if (looks && caller.IsBad)
            reply.Status.ShouldBe(401, what);
        else if (looks && caller.Kind == CallerKind.Inactive)
            reply.Status.ShouldBe(403, what);
        else if (looks && caller.Kind == CallerKind.Forged && method != "GET")
            reply.Status.ShouldBe(403, what);
        else if (caller.IsStranger && all.TrueForAll(a => a.Who is not ("anyone" or "anyone-unless-bad-key" or "rack")))
            reply.Status.ShouldBe(401, what);
        else if (!hasMethod)
            (reply.Status, reply.Text).ShouldBe((405, ""), what);
        else if (!AccessTable.Declared.TryGetValue(AccessTable.KeyOf(method, handler.FullPath, op), out var access))
            (reply.Status is 400 or 401 or 403).ShouldBeTrue(what);
        else if (access.IsServed(caller, method))
            (reply.Status is 401 or 405 || IsRefusal(handler, reply)).ShouldBeFalse(what);
        else
            CheckRefusal(handler, method, op, access, caller, reply, what);
    }

    private static void CheckRefusal(ApiHandler handler, string method, string? op, Access access, Caller caller, Reply reply, string what)
    {
        var permission = handler.Actions.First(a => a.Method == method && a.Op == op).Permission;
        if (access.Who == "rack" || caller.IsStranger)
            reply.Status.ShouldBe(401, what); // no user's key is a rack's
        else if (access.Who == "admin" && caller.Kind == CallerKind.User)
            (reply.Status, reply.Text).ShouldBe((403, permission.Refusal), what);
        else if (access.Who == "self" && caller is { Kind: CallerKind.User, Scope: ' ' })
            (reply.Status, reply.Text).ShouldBe((403, ApiPermission.Admin.Refusal), what);
        else
            reply.ShouldSatisfyAllConditions(what, r => r.Status.ShouldBe(403), r => r.Text.ShouldStartWith("This API key is for"));
    }

    private static bool IsRefusal(ApiHandler handler, Reply reply) => reply.Status == 403
        && (reply.Text.StartsWith("This API key is for", StringComparison.Ordinal) || handler.Actions.Any(a => a.Permission.Refusal == reply.Text && reply.Text.Length > 0));

    // Objects that do not exist: rights are checked before anything is looked up.
    private static string PathOf(ApiHandler handler) => string.Join('/', handler.FullPath.Split('/').Select(s => s switch
    {
        "{username}" => "nobody",
        "{uuid}" => "master",
        ['{', ..] => "987654",
        _ => s,
    }));

    private async Task<Reply> SendAsync(string method, string path, Caller caller, bool headersOnly = false)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT")
            request.Content = new ByteArrayContent([]);
        if (caller.Key is { } key)
            request.Headers.TryAddWithoutValidation("Authorization", RegionFixture.Sign(key));
        if (caller.Bearer is { } bearer)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (caller.Cookie is { } cookie)
            request.Headers.TryAddWithoutValidation("Cookie", $"{SessionCookie.Name}={cookie}");
        if (path.StartsWith("/MAAS/uploads/", StringComparison.Ordinal))
            request.Headers.TryAddWithoutValidation("Tus-Resumable", "1.0.0");
        using var response = await _region.Http.SendAsync(request, headersOnly ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead);
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            return new Reply((int)response.StatusCode, "text/event-stream", [], response.Headers); // it never ends
        return await Reply.ReadAsync(response);
    }

    private async Task<Caller[]> CallersAsync()
    {
        var users = _region.Get<UserAdministration>();
        var sleeping = "sleeper-" + Guid.NewGuid().ToString("N")[..6];
        await users.CreateAsync(sleeping, "", null, isAdmin: true, Actor.System, CancellationToken.None);
        var sleeper = await KeyAsync(sleeping, KeyScope.All);
        await users.SetActiveAsync(sleeping, isActive: false, Actor.System, CancellationToken.None);
        var revoked = await KeyAsync("admin", KeyScope.All);
        await _region.Get<ApiKeyAdministration>().RevokeAsync("admin", revoked.Text, Actor.System, CancellationToken.None);
        return
        [
            new("anonymous", CallerKind.Stranger), new("wrong secret", CallerKind.BadKey, _region.AdminKey with { Secret = "wrong" }),
            new("another user's secret", CallerKind.BadKey, _region.AdminKey with { Secret = _region.UserKey.Secret }), new("revoked key", CallerKind.BadKey, revoked),
            new("inactive user", CallerKind.Inactive, sleeper), new("user", CallerKind.User, _region.UserKey), new("admin", CallerKind.Admin, _region.AdminKey),
            new("admin's read-only key", CallerKind.Limited, await KeyAsync("admin", KeyScope.ReadOnly), Scope: 'r'),
            new("admin's rack key", CallerKind.Limited, await KeyAsync("admin", KeyScope.Rack), Scope: 'k'),
            new("admin's upload key", CallerKind.Limited, await KeyAsync("admin", KeyScope.Upload), Scope: 'u'),
            new("user's upload key", CallerKind.User, await KeyAsync("joe", KeyScope.Upload), Scope: 'u'),
            new("rack", CallerKind.Rack, Bearer: await EnrolAsync()),
            new("page of another site", CallerKind.Forged, Cookie: await _region.Get<BrowserSessions>().BeginAsync("admin", null, default)),
        ];
    }

    private async Task<ApiKeyFacts> KeyAsync(string user, KeyScope scope) =>
        ((Outcome<ApiKeyFacts>.Done)await _region.Get<ApiKeyAdministration>().CreateAsync(user, null, scope, Actor.System, default)).Value;

    private async Task<string> EnrolAsync()
    {
        var token = (await _region.AdminAsync("POST", "racks/?op=create_token")).Json.GetProperty("token").GetString()!;
        var reply = await _region.SendAsync("POST", "rack/enrolment/", null, new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(
            new RackEnrolmentRequest { Token = token, Hostname = "matrix" }, RackWire.Default.RackEnrolmentRequest)));
        return JsonSerializer.Deserialize(reply.Body, RackWire.Default.RackEnrolment)!.Key;
    }
}
