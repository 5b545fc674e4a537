using System;
using System.Net.Http;
using System.Threading.Tasks;

namespace BootDepot.Region.Tests.Auth;

/// <summary>Section 2 of the wire contract against a running server.</summary>
public sealed class OAuthTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private const string WhoAmI = "/MAAS/api/2.0/users/?op=whoami";
    private readonly RegionFixture _region = shared.Region;

    [Fact]
    public async Task A_good_key_tells_who_its_user_is()
    {
        var reply = await _region.AdminAsync("GET", "users/?op=whoami");
        reply.ShouldBeJson(200, """
            {"username": "admin", "email": "", "is_local": true, "is_superuser": true,
             "resource_uri": "/MAAS/api/2.0/users/admin/"}
            """);
        reply.Header("X-MAAS-API-Hash")!.Length.ShouldBe(40);
    }

    [Fact]
    public async Task Without_credentials_the_answer_is_401_Forbidden()
    {
        (await _region.SendAsync("GET", "users/?op=whoami")).ShouldBe(401, "text/plain", "Forbidden");
        (await SendAsync("Basic YTpi")).ShouldBe(401, "text/plain", "Forbidden");
        (await SendAsync("OAuth oauth_token=\"x\"")).ShouldBe(401, "text/plain", "Forbidden");
    }

    [Fact]
    public async Task An_unknown_consumer_is_401_with_a_challenge()
    {
        var reply = await SendAsync(RegionFixture.Sign(_region.AdminKey with { ConsumerKey = "nobody", TokenKey = "x" }));
        reply.ShouldBe(401, "text/html; charset=utf-8", "Authorization Error: Invalid API key.");
        reply.Header("WWW-Authenticate").ShouldBe("OAuth realm=\"OAuth\"");
    }

    [Fact]
    public async Task An_unknown_token_is_named()
    {
        var reply = await SendAsync(RegionFixture.Sign(_region.AdminKey with { TokenKey = "d8FsYcU2jGqXaN5hTe" }));
        reply.ShouldBe(401, "text/html; charset=utf-8", "Authorization Error: 'Invalid access token: d8FsYcU2jGqXaN5hTe'");
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_without_showing_the_right_one()
    {
        var reply = await SendAsync(RegionFixture.Sign(_region.AdminKey, secret: "wrong"));
        reply.ShouldBe(401, "text/html; charset=utf-8", "Authorization Error: 'Invalid signature.'");
    }

    [Fact]
    public async Task A_nonce_works_once()
    {
        var header = RegionFixture.Sign(_region.AdminKey, nonce: "4a38");
        (await SendAsync(header)).Status.ShouldBe(200);
        (await SendAsync(header)).ShouldBe(401, "text/html; charset=utf-8", "Authorization Error: 'Nonce already used: 4a38'");
        (await SendAsync(RegionFixture.Sign(_region.UserKey, nonce: "4a38"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_nonce_with_a_bad_signature_is_not_spent()
    {
        (await SendAsync(RegionFixture.Sign(_region.AdminKey, nonce: "n1", secret: "wrong"))).Status.ShouldBe(401);
        (await SendAsync(RegionFixture.Sign(_region.AdminKey, nonce: "n1"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Old_timestamps_are_refused_and_future_ones_are_not()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var old = await SendAsync(RegionFixture.Sign(_region.AdminKey, timestamp: now - 302));
        old.Status.ShouldBe(401);
        old.Text.ShouldStartWith($"Authorization Error: 'Expired timestamp: given {now - 302} and now ");
        old.Text.ShouldEndWith(" has a greater difference than threshold 300'");
        (await SendAsync(RegionFixture.Sign(_region.AdminKey, timestamp: now - 290))).Status.ShouldBe(200);
        (await SendAsync(RegionFixture.Sign(_region.AdminKey, timestamp: now + 3600))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_timestamp_that_is_no_number_is_a_bad_request()
    {
        var header = RegionFixture.Sign(_region.AdminKey).Replace("oauth_timestamp=\"", "oauth_timestamp=\"x", StringComparison.Ordinal);
        var reply = await SendAsync(header);
        reply.Status.ShouldBe(400);
        reply.Text.ShouldContain("oauth_timestamp");
    }

    [Fact]
    public async Task Other_signature_methods_are_refused()
    {
        var header = RegionFixture.Sign(_region.AdminKey).Replace("PLAINTEXT", "HMAC-SHA1", StringComparison.Ordinal);
        (await SendAsync(header)).ShouldBe(
            401, "text/html; charset=utf-8",
            "Authorization Error: 'Signature method HMAC-SHA1 not supported try one of the following: PLAINTEXT'");
    }

    [Fact]
    public async Task An_unsupported_version_is_refused() =>
        (await SendAsync(RegionFixture.Sign(_region.AdminKey).Replace("\"1.0\"", "\"2.0\"", StringComparison.Ordinal)))
            .Status.ShouldBe(401);

    [Fact]
    public async Task Parameters_may_stand_in_the_query_string()
    {
        var key = _region.AdminKey;
        var reply = await _region.SendAsync(
            "GET",
            $"{WhoAmI}&oauth_consumer_key={key.ConsumerKey}&oauth_token={key.TokenKey}&oauth_signature=%26{key.Secret}"
            + $"&oauth_signature_method=PLAINTEXT&oauth_nonce=q1&oauth_timestamp={DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");
        reply.Status.ShouldBe(200);
    }

    [Fact]
    public async Task Parameters_may_stand_in_a_form()
    {
        var key = _region.AdminKey;
        using var body = new FormUrlEncodedContent(
        [
            new("oauth_consumer_key", key.ConsumerKey), new("oauth_token", key.TokenKey),
            new("oauth_signature", "&" + key.Secret), new("oauth_signature_method", "PLAINTEXT"), new("oauth_nonce", "f1"),
            new("oauth_timestamp", DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)), new("name", "formed"),
        ]);
        var reply = await _region.SendAsync("POST", "account/?op=create_authorisation_token", null, body);
        reply.Json.GetProperty("name").GetString().ShouldBe("formed");
    }

    private async Task<Reply> SendAsync(string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, WhoAmI);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await _region.Http.SendAsync(request);
        return await Reply.ReadAsync(response);
    }
}
