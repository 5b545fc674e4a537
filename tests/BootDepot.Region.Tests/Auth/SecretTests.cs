using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Images.Racks;
using BootDepot.Region.Api.Routing;
using BootDepot.Region.Auth;
using BootDepot.Region.Sessions;
using BootDepot.Region.Tests.Imports;
using BootDepot.Testing;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Tests.Auth;

/// <summary>
/// A region in whose life every kind of secret occurs, rightly and wrongly used, with everything logged and traced: none of them is in
/// what it logs, traces, answers with errors, tells those who may only look, or writes into the audit trail.
/// </summary>
public sealed class SecretTests
{
    private readonly ConcurrentQueue<string> _said = new();

    [Fact]
    public async Task No_secret_is_logged_traced_audited_or_told_to_those_who_may_only_look()
    {
        using var folder = new TempFolder();
        using var listener = Listen();
        ActivitySource.AddActivityListener(listener);
        await using var region = await RegionFixture.StartAsync(o => o with
        {
            Imports = ImportFixture.Quick,
            Logging = logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new SecretWatch(_said.Enqueue)).AddProvider(new FailureLog()),
        });
        KnowFiles(region.DataDirectory);
        await SignInAsync(region);
        await UseKeysAsync(region);
        await UseSourcesAsync(region, folder);
        await EnrolRackAsync(region);
        await LookEverywhereAsync(region);
        await region.AdminAsync("DELETE", "boot-sources/1/");
        var events = await region.AdminAsync("GET", "events/?limit=1000");
        Tell("audit trail", events.Text);
        events.Json.GetProperty("count").GetInt32().ShouldBeGreaterThan(10);
        _said.ShouldBeEmpty();
    }

    // What is told is looked at as what is logged.
    private void Tell(string where, string text)
    {
        foreach (var name in SecretWatch.In(text))
            _said.Enqueue($"{name} in {where}: {text}");
    }

    private ActivityListener Listen() => new()
    {
        ShouldListenTo = s => s.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || s.Name.StartsWith("BootDepot", StringComparison.Ordinal) || s.Name == "System.Net.Http",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStopped = a => Tell("trace " + a.OperationName, $"{a.DisplayName} {string.Join(' ', a.TagObjects.Select(t => $"{t.Key}={t.Value}"))} "
            + string.Join(' ', a.Events.SelectMany(e => e.Tags.Select(t => $"{t.Key}={t.Value}")))),
    };

    private static void KnowFiles(string data)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(data, "keys")))
        {
            var bytes = File.ReadAllBytes(file);
            SecretWatch.Know(Path.GetFileName(file), Convert.ToBase64String(bytes));
            SecretWatch.Know(Path.GetFileName(file), Convert.ToHexStringLower(bytes));
            if (bytes.All(b => b is >= 0x20 and < 0x7f or 0x0a))
                SecretWatch.Know(Path.GetFileName(file), Encoding.ASCII.GetString(bytes).Trim());
        }
    }

    private static string Secret(string name)
    {
        var secret = $"Sec{Guid.NewGuid():N}ret";
        SecretWatch.Know(name, secret);
        return secret;
    }

    private async Task SignInAsync(RegionFixture region)
    {
        var (password, next, wrong) = (Secret("password"), Secret("new password"), Secret("wrong password"));
        await region.AdminAsync("POST", "users/", Seed.Form(("username", "sue"), ("email", "sue@example.com"), ("password", password), ("is_superuser", "1")));
        await RefusedAsync(region, "POST", "session/", Seed.Form(("username", "sue"), ("password", wrong)));
        await RefusedAsync(region, "POST", "/MAAS/accounts/authenticate/", Seed.Form(("username", "sue"), ("password", wrong)));
        await RefusedAsync(region, "POST", "session/?op=first", Seed.Form(("secret", wrong), ("password", wrong)));
        await RefusedAsync(region, "POST", "users/", Seed.Form(("username", "sue"), ("email", "no"), ("password", wrong), ("is_superuser", "1")), region.AdminKey);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/MAAS/api/2.0/session/") { Content = Seed.Form(("username", "sue"), ("password", password)) };
        using var response = await region.Http.SendAsync(request);
        response.IsSuccessStatusCode.ShouldBeTrue();
        var cookie = response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        SecretWatch.Know("session", cookie.Split('=')[1]);
        SecretWatch.Know("proof of a session", JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("csrf_token").GetString());
        using var forged = new HttpRequestMessage(HttpMethod.Post, "/MAAS/api/2.0/boot-resources/?op=import");
        forged.Headers.TryAddWithoutValidation("Cookie", cookie);
        forged.Headers.TryAddWithoutValidation(SessionCookie.ProofHeader, wrong);
        Tell("answer to a forged request", (await Reply.ReadAsync(await region.Http.SendAsync(forged))).Text);
        await region.AdminAsync("POST", "users/sue/?op=set_password", Seed.Form(("password", next)));
        var key = await region.SendAsync("POST", "/MAAS/accounts/authenticate/", null, Seed.Form(("username", "sue"), ("password", next)));
        SecretWatch.Know("key of sue", key.Json.GetProperty("token_secret").GetString());
    }

    private async Task UseKeysAsync(RegionFixture region)
    {
        var made = (await region.AdminAsync("POST", "account/?op=create_authorisation_token", Seed.Form(("name", "made")))).Json;
        var key = new ApiKeyFacts("made", Text("consumer_key"), Text("token_key"), Text("token_secret"), default);
        SecretWatch.Know("made key", key.Secret);
        var wrong = Secret("wrong signature");
        await RefusedAsync(region, "GET", "users/", null, key with { Secret = wrong });
        // The signature in the query string and in the form, as some clients send it.
        var stamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var fields = $"oauth_nonce=n1&oauth_timestamp={stamp}&oauth_version=1.0&oauth_signature_method=PLAINTEXT&oauth_consumer_key={key.ConsumerKey}&oauth_token={key.TokenKey}&oauth_signature=%26{key.Secret}";
        (await region.SendAsync("GET", "boot-resources/?" + fields)).Status.ShouldBe(200);
        await RefusedAsync(region, "GET", "no-such/?" + fields, null);
        await RefusedAsync(region, "GET", "boot-resources/?op=nothing&" + fields.Replace("n1", "n2", StringComparison.Ordinal), null);
        await RefusedAsync(region, "GET", "boot-resources/?" + fields, null); // the nonce again
        await RefusedAsync(region, "GET", "boot-resources/?" + fields.Replace("PLAINTEXT", "HMAC-SHA1", StringComparison.Ordinal), null);
        await region.AdminAsync("POST", "account/?op=delete_authorisation_token", Seed.Form(("token_key", key.TokenKey)));
        await RefusedAsync(region, "GET", "users/", null, key);

        string Text(string name) => made.GetProperty(name).GetString()!;
    }

    private async Task UseSourcesAsync(RegionFixture region, TempFolder folder)
    {
        var (url, mirror, proxy, site, other) = (Secret("password of a source"), Secret("password of a mirror"), Secret("password of a proxy"), Secret("password of the site's proxy"), Secret("other password"));
        var pem = folder["client.pem"];
        await File.WriteAllTextAsync(pem, $"-----BEGIN PRIVATE KEY-----\n{Secret("private key")}\n-----END PRIVATE KEY-----\n");
        var source = $"http://ann:{url}@127.0.0.1:9/stream/";
        (await region.AdminAsync("POST", "boot-sources/", Seed.Form(("url", source), ("keyring_filename", "/no/such.gpg")))).Status.ShouldBe(201);
        await RefusedAsync(region, "POST", "boot-sources/", Seed.Form(("url", source), ("keyring_filename", "/x")), region.AdminKey);
        await RefusedAsync(region, "POST", "boot-sources/", Seed.Form(("url", $"gopher://ann:{other}@127.0.0.1/"), ("keyring_filename", "/x")), region.AdminKey);
        await ImportAsync(region);
        (await region.AdminAsync("PUT", "boot-sources/1/", Seed.Form(("url", $"http://ann:{other}@127.0.0.1:9/"), ("skip_keyring_verification", "true")))).Status.ShouldBe(200);
        (await region.AdminAsync("PUT", "source-networks/1/", Seed.Form(("mirrors", $"http://ann:{mirror}@127.0.0.1:9/m/"), ("proxy", $"http://ann:{proxy}@127.0.0.1:9/")))).Status.ShouldBe(200);
        await ImportAsync(region);
        await region.AdminAsync("PUT", "source-networks/1/", Seed.Form(("proxy", "direct"), ("client_certificate_file", pem)));
        await RefusedAsync(region, "PUT", "source-networks/1/", Seed.Form(("proxy", $"ftp://ann:{other}@x/"), ("certificate_authorities", other)), region.AdminKey);
        (await region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", "http_proxy"), ("value", $"http://ann:{site}@127.0.0.1:9/")))).Status.ShouldBe(200);
        await ImportAsync(region);
        Tell("trial", (await region.AdminAsync("POST", "boot-sources/?op=validate", Seed.Form(("url", source), ("keyring_filename", "/no/such.gpg")))).Text);
        (await region.UserAsync("GET", "boot-sources/1/")).Json.GetProperty("url").GetString().ShouldBe("http://***@127.0.0.1:9/");
        (await region.AdminAsync("GET", "boot-sources/1/")).Json.GetProperty("url").GetString().ShouldBe($"http://ann:{other}@127.0.0.1:9/");
    }

    private async Task ImportAsync(RegionFixture region)
    {
        await region.AdminAsync("POST", "boot-resources/?op=import");
        while ((await region.AdminAsync("GET", "boot-resources/?op=is_importing")).Text != "false")
            await Task.Delay(20);
        foreach (var path in new[] { "imports/current/", "imports/", "plan/" })
            Tell(path, (await region.AdminAsync("GET", path)).Text);
    }

    private async Task EnrolRackAsync(RegionFixture region)
    {
        var token = (await region.AdminAsync("POST", "racks/?op=create_token")).Json.GetProperty("token").GetString()!;
        SecretWatch.Know("rack token", token.Split('.')[0]);
        var enrolled = await region.SendAsync("POST", "rack/enrolment/", null, Enrolment(token));
        var key = JsonSerializer.Deserialize(enrolled.Body, RackWire.Default.RackEnrolment)!.Key;
        SecretWatch.Know("rack key", key.Split('.')[1]);
        await RefusedAsync(region, "POST", "rack/enrolment/", Enrolment(token));
        foreach (var path in new[] { "rack/configuration/", "users/", "no-such/", "rack/configuration/?wait=x" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/MAAS/api/2.0/" + path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            Tell(path, (await Reply.ReadAsync(await region.Http.SendAsync(request))).Text);
        }

        static ByteArrayContent Enrolment(string token) => new(JsonSerializer.SerializeToUtf8Bytes(
            new RackEnrolmentRequest { Token = token, Hostname = "rack1" }, RackWire.Default.RackEnrolmentRequest));
    }

    // Everything that may be read, as a user and with an administrator's key that may only look.
    private async Task LookEverywhereAsync(RegionFixture region)
    {
        var looking = ((Outcome<ApiKeyFacts>.Done)await region.Get<ApiKeyAdministration>().CreateAsync(
            "admin", "looking", Catalog.Users.KeyScope.ReadOnly, Catalog.Events.Actor.System, default)).Value;
        var reads = region.Get<ApiRoutes>().All.SelectMany(h => h.Actions.Where(a => a.Method == "GET" && h.Name != "AccountHandler").Select(a =>
            string.Join('/', h.FullPath.Split('/').Select(s => s.StartsWith('{') ? "1" : s)) + (a.Op is null ? "" : "?op=" + a.Op)));
        List<string> paths = [.. reads, "/MAAS/api/2.0/maas/?op=get_config&name=http_proxy", "/metrics", "/readyz", "/MAAS/images-stream/streams/v1/index.json"];
        foreach (var path in paths)
        {
            Tell(path, (await region.SendAsync("GET", path, region.UserKey)).Text);
            Tell(path, (await region.SendAsync("GET", path, looking)).Text);
        }

        paths.Count.ShouldBeGreaterThan(50);
    }

    private async Task RefusedAsync(RegionFixture region, string method, string path, HttpContent? body, ApiKeyFacts? key = null)
    {
        var reply = await region.SendAsync(method, path, key, body);
        reply.Status.ShouldBeInRange(400, 499, path);
        Tell($"the answer {reply.Status} to {method} {path.Split('?')[0]}", reply.Text);
    }
}
