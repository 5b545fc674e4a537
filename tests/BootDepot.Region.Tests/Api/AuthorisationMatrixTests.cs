using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Routing;
using BootDepot.Region.Auth;

namespace BootDepot.Region.Tests.Api;

/// <summary>Every endpoint × every kind of caller × every method, and an unknown operation.</summary>
public sealed class AuthorisationMatrixTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE"];
    private readonly RegionFixture _region = shared.Region;

    [Fact]
    public async Task Each_caller_may_do_what_the_declaration_says_and_nothing_else()
    {
        var callers = await CallersAsync();
        var seen = 0;
        foreach (var handler in _region.Get<ApiRoutes>().All)
        {
            foreach (var (caller, key) in callers)
            {
                foreach (var method in Methods)
                {
                    foreach (var op in Ops(handler, method))
                    {
                        var reply = await SendAsync(handler, method, op, key);
                        Check(handler, method, op, caller, reply);
                        seen++;
                    }
                }
            }
        }

        seen.ShouldBeGreaterThan(1000);
    }

    private static IEnumerable<string?> Ops(ApiHandler handler, string method) =>
        handler.Actions.Where(a => a.Method == method).Select(a => a.Op).Append(null).Append("no-such-op").Distinct(StringComparer.Ordinal);

    private static void Check(ApiHandler handler, string method, string? op, string caller, Reply reply)
    {
        var what = $"{caller}: {method} {handler.FullPath} op={op} -> {reply.Status} {reply.Text}";
        reply.ContentType.ShouldNotBeNullOrEmpty(what);
        reply.Status.ShouldBeLessThan(500, what);
        var open = handler.Actions.All(a => !a.Permission.LooksAtCredentials);
        var action = handler.Actions.FirstOrDefault(a => a.Method == method && a.Op == op);
        var hasMethod = handler.Actions.Any(a => a.Method == method);
        if (!open && caller is "bad key" or "revoked key")
            reply.Status.ShouldBe(401, what);
        else if (!open && caller == "inactive user")
            reply.Status.ShouldBe(403, what);
        else if (!open && caller == "anonymous" && handler.Actions.All(a => a.Permission.NeedsKey))
            reply.Status.ShouldBe(401, what);
        else if (!hasMethod)
            (reply.Status, reply.Text).ShouldBe((405, ""), what);
        else if (action is null)
            (reply.Status is 400 or 401 or 403).ShouldBeTrue(what);
        else if (caller == "anonymous" && action.Permission.NeedsKey)
            reply.Status.ShouldBe(401, what);
        else if (caller == "user" && action.Permission.NeedsAdmin)
            (reply.Status, reply.Text).ShouldBe((403, action.Permission.Refusal), what);
        else if (action.Permission == ApiPermission.Rack)
            reply.Status.ShouldBe(401, what); // no user's key is a rack's
        else
            (reply.Status is 401 or 405).ShouldBeFalse(what);
    }

    private Task<Reply> SendAsync(ApiHandler handler, string method, string? op, ApiKeyFacts? key)
    {
        // Objects that do not exist: rights are checked before anything is looked up.
        var path = handler.FullPath.Replace("{id}", "987654", StringComparison.Ordinal)
            .Replace("{resource_id}", "987654", StringComparison.Ordinal)
            .Replace("{boot_source_id}", "987654", StringComparison.Ordinal)
            .Replace("{username}", "nobody", StringComparison.Ordinal)
            .Replace("{system_id}", "abc", StringComparison.Ordinal)
            .Replace("{uuid}", "master", StringComparison.Ordinal);
        return _region.SendAsync(method, path + (op is null ? "" : "?op=" + op), key, method is "POST" or "PUT" ? new ByteArrayContent([]) : null);
    }

    private async Task<(string, ApiKeyFacts?)[]> CallersAsync()
    {
        var users = _region.Get<UserAdministration>();
        var keys = _region.Get<ApiKeyAdministration>();
        await users.CreateAsync("sleeper", "", null, isAdmin: true, Actor.System, CancellationToken.None);
        var sleeper = ((Outcome<ApiKeyFacts>.Done)await keys.CreateAsync("sleeper", null, Actor.System, CancellationToken.None)).Value;
        await users.SetActiveAsync("sleeper", isActive: false, Actor.System, CancellationToken.None);
        var revoked = ((Outcome<ApiKeyFacts>.Done)await keys.CreateAsync("admin", null, Actor.System, CancellationToken.None)).Value;
        await keys.RevokeAsync("admin", revoked.Text, Actor.System, CancellationToken.None);
        return
        [
            ("anonymous", null), ("bad key", _region.AdminKey with { Secret = "wrong" }), ("revoked key", revoked),
            ("inactive user", sleeper), ("user", _region.UserKey), ("admin", _region.AdminKey),
        ];
    }
}
