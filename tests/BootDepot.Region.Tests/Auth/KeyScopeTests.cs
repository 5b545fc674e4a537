using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Users;
using BootDepot.Region.Auth;

namespace BootDepot.Region.Tests.Auth;

/// <summary>Keys of limited scope. What each may do is in the authorisation matrix.</summary>
public sealed class KeyScopeTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private readonly RegionFixture _region = shared.Region;

    [Theory]
    [InlineData("read-only")]
    [InlineData("rack")]
    [InlineData("upload")]
    public async Task A_limited_key_is_made_by_the_api(string scope)
    {
        var made = await _region.AdminAsync("POST", "account/?op=create_authorisation_token", Seed.Form(("name", scope), ("scope", scope)));
        made.Status.ShouldBe(200, made.Text);
        var key = new ApiKeyFacts(scope, Text("consumer_key"), Text("token_key"), Text("token_secret"), default);
        (await _region.SendAsync("GET", "boot-resources/", key)).Status.ShouldBe(200);
        (await _region.SendAsync("POST", "boot-resources/?op=import", key)).ShouldBe(403, "text/plain; charset=utf-8", $"This API key is for {scope} only.");

        string Text(string name) => made.Json.GetProperty(name).GetString()!;
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
