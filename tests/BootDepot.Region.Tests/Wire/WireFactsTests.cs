using System;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;
using BootDepot.Region.Uploads;

namespace BootDepot.Region.Tests.Wire;

/// <summary>W1 to W26: the facts that every client depends on, one test each.</summary>
public sealed class WireFactsTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private const string Api = "/MAAS/api/2.0/";
    private static int _next;
    private readonly RegionFixture _region = shared.Region;

    [Fact]
    public async Task W1_base64_parts_are_decoded()
    {
        var url = NewUrl();
        var reply = await SendAsync(MaasClient.Cli, "POST", "boot-sources/", null, ("url", url), ("keyring_filename", "k"));
        reply.Json.GetProperty("url").GetString().ShouldBe(url);
    }

    [Theory]
    [InlineData("\"===============7555441072039238953==\"", "")] // as Python sends it
    [InlineData("\"===============7555441072039238953==\"", "\r\n")]
    [InlineData("===============7555441072039238953==", "")]
    public async Task W2_boundaries_are_quoted_and_the_last_delimiter_has_no_line_break(string boundary, string end)
    {
        var url = NewUrl();
        var delimiter = "--" + boundary.Trim('"');
        var body = $"{delimiter}\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\n{url}\r\n{delimiter}\r\n"
            + $"Content-Disposition: form-data; name=\"keyring_filename\"\r\n\r\nk\r\n{delimiter}--{end}";
        var reply = await RawWire.SendAsync(_region.Host.Url, Encoding.ASCII.GetBytes(
            $"POST {Api}boot-sources/ HTTP/1.1\r\nHost: x\r\n{ClientWire.Authorization(MaasClient.Cli, _region.AdminKey)}\r\n"
            + $"Content-Type: multipart/form-data; boundary={boundary}\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        reply.Status.ShouldBe(201, reply.Text);
        reply.Json.GetProperty("url").GetString().ShouldBe(url);
    }

    [Fact]
    public async Task W3_keyring_data_is_a_file_only_with_a_filename()
    {
        var file = await SendAsync(MaasClient.Libmaas, "POST", "boot-sources/", null, ("url", NewUrl()), ("keyring_data", new byte[] { 1, 2, 3 }));
        file.Json.GetProperty("keyring_data").GetString().ShouldBe("AQID");
        // libmaas sends an empty text field when there is no keyring.
        var text = await SendAsync(MaasClient.Libmaas, "POST", "boot-sources/", null, ("url", NewUrl()), ("keyring_data", ""), ("keyring_filename", "k"));
        text.Json.GetProperty("keyring_data").GetString().ShouldBe("");
    }

    [Theory]
    [InlineData("POST", "boot-resources/", 400)]
    [InlineData("DELETE", "boot-resources/999/", 404)]
    public async Task W4_a_multipart_body_without_parts_is_an_empty_form(string method, string path, int status)
    {
        ClientWire.Multipart().Length.ShouldBe(82);
        (await SendAsync(MaasClient.Libmaas, method, path)).Status.ShouldBe(status);
    }

    [Fact]
    public async Task W5_a_post_without_body_and_type_is_an_empty_form() =>
        (await SendAsync(MaasClient.Cli, "POST", "account/", "create_authorisation_token")).Status.ShouldBe(200);

    [Fact]
    public async Task W6_url_encoded_bodies_and_an_empty_op_are_taken_everywhere()
    {
        var created = await SendAsync(MaasClient.Gomaasclient, "POST", "boot-sources/", null, ("url", NewUrl()), ("keyring_filename", "k"));
        created.Status.ShouldBe(201);
        (await SendAsync(MaasClient.Gomaasclient, "PUT", $"boot-sources/{created.Json.GetProperty("id").GetInt32()}/", null, ("priority", "3"))).Status.ShouldBe(200);
        (await SendAsync(MaasClient.Gomaasclient, "POST", "account/", "create_authorisation_token")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task W7_Type_with_a_capital_is_not_the_filter()
    {
        (await SendAsync(MaasClient.Gomaasclient, "GET", "boot-resources/", null, ("Type", "nonsense"))).Status.ShouldBe(200);
        var bad = await SendAsync(MaasClient.Gomaasclient, "GET", "boot-resources/", null, ("type", "nonsense"));
        (bad.Status, bad.Text).ShouldBe((400, "'nonsense' is not a valid boot resource type. Available types: ['synced', 'uploaded']"));
    }

    [Fact]
    public async Task W8_parameters_of_GET_stand_in_the_query() =>
        (await SendAsync(MaasClient.Cli, "GET", "maas/", "get_config", ("name", "boot_images_auto_import"))).Text.ShouldBe("true");

    [Fact]
    public async Task W9_repeated_keys_make_lists()
    {
        await Seed.SourceAsync(_region, 909000);
        var reply = await SendAsync(MaasClient.Cli, "POST", "boot-sources/909000/selections/", null, ("os", "ubuntu"), ("release", "noble"), ("arches", "amd64"), ("arches", "arm64"));
        reply.Json.GetProperty("arches").GetArrayLength().ShouldBe(2);
    }

    [Theory]
    [InlineData(MaasClient.Cli)]
    [InlineData(MaasClient.Libmaas)]
    [InlineData(MaasClient.Gomaasapi)]
    public async Task W10_plaintext_signatures_work_with_each_realm_and_order(MaasClient client) =>
        (await SendAsync(client, "GET", "users/", "whoami")).Status.ShouldBe(200);

    [Fact]
    public async Task W11_the_timestamp_is_checked_when_the_headers_arrive()
    {
        // The headers come 299 s after signing; the body may take as long as it likes after that. Here it is never sent
        // whole, and the refusal of an old one comes before any of it.
        var old = RegionFixture.Sign(_region.AdminKey, timestamp: DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 400);
        var head = $"PUT {Api}boot-resources/1/upload/1/ HTTP/1.1\r\nHost: x\r\nAuthorization: {old}\r\nContent-Length: 4194304\r\n\r\n";
        (await RawWire.SendAsync(_region.Host.Url, Encoding.ASCII.GetBytes(head))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task W12_describe_has_no_charset() =>
        (await SendAsync(MaasClient.Cli, "GET", "describe/")).Header("Content-Type").ShouldBe("application/json");

    [Fact]
    public async Task W13_204_has_a_content_type()
    {
        await Seed.SourceAsync(_region, 913000);
        var reply = await SendAsync(MaasClient.Cli, "DELETE", "boot-sources/913000/");
        (reply.Status, reply.Header("Content-Type")).ShouldBe((204, "text/plain"));
    }

    [Fact]
    public async Task W14_a_chunk_is_answered_with_200_exactly()
    {
        var bytes = Seed.Bytes(1000, 914);
        var file = FileOf(await UploadAsync("custom/w14", bytes));
        var put = await RawWire.SendAsync(_region.Host.Url, ClientWire.Chunk(MaasClient.Cli, file.GetProperty("upload_uri").GetString()!, _region.AdminKey, bytes));
        (put.Status, put.Text).ShouldBe((200, "OK"));
    }

    [Fact]
    public async Task W15_the_hash_in_the_header_is_that_of_the_description()
    {
        var hash = (await SendAsync(MaasClient.Cli, "GET", "describe/")).Json.GetProperty("hash").GetString();
        foreach (var path in new[] { "boot-resources/", "version/", "boot-sources/", "boot-sources/12345/" })
            (await SendAsync(MaasClient.Cli, "GET", path)).Header("X-MAAS-API-Hash").ShouldBe(hash, path);
    }

    [Fact]
    public async Task W16_actions_that_take_data_document_it_with_param_lines()
    {
        foreach (var (handler, action) in await ActionsAsync())
        {
            var takesData = action.GetProperty("name").GetString() is "create" or "update" or "set_config" or "get_config"
                && handler is not ("BootResourceFileUploadHandler" or "ImportsHandler") // a raw body; and nothing at all
                && !handler.StartsWith("Rack", StringComparison.Ordinal); // documents that racks send
            if (takesData)
                action.GetProperty("doc").GetString()!.ShouldContain(":param ", customMessage: handler);
        }
    }

    [Fact]
    public async Task W17_handlers_have_the_names_and_parameters_of_MAAS()
    {
        var resources = (await SendAsync(MaasClient.Cli, "GET", "describe/")).Json.GetProperty("resources").EnumerateArray()
            .ToDictionary(r => r.GetProperty("name").GetString()!, StringComparer.Ordinal);
        (string Name, string Params, string Actions)[] expected =
        [
            ("AccountHandler", "", "POST create_authorisation_token, POST delete_authorisation_token, GET list_authorisation_tokens, POST update_token_name"),
            ("BootResourcesHandler", "", "GET read, POST create"),
            ("BootResourceHandler", "id", "GET read, DELETE delete"),
            ("BootResourceFileUploadHandler", "resource_id id", "PUT update"),
            ("BootSourcesHandler", "", "GET read, POST create"),
            ("BootSourceHandler", "id", "GET read, PUT update, DELETE delete"),
            ("BootSourceSelectionsHandler", "boot_source_id", "GET read, POST create"),
            ("BootSourceSelectionHandler", "boot_source_id id", "GET read, PUT update, DELETE delete"),
            ("MaasHandler", "", "GET get_config, POST set_config"),
            ("UsersHandler", "", "GET read, POST create, GET whoami"),
            ("UserHandler", "username", "GET read, DELETE delete"),
            ("RackControllersHandler", "", "GET read, POST import_boot_images"),
            ("RackControllerHandler", "system_id", "GET read, POST import_boot_images, GET list_boot_images"),
        ];
        foreach (var (name, @params, actions) in expected)
        {
            var auth = resources[name].GetProperty("auth");
            string.Join(' ', auth.GetProperty("params").EnumerateArray().Select(p => p.GetString())).ShouldBe(@params, name);
            var described = auth.GetProperty("actions").EnumerateArray()
                .Select(a => $"{a.GetProperty("method").GetString()} {a.GetProperty("name").GetString()}").ToList();
            actions.Split(", ").Except(described, StringComparer.Ordinal).ShouldBeEmpty(name);
            auth.GetProperty("uri").GetString().ShouldBe("http://maas.example.com:5240" + auth.GetProperty("path").GetString());
            resources[name].GetProperty("anon").ValueKind.ShouldBe(JsonValueKind.Null);
        }
    }

    [Fact]
    public async Task W18_only_the_version_is_for_anonymous_profiles()
    {
        var resources = (await SendAsync(MaasClient.Cli, "GET", "describe/")).Json.GetProperty("resources").EnumerateArray();
        resources.Where(r => r.GetProperty("anon").ValueKind != JsonValueKind.Null).Select(r => r.GetProperty("name").GetString()!)
            .Where(name => !name.StartsWith("Rack", StringComparison.Ordinal)) // racks come with keys of their own
            .ShouldBe(["VersionHandler"]);
    }

    [Fact]
    public async Task W19_whoami_is_200_for_a_good_key_and_401_for_a_bad_one()
    {
        (await SendAsync(MaasClient.Cli, "GET", "users/", "whoami")).Status.ShouldBe(200);
        var bad = ClientWire.Request(MaasClient.Cli, "GET", Api + "users/", _region.AdminKey with { TokenKey = "x" }, "whoami");
        (await RawWire.SendAsync(_region.Host.Url, bad)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task W20_a_password_is_exchanged_for_a_key()
    {
        const string body = "username=joe&password=joe%27s+password&consumer=joe%40host";
        var request = Encoding.ASCII.GetBytes($"POST /MAAS/accounts/authenticate/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var first = await RawWire.SendAsync(_region.Host.Url, request);
        first.Json.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(["consumer_key", "name", "token_key", "token_secret"]);
        (await RawWire.SendAsync(_region.Host.Url, request)).Text.ShouldBe(first.Text);
        (await SendAsync(MaasClient.Libmaas, "GET", "version/")).Text.ShouldContain("authenticate-api");
    }

    [Fact]
    public async Task W21_dates_have_milliseconds_and_no_suffix()
    {
        await Seed.SourceAsync(_region, 921000);
        var date = (await SendAsync(MaasClient.Libmaas, "GET", "boot-sources/921000/")).Json.GetProperty("created").GetString()!;
        DateTime.TryParseExact(date, "yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture, DateTimeStyles.None, out _).ShouldBeTrue(date);
    }

    [Fact]
    public async Task W22_fields_have_the_types_that_libmaas_checks()
    {
        var created = await UploadAsync("custom/w22", Seed.Bytes(10, 922000));
        var resource = created.Json;
        resource.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Number);
        resource.GetProperty("sets").ValueKind.ShouldBe(JsonValueKind.Object);
        var file = FileOf(created);
        file.GetProperty("size").ValueKind.ShouldBe(JsonValueKind.Number);
        file.GetProperty("complete").ValueKind.ShouldBe(JsonValueKind.False);
        await Seed.SourceAsync(_region, 922000);
        var selection = (await SendAsync(MaasClient.Libmaas, "POST", "boot-sources/922000/selections/", null, ("os", "ubuntu"), ("release", "noble"))).Json;
        foreach (var list in new[] { "arches", "subarches", "labels" })
            selection.GetProperty(list).ValueKind.ShouldBe(JsonValueKind.Array);
        (await SendAsync(MaasClient.Libmaas, "GET", "boot-sources/922000/")).Json.GetProperty("keyring_data").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task W23_a_selection_names_its_source()
    {
        await Seed.SourceAsync(_region, 923000);
        (await SendAsync(MaasClient.Libmaas, "POST", "boot-sources/923000/selections/", null, ("os", "ubuntu"), ("release", "noble")))
            .Json.GetProperty("boot_source_id").GetInt32().ShouldBe(923000);
    }

    [Fact]
    public async Task W24_images_have_no_null_where_gomaasapi_wants_text()
    {
        await Seed.SyncedAsync(_region, "grub-efi-signed/uefi", "amd64/generic", subarches: null);
        foreach (var image in (await SendAsync(MaasClient.Gomaasapi, "GET", "boot-resources/")).Json.EnumerateArray())
        {
            foreach (var name in new[] { "resource_uri", "name", "type", "architecture" })
                image.GetProperty(name).ValueKind.ShouldBe(JsonValueKind.String);
            if (image.TryGetProperty("subarches", out var subarches))
                subarches.ValueKind.ShouldBe(JsonValueKind.String);
            image.TryGetProperty("kflavor", out _).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task W25_a_transient_refusal_says_when_to_try_again()
    {
        var bytes = Seed.Bytes(1000, 925);
        var path = FileOf(await UploadAsync("custom/w25", bytes)).GetProperty("upload_uri").GetString()!;
        var fileId = int.Parse(path.Split('/')[^2], CultureInfo.InvariantCulture);
        var sessions = _region.Get<UploadSessions>();
        RawReply refused;
        await using (await sessions.TakeOrNullAsync(UploadSessions.PartialOf(fileId), bytes.Length, TimeSpan.Zero, default))
            refused = await RawWire.SendAsync(_region.Host.Url, ClientWire.Chunk(MaasClient.Cli, path, _region.AdminKey, bytes));
        (refused.Status, refused.Header("Retry-After"), refused.Header("Content-Type")).ShouldBe((409, "5", "text/plain; charset=utf-8"));
        (await RawWire.SendAsync(_region.Host.Url, ClientWire.Chunk(MaasClient.Cli, path, _region.AdminKey, bytes))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task W26_a_create_answers_with_the_new_set_only()
    {
        var bytes = Seed.Bytes(10, 926);
        var path = FileOf(await UploadAsync("custom/w26", bytes)).GetProperty("upload_uri").GetString()!;
        await RawWire.SendAsync(_region.Host.Url, ClientWire.Chunk(MaasClient.Cli, path, _region.AdminKey, bytes));
        var again = await UploadAsync("custom/w26", Seed.Bytes(10, 927));
        again.Json.GetProperty("sets").EnumerateObject().Count().ShouldBe(1);
        (await _region.Get<IBlobStore>().SizeOrNullAsync(Digest.Parse(Seed.Sha256(bytes)), default)).ShouldBe(10);
    }

    private static string NewUrl() => $"http://wire.example.com/{System.Threading.Interlocked.Increment(ref _next)}/";

    private static JsonElement FileOf(RawReply reply) =>
        reply.Json.GetProperty("sets").EnumerateObject().Single().Value.GetProperty("files").EnumerateObject().Single().Value;

    private Task<RawReply> UploadAsync(string name, byte[] bytes) => SendAsync(
        MaasClient.Cli, "POST", "boot-resources/", null, ("architecture", "amd64/generic"), ("name", name), ("sha256", Seed.Sha256(bytes)),
        ("size", bytes.Length.ToString(CultureInfo.InvariantCulture)));

    private async Task<(string Handler, JsonElement Action)[]> ActionsAsync() =>
        [.. (await SendAsync(MaasClient.Cli, "GET", "describe/")).Json.GetProperty("handlers").EnumerateArray()
            .SelectMany(h => h.GetProperty("actions").EnumerateArray().Select(a => (h.GetProperty("name").GetString()!, a)))];

    private Task<RawReply> SendAsync(MaasClient client, string method, string path, string? op = null, params (string, object)[] fields) =>
        RawWire.SendAsync(_region.Host.Url, ClientWire.Request(client, method, Api + path, _region.AdminKey, op, fields));
}
