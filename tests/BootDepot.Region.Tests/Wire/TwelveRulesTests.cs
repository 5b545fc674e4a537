using System;
using System.Linq;
using System.Threading.Tasks;

namespace BootDepot.Region.Tests.Wire;

/// <summary>The twelve rules that break clients when missed (wire contract, section 0.3), one test each.</summary>
public sealed class TwelveRulesTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private const string Api = "/MAAS/api/2.0/";
    private readonly RegionFixture _region = shared.Region;

    [Fact]
    public async Task Rule_1_describe_has_the_content_type_application_json_exactly() =>
        (await CliAsync("GET", "describe/")).Header("Content-Type").ShouldBe("application/json");

    [Fact]
    public async Task Rule_2_every_answer_has_a_content_type_204_included()
    {
        var created = await CliAsync("POST", "boot-sources/", ("url", "http://rule2/"), ("keyring_filename", "k"));
        (await CliAsync("DELETE", $"boot-sources/{created.Json.GetProperty("id").GetInt32()}/")).Header("Content-Type").ShouldBe("text/plain");
        (await CliAsync("PATCH", "boot-sources/")).Header("Content-Type").ShouldBe("text/plain");
        (await CliAsync("GET", "nothing/")).Header("Content-Type").ShouldBe("text/plain; charset=utf-8");
    }

    [Fact]
    public async Task Rule_3_parts_of_multipart_bodies_are_base64_wrapped_at_76_columns()
    {
        var sha = new string('a', 64);
        var reply = await CliAsync("POST", "boot-resources/", ("architecture", "amd64/generic"), ("name", "custom/rule3"), ("sha256", sha), ("size", "5"));
        reply.Status.ShouldBe(201, reply.Text);
        reply.Text.ShouldContain(sha);
    }

    [Fact]
    public async Task Rule_4_a_multipart_body_with_one_empty_part_is_an_empty_form()
    {
        var post = await SendAsync(MaasClient.Libmaas, "POST", "account/", "create_authorisation_token");
        post.Json.GetProperty("name").GetString().ShouldBe("MAAS consumer");
        (await SendAsync(MaasClient.Libmaas, "DELETE", "boot-sources/99/")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Rule_5_an_empty_op_is_no_op() =>
        (await SendAsync(MaasClient.Gomaasclient, "POST", "boot-sources/", null, ("url", "http://rule5/"), ("keyring_filename", "k")))
            .Status.ShouldBe(201);

    [Theory]
    [InlineData("Type", "")]
    [InlineData("Type", "uploaded")]
    [InlineData("Type", "nonsense")]
    public async Task Rule_6_keys_are_case_sensitive_so_Type_is_ignored(string key, string value)
    {
        await using var region = await RegionFixture.StartAsync();
        await Seed.SyncedAsync(region);
        var reply = await RawWire.SendAsync(region.Host.Url, ClientWire.Request(MaasClient.Gomaasclient, "GET", Api + "boot-resources/", region.AdminKey, null, (key, value)));
        (reply.Status, reply.Json.GetArrayLength()).ShouldBe((200, 1));
    }

    [Fact]
    public async Task Rule_7_runs_of_slashes_are_one() => (await CliAsync("GET", "/users/?op=whoami")).Status.ShouldBe(200);

    [Fact]
    public async Task Rule_8_upload_uri_is_an_absolute_path()
    {
        var reply = await CliAsync("POST", "boot-resources/", ("architecture", "amd64/generic"), ("name", "custom/rule8"), ("sha256", new string('b', 64)), ("size", "5"));
        var file = reply.Json.GetProperty("sets").EnumerateObject().Single().Value.GetProperty("files").GetProperty("root.tgz");
        file.GetProperty("upload_uri").GetString()!.ShouldStartWith("/MAAS/api/2.0/boot-resources/");
    }

    [Fact]
    public async Task Rule_9_dates_have_a_fraction_and_no_zone()
    {
        var reply = await CliAsync("POST", "boot-sources/", ("url", "http://rule9/"), ("keyring_filename", "k"));
        foreach (var date in new[] { "created", "updated" })
            reply.Json.GetProperty(date).GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$");
    }

    [Fact]
    public async Task Rule_10_the_new_set_has_the_greatest_version_and_one_file()
    {
        var last = "";
        for (var i = 0; i < 12; i++)
        {
            var reply = await CliAsync("POST", "boot-resources/", ("architecture", "amd64/generic"), ("name", "custom/rule10"), ("sha256", Seed.Sha256([(byte)i])), ("size", "1"));
            var newest = reply.Json.GetProperty("sets").EnumerateObject().MaxBy(s => s.Name, StringComparer.Ordinal);
            newest.Value.GetProperty("files").EnumerateObject().Single().Value.GetProperty("sha256").GetString().ShouldBe(Seed.Sha256([(byte)i]));
            last = newest.Name;
        }

        last.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Rule_11_every_action_with_parameters_documents_them_after_the_first_blank_line()
    {
        var describe = (await CliAsync("GET", "describe/")).Json;
        var actions = describe.GetProperty("resources").EnumerateArray()
            .Single(r => r.GetProperty("name").GetString() == "BootResourcesHandler").GetProperty("auth").GetProperty("actions");
        var doc = actions.EnumerateArray().Single(a => a.GetProperty("name").GetString() == "create").GetProperty("doc").GetString()!;
        var blank = doc.IndexOf("\n\n", StringComparison.Ordinal);
        doc[blank..].ShouldContain(":param name: Required. ");
        doc[..blank].ShouldNotContain(":param");
    }

    [Fact]
    public async Task Rule_12_a_bad_key_is_401_everywhere_but_on_describe_and_version()
    {
        var bad = _region.AdminKey with { Secret = "wrong" };
        foreach (var path in new[] { "boot-resources/", "boot-sources/", "users/?op=whoami", "account/?op=list_authorisation_tokens", "maas/?op=get_config&name=http_proxy" })
            (await RawWire.SendAsync(_region.Host.Url, ClientWire.Request(MaasClient.Cli, "GET", Api + path, bad))).Status.ShouldBe(401, path);
        foreach (var path in new[] { "describe/", "version/", "openapi.yaml" })
            (await RawWire.SendAsync(_region.Host.Url, ClientWire.Request(MaasClient.Cli, "GET", Api + path, bad))).Status.ShouldBe(200, path);
        (await RawWire.SendAsync(_region.Host.Url, ClientWire.Request(MaasClient.Cli, "GET", "/MAAS/api/1.0/nodegroups/", bad, "list"))).Status.ShouldBe(401);
        (await RawWire.SendAsync(_region.Host.Url, ClientWire.Request(MaasClient.Cli, "GET", "/MAAS/api/1.0/nodegroups/", null, "list"))).Status.ShouldBe(200);
    }

    private Task<RawReply> CliAsync(string method, string path, params (string, object)[] fields) =>
        SendAsync(MaasClient.Cli, method, path, null, fields);

    private Task<RawReply> SendAsync(MaasClient client, string method, string path, string? op = null, params (string, object)[] fields) =>
        RawWire.SendAsync(_region.Host.Url, ClientWire.Request(client, method, Api + path, _region.AdminKey, op, fields));
}
