using System;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace BootDepot.Region.Tests.Wire;

/// <summary>
/// What each client sends for each operation, byte for byte, over a socket to a real server process; every answer is checked for status, content
/// type, headers and body.
/// </summary>
[Collection(ReplayTests.Name)]
public sealed class RecordedExchangeTests(ReplayServer server)
{
    private const string Api = ReplayServer.Api;
    private const string Json = ReplayServer.Json;

    [Theory]
    [InlineData(MaasClient.Cli)]
    [InlineData(MaasClient.Libmaas)]
    [InlineData(MaasClient.Gomaasapi)]
    [InlineData(MaasClient.Gomaasclient)]
    public async Task Each_client_logs_in(MaasClient client)
    {
        var version = await SendAsync(client, "GET", "version/", signed: client is not MaasClient.Libmaas);
        Check(version, 200, Json);
        version.Json.GetProperty("capabilities").EnumerateArray().Select(c => c.GetString())
            .ShouldBe(["networks-management", "static-ipaddresses", "ipv6-deployment-ubuntu", "devices-management", "storage-deployment-ubuntu", "network-deployment-ubuntu", "bridging-interface-ubuntu", "bridging-automatic-ubuntu", "authenticate-api"]);
        (version.Json.GetProperty("version").GetString(), version.Json.GetProperty("subversion").GetString()).ShouldBe(("3.6.0", ""));
        var whoami = await SendAsync(client, "GET", "users/", "whoami");
        Check(whoami, 200, Json);
        whoami.Json.GetProperty("username").GetString().ShouldBe("admin");
        var describe = await SendAsync(client, "GET", "describe/", signed: false);
        Check(describe, 200, "application/json", hasHash: false);
        whoami.Header("X-MAAS-API-Hash").ShouldBe(describe.Json.GetProperty("hash").GetString());
    }

    [Theory]
    [InlineData(MaasClient.Cli)]
    [InlineData(MaasClient.Libmaas)]
    [InlineData(MaasClient.Gomaasclient)]
    public async Task Each_client_manages_sources(MaasClient client)
    {
        (string, object)[] fields = client == MaasClient.Gomaasclient
            ? [("keyring_data", ""), ("keyring_filename", "/k.gpg"), ("url", "http://mirror.invalid/streams")]
            : [("url", "http://mirror.invalid/streams"), ("keyring_data", new byte[] { 0x99, 0x01, 0x67, 0x70, 0x67 })];
        var created = await SendAsync(client, "POST", "boot-sources/", null, true, fields);
        Check(created, 201, Json);
        var id = created.Json.GetProperty("id").GetInt32();
        created.Json.GetProperty("keyring_data").GetString().ShouldBe(client == MaasClient.Gomaasclient ? "" : "mQFncGc=");
        var list = await SendAsync(client, "GET", "boot-sources/");
        Check(list, 200, Json);
        list.Json.EnumerateArray().Select(s => s.GetProperty("id").GetInt32()).ShouldBe([1, id]);
        var updated = await SendAsync(client, "PUT", $"boot-sources/{id}/", null, true, ("url", "http://other.invalid/"));
        Check(updated, 200, Json);
        updated.Json.GetProperty("resource_uri").GetString().ShouldBe($"{Api}boot-sources/{id}/");
        Check(await SendAsync(client, "GET", $"boot-sources/{id}/"), 200, Json);
        var deleted = await SendAsync(client, "DELETE", $"boot-sources/{id}/");
        Check(deleted, 204, "text/plain");
        deleted.Body.ShouldBeEmpty();
        var gone = await SendAsync(client, "GET", $"boot-sources/{id}/");
        Check(gone, 404, "text/plain");
        gone.Text.ShouldBe("No BootSource matches the given query.");
    }

    [Theory]
    [InlineData(MaasClient.Cli)]
    [InlineData(MaasClient.Libmaas)]
    [InlineData(MaasClient.Gomaasclient)]
    public async Task Each_client_manages_selections(MaasClient client)
    {
        const string path = "boot-sources/1/selections/";
        var created = await SendAsync(
            client, "POST", path, null, true,
            ("os", "ubuntu"), ("release", "jammy"), ("arches", "amd64"), ("arches", "*"), ("subarches", "*"), ("labels", "*"));
        Check(created, 200, Json);
        created.Json.GetProperty("arches").EnumerateArray().Select(a => a.GetString()).ShouldBe(["amd64", "*"]);
        created.Json.GetProperty("boot_source_id").GetInt32().ShouldBe(1);
        var id = created.Json.GetProperty("id").GetInt32();
        Check(await SendAsync(client, "GET", path), 200, Json);
        var updated = await SendAsync(client, "PUT", $"{path}{id}/", null, true, ("arches", "amd64"));
        Check(updated, 200, Json);
        updated.Json.GetProperty("arches").GetArrayLength().ShouldBe(1);
        Check(await SendAsync(client, "GET", $"{path}{id}/"), 200, Json);
        Check(await SendAsync(client, "DELETE", $"{path}{id}/"), 204, "text/plain");
    }

    [Theory]
    [InlineData(MaasClient.Cli)]
    [InlineData(MaasClient.Libmaas)]
    public async Task Each_uploading_client_uploads_as_in_11_11(MaasClient client)
    {
        var bytes = Seed.Bytes((2 * 4194304) + 838860, 7 + (int)client);
        (string Name, object)[] fields =
        [
            ("name", "custom/rocky9-gold"), ("architecture", "amd64/generic"), ("title", "Rocky 9 gold"), ("filetype", "tgz"),
            ("size", "9227468"), ("sha256", Seed.Sha256(bytes)),
        ];
        // The CLI sorts its fields; libmaas keeps its own order and never sends a base image.
        var sent = client == MaasClient.Cli ? [.. fields.Append(("base_image", "rhel/9")).OrderBy(f => f.Item1, StringComparer.Ordinal)] : fields;
        var created = await SendAsync(client, "POST", "boot-resources/", null, true, sent);
        Check(created, 201, Json);
        var set = created.Json.GetProperty("sets").EnumerateObject().Single().Value;
        var path = set.GetProperty("files").GetProperty("root.tgz").GetProperty("upload_uri").GetString()!;
        path.ShouldStartWith(Api + "boot-resources/");
        foreach (var chunk in bytes.Chunk(4194304))
        {
            var put = await RawWire.SendAsync(server.Url, ClientWire.Chunk(client, path, server.AdminKey, chunk));
            Check(put, 200, "text/plain");
            put.Text.ShouldBe("OK");
        }

        var id = created.Json.GetProperty("id").GetInt32();
        var read = await SendAsync(client, "GET", $"boot-resources/{id}/");
        Check(read, 200, Json);
        read.Text.ShouldContain("\"complete\": true");
        // The same again needs no bytes.
        (await SendAsync(client, "POST", "boot-resources/", null, true, sent)).Text.ShouldContain("\"complete\": true");
        Check(await SendAsync(client, "DELETE", $"boot-resources/{id}/"), 204, "text/plain");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4194303)]
    [InlineData(4194304)]
    [InlineData(4194305)]
    [InlineData(8388608)]
    public async Task The_maas_command_uploads_files_around_the_size_of_a_chunk(int size)
    {
        var bytes = Seed.Bytes(size, 70 + (size % 7));
        var created = await SendAsync(MaasClient.Cli, "POST", "boot-resources/", null, true,
            ("architecture", "amd64/generic"), ("name", FormattableString.Invariant($"custom/size-{size}")),
            ("sha256", Seed.Sha256(bytes)), ("size", FormattableString.Invariant($"{size}")));
        Check(created, 201, Json);
        var file = created.Json.GetProperty("sets").EnumerateObject().Single().Value.GetProperty("files").EnumerateObject().Single().Value;
        foreach (var chunk in bytes.Chunk(4194304))
            Check(await RawWire.SendAsync(server.Url, ClientWire.Chunk(MaasClient.Cli, file.GetProperty("upload_uri").GetString()!, server.AdminKey, chunk)), 200, "text/plain");
        var path = $"boot-resources/{created.Json.GetProperty("id").GetInt32()}/";
        (await SendAsync(MaasClient.Cli, "GET", path)).Text.ShouldContain("\"complete\": true");
        Check(await SendAsync(MaasClient.Cli, "DELETE", path), 204, "text/plain");
    }

    [Fact]
    public async Task The_maas_command_is_refused_a_file_of_no_bytes()
    {
        var refused = await SendAsync(MaasClient.Cli, "POST", "boot-resources/", null, true,
            ("architecture", "amd64/generic"), ("name", "custom/empty"), ("sha256", Seed.Sha256([])), ("size", "0"));
        Check(refused, 400, Json, hasHash: false);
        refused.Json.EnumerateObject().Single().Name.ShouldBe("size");
    }

    [Theory]
    [InlineData(MaasClient.Cli)]
    [InlineData(MaasClient.Libmaas)]
    [InlineData(MaasClient.Gomaasapi)]
    [InlineData(MaasClient.Gomaasclient)]
    public async Task Each_client_lists_images(MaasClient client)
    {
        var list = client == MaasClient.Gomaasclient
            ? await SendAsync(client, "GET", "boot-resources/", null, true, ("Type", ""))
            : await SendAsync(client, "GET", "boot-resources/");
        Check(list, 200, Json);
        var image = list.Json.EnumerateArray().Single(i => i.GetProperty("name").GetString() == "ubuntu/noble");
        foreach (var text in new[] { "resource_uri", "name", "type", "architecture", "subarches" })
            image.GetProperty(text).GetString().ShouldNotBeNullOrEmpty();
        image.GetProperty("id").GetInt32().ShouldBePositive();
    }

    [Theory]
    [InlineData(MaasClient.Cli)]
    [InlineData(MaasClient.Libmaas)]
    [InlineData(MaasClient.Gomaasclient)]
    public async Task Each_client_sets_and_gets_settings(MaasClient client)
    {
        var set = await SendAsync(client, "POST", "maas/", "set_config", true, ("name", "http_proxy"), ("value", "http://proxy.example.com:3128/"));
        Check(set, 200, "text/plain");
        set.Text.ShouldBe("OK");
        var get = await SendAsync(client, "GET", "maas/", "get_config", true, ("name", "http_proxy"));
        Check(get, 200, "application/json");
        get.Text.ShouldBe("\"http://proxy.example.com:3128/\"");
    }

    [Theory]
    [InlineData(MaasClient.Cli)]
    [InlineData(MaasClient.Libmaas)]
    [InlineData(MaasClient.Gomaasclient)]
    public async Task Each_client_manages_its_keys(MaasClient client)
    {
        var created = await SendAsync(client, "POST", "account/", "create_authorisation_token", true, ("name", "ci@build01"));
        Check(created, 200, Json);
        created.Json.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(["consumer_key", "name", "token_key", "token_secret"]);
        var token = created.Json.GetProperty("token_key").GetString()!;
        var renamed = await SendAsync(client, "POST", "account/", "update_token_name", true, ("token", token), ("name", "other"));
        Check(renamed, 202, "text/plain");
        renamed.Text.ShouldBe("Accepted");
        var list = await SendAsync(client, "GET", "account/", "list_authorisation_tokens");
        Check(list, 200, Json);
        list.Json.EnumerateArray().Last().GetProperty("name").GetString().ShouldBe("other");
        list.Json.EnumerateArray().Last().GetProperty("token").GetString()
            .ShouldBe($"{created.Json.GetProperty("consumer_key").GetString()}:{token}:{created.Json.GetProperty("token_secret").GetString()}");
        Check(await SendAsync(client, "POST", "account/", "delete_authorisation_token", true, ("token_key", token)), 204, "text/plain");
    }

    [Fact]
    public async Task The_password_login_of_libmaas()
    {
        await SendAsync(
            MaasClient.Libmaas, "POST", "users/", null, true, ("username", "joe"), ("email", "joe@example.com"), ("password", "joe's password"), ("is_superuser", "0"));
        // POST is computed as ../../accounts/authenticate/ from the API's URL.
        var body = "username=joe&password=joe%27s+password&consumer=joe%40build01";
        var reply = await RawWire.SendAsync(server.Url, Encoding.ASCII.GetBytes(
            $"POST /MAAS/accounts/authenticate/ HTTP/1.1\r\nHost: maas.example.com:5240\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        reply.Status.ShouldBe(200);
        reply.Header("Content-Type").ShouldBe(Json);
        reply.Json.GetProperty("name").GetString().ShouldBe("joe@build01");
        body = body.Replace("joe%27s", "wrong", StringComparison.Ordinal);
        reply = await RawWire.SendAsync(server.Url, Encoding.ASCII.GetBytes(
            $"POST /MAAS/accounts/authenticate/ HTTP/1.1\r\nHost: maas.example.com:5240\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        (reply.Status, reply.Body.Length).ShouldBe((403, 0));
    }

    [Fact]
    public async Task The_single_sign_on_question_is_answered_with_401()
    {
        foreach (var path in new[] { "/MAAS/api/2.0/account/", "/MAAS/api/2.0//account/" })
        {
            var reply = await RawWire.SendAsync(server.Url, Encoding.ASCII.GetBytes(
                $"POST {path}?op=create_authorisation_token HTTP/1.1\r\nHost: x\r\nBakery-Protocol-Version: 3\r\nContent-Length: 0\r\n\r\n"));
            (reply.Status, reply.Header("Content-Type")).ShouldBe((401, "text/plain"));
        }
    }

    [Theory]
    [InlineData(MaasClient.Cli)]
    [InlineData(MaasClient.Libmaas)]
    [InlineData(MaasClient.Gomaasclient)]
    public async Task Each_client_manages_users(MaasClient client)
    {
        var name = "user-" + client.ToString().ToLowerInvariant();
        var created = await SendAsync(
            client, "POST", "users/", null, true, ("email", name + "@example.com"), ("is_superuser", "0"), ("password", "a password"), ("username", name));
        Check(created, 200, Json);
        created.Json.GetProperty("resource_uri").GetString().ShouldBe($"{Api}users/{name}/");
        var list = await SendAsync(client, "GET", "users/");
        Check(list, 200, Json);
        list.Json.EnumerateArray().Select(u => u.GetProperty("username").GetString()).ShouldContain(name);
        Check(await SendAsync(client, "GET", $"users/{name}/"), 200, Json);
        Check(await SendAsync(client, "DELETE", $"users/{name}/"), 204, "text/plain");
        Check(await SendAsync(client, "GET", $"users/{name}/"), 404, "text/plain");
    }

    [Theory]
    [InlineData(MaasClient.Cli)]
    [InlineData(MaasClient.Libmaas)]
    [InlineData(MaasClient.Gomaasclient)]
    public async Task Each_client_lists_racks(MaasClient client)
    {
        var list = await SendAsync(client, "GET", "rackcontrollers/");
        Check(list, 200, Json);
        list.Json.ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Array);
        Check(await SendAsync(client, "GET", "rackcontrollers/abcdef/"), 404, "text/plain");
    }

    private static void Check(RawReply reply, int status, string contentType, bool hasHash = true) =>
        ReplayServer.Check(reply, status, contentType, hasHash);

    private Task<RawReply> SendAsync(
        MaasClient client, string method, string path, string? op = null, bool signed = true, params (string, object)[] fields) =>
        server.SendAsync(client, method, path, op, signed, fields);
}
