using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.FakeMaas;
using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Client.Tests;

/// <summary>Racks, settings, users, keys, raw calls, dependency injection and tracing.</summary>
public sealed class AdministrationTests
{
    public static TheoryData<MaasEra> Eras => BootSourceTests.Eras;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Racks_and_their_images(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var rack = (await maas.Client.Racks.ListAsync(Ct)).Single();
        (rack.SystemId, rack.Hostname, rack.Extra.ContainsKey("zone")).ShouldBe(("abc123", "rack1", true));
        (await maas.Client.Racks.GetAsync("abc123", Ct)).Fqdn.ShouldBe("rack1.maas");
        var images = await SingleThread.RunAsync(() =>
        {
            maas.Client.Racks.ImportBootImages();
            maas.Client.Racks.ImportBootImages("abc123");
            maas.Client.Racks.List().Count.ShouldBe(1);
            maas.Client.Racks.Get("abc123").SystemId.ShouldBe("abc123");
            return maas.Client.Racks.ListBootImages("abc123");
        });
        (images.Connected, images.Status, images.Images.Single().Name).ShouldBe((true, "synced", "ubuntu/noble"));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Settings_are_read_and_changed(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        (await maas.Client.Config.GetTextAsync("http_proxy", Ct)).ShouldBeNull();
        await maas.Client.Config.SetAsync("http_proxy", "http://p:3128/", Ct);
        (await maas.Client.Config.GetTextAsync("http_proxy", Ct)).ShouldBe("http://p:3128/");
        (await SingleThread.RunAsync(() =>
        {
            maas.Client.Config.Set("boot_images_auto_import", false);
            maas.Client.Config.Set("http_proxy", "");
            maas.Client.Config.GetText("http_proxy").ShouldBeNull();
            return maas.Client.Config.Get("boot_images_auto_import").ValueKind;
        })).ShouldBe(JsonValueKind.False);
        (await Should.ThrowAsync<MaasBadRequestException>(() => maas.Client.Config.GetAsync("nonsense", Ct))).FieldErrors.Keys.ShouldBe(["nonsense"]);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Users_and_keys(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        (await maas.Client.Users.WhoAmIAsync(Ct)).ShouldBe(new MaasUser("admin", "admin@example.com", true, true));
        (await maas.Client.Users.ListAsync(Ct)).Count.ShouldBe(1);
        (await maas.Client.Users.CreateAsync("bob", "b@x", "pw", cancellationToken: Ct)).IsSuperuser.ShouldBeFalse();
        (await maas.Client.Users.GetAsync("admin", Ct)).Username.ShouldBe("admin");
        await maas.Client.Users.DeleteAsync("bob", Ct);
        var key = await maas.Client.Account.CreateKeyAsync("ci", Ct);
        key.Name.ShouldBe("ci");
        await maas.Client.Account.RenameKeyAsync(key.Key.TokenKey, "ci2", Ct);
        (await maas.Client.Account.ListKeysAsync(Ct)).ShouldContain(new MaasNamedKey("ci2", key.Key));
        await SingleThread.RunAsync(() =>
        {
            maas.Client.Account.DeleteKey(key.Key.TokenKey);
            maas.Client.Users.List().Count.ShouldBe(1);
            maas.Client.Users.Get("admin").IsLocal.ShouldBeTrue();
            maas.Client.Users.Create("bob", "b@x", "pw");
            maas.Client.Users.Delete("bob");
            maas.Client.Account.RenameKey(maas.Client.Account.CreateKey().Key.TokenKey, "other");
            return maas.Client.Account.ListKeys().Count.ShouldBeOfType<int>();
        });
        await Should.ThrowAsync<MaasNotFoundException>(() => maas.Client.Account.DeleteKeyAsync("nobody", Ct));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Version_and_capabilities(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var version = await maas.Client.GetVersionAsync(Ct);
        version.Version.ShouldNotBeEmpty();
        version.Supports("authenticate-api").ShouldBeTrue();
        maas.Server.Requests.Single().Headers.ContainsKey("Authorization").ShouldBeFalse();
    }

    [Fact]
    public async Task Raw_calls_reach_what_has_no_method()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var call = new MaasCall(HttpMethod.Get, "boot-resources/") { Fields = [MaasField.Text("type", "nonsense")] };
        var answer = await maas.Client.CallAsync(call, Ct);
        ((int)answer.StatusCode, answer.IsSuccess).ShouldBe((400, false));
        answer.Text.ShouldContain("'nonsense' is not a valid boot resource type");
        (await SingleThread.RunAsync(() => maas.Client.Call(call with { Fields = [] }))).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task AddMaasImages_registers_one_client_on_a_named_http_client()
    {
        await using var server = await FakeMaas.FakeMaas.StartAsync();
        var services = new ServiceCollection();
        var seen = 0;
        services.AddMaasImages(server.Url, FakeMaas.FakeMaas.Key).AddHttpMessageHandler(() => new Counting(() => Interlocked.Increment(ref seen)));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<MaasClient>();
        provider.GetRequiredService<MaasClient>().ShouldBeSameAs(client);
        server.Lines.ShouldBeEmpty();
        (await client.BootResources.ListAsync(cancellationToken: Ct)).Count.ShouldBe(1);
        seen.ShouldBe(1);
        Should.Throw<FormatException>(() => new ServiceCollection().AddMaasImages(server.Url, "a:b"));
    }

    [Fact]
    public async Task A_fake_handler_is_enough_for_tests_of_programs()
    {
        using var http = new HttpClient(new Answering("[]"));
        using var client = new MaasClient(new Uri("http://maas.test/MAAS/"), null, new MaasClientOptions { HttpClient = http });
        (await client.BootResources.ListAsync(cancellationToken: Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Requests_are_traced_without_secrets()
    {
        var seen = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == MaasDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = seen.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        await maas.Client.BootResources.StartImportAsync(Ct);
        var mine = seen.Single(a => a.GetTagItem("bootdepot.operation") is "import" && a.GetTagItem("url.path") is "/MAAS/api/2.0/boot-resources/"
            && a.StartTimeUtc > DateTime.UtcNow.AddMinutes(-1) && a.GetTagItem("http.response.status_code") is 200);
        mine.TagObjects.ShouldAllBe(t => !$"{t.Value}".Contains(FakeMaas.FakeMaas.Secret));
    }

    private sealed class Counting(Action count) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            count();
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Answering(string json) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") });
    }
}
