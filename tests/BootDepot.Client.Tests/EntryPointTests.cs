using System;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.FakeMaas;
using static BootDepot.FakeMaas.MaasEra;

namespace BootDepot.Client.Tests;

/// <summary>Rows of table B1: connect, login, and what goes wrong there.</summary>
public sealed class EntryPointTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://host/MAAS", "http://host/MAAS/api/2.0/")]
    [InlineData("http://host/MAAS/", "http://host/MAAS/api/2.0/")]
    [InlineData("http://host/MAAS/api/2.0", "http://host/MAAS/api/2.0/")]
    [InlineData("https://host:5443/MAAS/api/2.0/", "https://host:5443/MAAS/api/2.0/")]
    [InlineData("http://host/MAAS/api/1.0/", "http://host/MAAS/api/1.0/")]
    [InlineData("http://host", "http://host/api/2.0/")]
    public void Addresses_are_completed(string given, string completed) => MaasUrl.Complete(given).AbsoluteUri.ShouldBe(completed);

    [Theory]
    [InlineData(V22)]
    [InlineData(V34)]
    [InlineData(V38)]
    public async Task Connect_asks_once_whether_the_key_is_known(MaasEra era)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync(era);
        using var client = await MaasClient.ConnectAsync(maas.Url, FakeMaas.FakeMaas.Key, cancellationToken: Ct);
        maas.Lines.ShouldBe(["GET /MAAS/api/2.0/users/?op=whoami"]);
        client.Url.AbsoluteUri.ShouldBe(maas.Url + "api/2.0/");
    }

    [Fact]
    public async Task Connect_without_a_check_sends_nothing()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var client = await MaasClient.ConnectAsync(
            maas.Url, FakeMaas.FakeMaas.Key, new MaasClientOptions { VerifyCredentials = false }, Ct);
        maas.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_of_other_than_three_parts_is_refused_before_any_request()
    {
        var refused = await Should.ThrowAsync<FormatException>(() => MaasClient.ConnectAsync("http://127.0.0.1:1/MAAS/", "a:sekrit", cancellationToken: Ct));
        refused.Message.ShouldNotContain("sekrit");
    }

    [Fact]
    public async Task A_user_in_the_address_is_refused_by_connect() =>
        await Should.ThrowAsync<ArgumentException>(() => MaasClient.ConnectAsync("http://u:p@127.0.0.1:1/MAAS/", cancellationToken: Ct));

    [Fact]
    public async Task An_unknown_key_is_a_login_failure()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        var refused = await Should.ThrowAsync<MaasLoginException>(() => MaasClient.ConnectAsync(maas.Url, "a:b:c", cancellationToken: Ct));
        refused.Reason.ShouldBe(MaasLoginFailure.CredentialsRejected);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(V22)]
    [InlineData(V34)]
    [InlineData(V38)]
    public async Task Login_takes_user_and_password_and_logout_deletes_the_key(MaasEra era)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync(era);
        using var client = await MaasClient.LoginAsync(maas.Url, "admin", "s3cret", cancellationToken: Ct);
        client.ApiKey!.Reveal().ShouldBe(FakeMaas.FakeMaas.Key);
        maas.Requests.Single(r => r.Path == "/MAAS/accounts/authenticate/").Value("consumer")!.ShouldContain("@");
        await client.LogoutAsync(Ct);
        maas.Tokens.ShouldBeEmpty();
    }

    [Fact]
    public async Task Login_takes_user_and_password_from_the_address()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var client = await MaasClient.LoginAsync(maas.Url.Replace("://", "://admin:s3cret@", StringComparison.Ordinal), cancellationToken: Ct);
        client.Url.UserInfo.ShouldBeEmpty();
        client.Users.WhoAmI(Ct).Username.ShouldBe("admin");
    }

    [Theory]
    [InlineData("http://admin:s3cret@127.0.0.1:1/MAAS/", "admin", "s3cret", MaasLoginFailure.GivenTwice)]
    [InlineData("http://127.0.0.1:1/MAAS/", "admin", null, MaasLoginFailure.UsernameWithoutPassword)]
    [InlineData("http://127.0.0.1:1/MAAS/", null, "s3cret", MaasLoginFailure.PasswordWithoutUsername)]
    public async Task Half_or_twice_given_credentials_are_refused_before_any_request(string url, string? user, string? password, MaasLoginFailure reason) =>
        (await Should.ThrowAsync<MaasLoginException>(() => MaasClient.LoginAsync(url, user, password, cancellationToken: Ct))).Reason.ShouldBe(reason);

    [Fact]
    public async Task A_wrong_password_is_403_and_says_whose()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        var refused = await Should.ThrowAsync<MaasLoginException>(() => MaasClient.LoginAsync(maas.Url, "admin", "wr0ng", cancellationToken: Ct));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        refused.Message.ShouldNotContain("wr0ng");
    }

    [Fact]
    public async Task Login_needs_the_capability()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        maas.Intercept = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync("{\"version\": \"2.0\", \"subversion\": \"\", \"capabilities\": []}"u8.ToArray(), Ct);
            return true;
        };
        (await Should.ThrowAsync<MaasLoginException>(() => MaasClient.LoginAsync(maas.Url, "admin", "s3cret", cancellationToken: Ct)))
            .Reason.ShouldBe(MaasLoginFailure.NotSupported);
    }

    [Fact]
    public async Task What_is_no_MAAS_is_a_remote_error_with_its_status()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        var error = await Should.ThrowAsync<MaasRemoteException>(() => MaasClient.ConnectAsync(maas.Origin + "/other/", FakeMaas.FakeMaas.Key, cancellationToken: Ct));
        error.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Every_blocking_entry_point_works_on_a_thread_that_serves_its_own_context()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        var name = await SingleThread.RunAsync(() =>
        {
            using var login = MaasClient.Login(maas.Url, "admin", "s3cret");
            using var client = MaasClient.Connect(maas.Url, FakeMaas.FakeMaas.Key);
            client.GetDescription().GetProperty("hash").GetString().ShouldNotBeNull();
            client.GetVersion().CanLogIn.ShouldBeTrue();
            return client.Users.WhoAmI().Username;
        });
        name.ShouldBe("admin");
    }
}
