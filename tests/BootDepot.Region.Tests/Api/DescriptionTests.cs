using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Routing;
using YamlDotNet.RepresentationModel;

namespace BootDepot.Region.Tests.Api;

/// <summary>Section 7 of the wire contract, the OpenAPI document, and the rules of section 1.1.</summary>
public sealed class DescriptionTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private readonly RegionFixture _region = shared.Region;

    [Fact]
    public async Task The_description_has_the_host_that_the_client_used()
    {
        var path = await UriAsync(("Host", "maas.example.com:5240"));
        path.ShouldStartWith("http://maas.example.com:5240/MAAS/api/2.0/");
        (await UriAsync(("X-Forwarded-Host", "front.example.com"), ("X-Forwarded-Proto", "https"))).ShouldStartWith("https://front.example.com/MAAS/");
        (await UriAsync(("X-Forwarded-Host", "a\"b"))).ShouldStartWith("http://a\"b/");
    }

    [Fact]
    public async Task The_hash_does_not_depend_on_the_host()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/MAAS/api/2.0/describe/");
        request.Headers.Host = "elsewhere";
        using var response = await _region.Http.SendAsync(request);
        (await Reply.ReadAsync(response)).Json.GetProperty("hash").GetString()
            .ShouldBe((await _region.SendAsync("GET", "describe/")).Json.GetProperty("hash").GetString());
    }

    [Theory]
    [InlineData("x/describe/", 200)]
    [InlineData("a/b/version/", 200)]
    [InlineData("describe", 200)]
    [InlineData("boot-resources", 200)]
    [InlineData("boot-resources/op-is_nothing", 400)]
    [InlineData("users/op-whoami", 200)]
    [InlineData("boot-resources/?format=json", 200)]
    public async Task Paths_are_taken_generously(string path, int status) => (await _region.AdminAsync("GET", path)).Status.ShouldBe(status);

    [Fact]
    public async Task Unknown_paths_methods_and_operations_have_their_own_answers()
    {
        foreach (var key in new[] { null, _region.AdminKey })
        {
            (await _region.SendAsync("GET", "nothing/here/", key)).ShouldBe(404, "text/plain; charset=utf-8", "Unknown API endpoint: /MAAS/api/2.0/nothing/here/.");
            (await _region.SendAsync("POST", "nothing/", key)).Status.ShouldBe(404);
        }

        (await _region.AdminAsync("GET", "boot-sources/?op=foo")).ShouldBe(400, "text/plain; charset=utf-8", "Unrecognised signature: method=GET op=foo");
        (await _region.AdminAsync("GET", "account/")).ShouldBe(400, "text/plain; charset=utf-8", "Unrecognised signature: method=GET op=None");
        (await _region.AdminAsync("GET", "boot-resources/?format=xml")).ShouldBe(400, "text/plain; charset=utf-8", "Invalid output format specified 'xml'.");
        (await _region.AdminAsync("DELETE", "boot-sources/")).ShouldBe(405, "text/plain", "");
        (await _region.SendAsync("GET", "/MAAS/api/version/")).ShouldBe(200, "text/plain", "2.0");
        (await _region.SendAsync("GET", "/elsewhere")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Op_may_stand_in_the_form()
    {
        var reply = await _region.AdminAsync("POST", "account/", Seed.Form(("op", "create_authorisation_token"), ("name", "n")));
        reply.Json.GetProperty("name").GetString().ShouldBe("n");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413() =>
        (await _region.AdminAsync("POST", "boot-sources/", Seed.Form(("url", new string('x', 2_000_000))))).Status.ShouldBe(413);

    [Fact]
    public async Task The_OpenAPI_document_has_every_endpoint_and_a_shape_for_every_answer()
    {
        var reply = await _region.SendAsync("GET", "openapi.yaml");
        (reply.Status, reply.ContentType).ShouldBe((200, "application/openapi+yaml"));
        var yaml = new YamlStream();
        yaml.Load(new System.IO.StringReader(reply.Text));
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        ((YamlScalarNode)root["openapi"]).Value!.ShouldStartWith("3.1");
        var paths = (YamlMappingNode)root["paths"];
        var operations = 0;
        foreach (var handler in _region.Get<ApiRoutes>().All.Where(h => h.Version == ApiVersion.Two))
        {
            foreach (var action in handler.Actions)
            {
                var operation = (YamlMappingNode)paths[handler.FullPath + (action.Op is null ? "" : "op-" + action.Op)][action.Method.ToLowerInvariant()];
                var good = operation["responses"][action.Result.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)];
                if (action.Result.Shape is not null)
                    ((YamlMappingNode)good["content"])[action.Result.ContentType]["schema"].ShouldNotBeNull();
                operations++;
            }
        }

        operations.ShouldBeGreaterThan(30);
    }

    private async Task<string> UriAsync(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/MAAS/api/2.0/describe/");
        request.Headers.Host = "maas.example.com:5240";
        foreach (var (name, value) in headers.Where(h => h.Name != "Host"))
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _region.Http.SendAsync(request);
        return (await Reply.ReadAsync(response)).Json.GetProperty("handlers")[0].GetProperty("uri").GetString()!;
    }
}
