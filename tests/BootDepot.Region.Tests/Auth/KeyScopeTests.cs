using System;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Users;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Routing;
using BootDepot.Region.Auth;

namespace BootDepot.Region.Tests.Auth;

/// <summary>Keys of limited scope: every endpoint × every scope.</summary>
public sealed class KeyScopeTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private readonly RegionFixture _region = shared.Region;

    [Theory]
    [InlineData("read-only")]
    [InlineData("rack")]
    [InlineData("upload")]
    public async Task A_limited_key_changes_nothing_but_what_it_is_for(string scope)
    {
        var made = await _region.AdminAsync("POST", "account/?op=create_authorisation_token", Seed.Form(("name", scope), ("scope", scope)));
        made.Status.ShouldBe(200, made.Text);
        var key = ((Outcome<ApiKeyFacts>.Done)await _region.Get<ApiKeyAdministration>().CreateAsync(
            "admin", scope, KeyScopes.FindOrNull(scope)!.Value, Actor.System, default)).Value;
        var allowed = 0;
        foreach (var handler in _region.Get<ApiRoutes>().All)
        {
            foreach (var action in handler.Actions.Where(a => a.Permission.NeedsKey && a.Permission != ApiPermission.Rack))
            {
                var path = string.Join('/', handler.FullPath.Split('/').Select(s => s.StartsWith('{') ? "987654" : s));
                var reply = await _region.SendAsync(action.Method, action.Op is null ? path : $"{path}?op={action.Op}", key);
                var isForbidden = reply.Status == 403 && reply.Text.StartsWith("This API key is for", StringComparison.Ordinal);
                var mayLook = action.Method is "GET" or "HEAD" && handler.Name != "AccountHandler";
                var mayUpload = scope == "upload" && (handler.Name == "BootResourceFileUploadHandler"
                    || (handler.Name == "BootResourcesHandler" && action.Name is "create" or "create_whole"));
                if (action.Method != "HEAD")
                    isForbidden.ShouldBe(!mayLook && !mayUpload, $"{scope}: {action.Method} {handler.FullPath} op={action.Op} -> {reply.Status} {reply.Text}");
                allowed += isForbidden ? 0 : 1;
            }
        }

        allowed.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task A_persons_key_is_never_a_limited_one_and_unknown_scopes_are_refused()
    {
        var keys = _region.Get<ApiKeyAdministration>();
        await keys.CreateAsync("joe", "only", KeyScope.ReadOnly, Actor.System, default);
        var found = ((Outcome<ApiKeyFacts>.Done)await keys.FindOrCreateAsync("joe", "only", Actor.System, default)).Value;
        (await _region.SendAsync("GET", "account/?op=list_authorisation_tokens", found)).Status.ShouldBe(200);
        (await _region.AdminAsync("POST", "account/?op=create_authorisation_token", Seed.Form(("scope", "god")))).Status.ShouldBe(400);
    }
}
