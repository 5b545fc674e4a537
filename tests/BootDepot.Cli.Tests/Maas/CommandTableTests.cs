using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>Tables A7 and A11 against a real region, through a relay that remembers what was answered.</summary>
public sealed class CommandTableTests(RunningRegion region) : IClassFixture<RunningRegion>
{
    private const int Chunk = 4 * 1024 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_1_and_2_every_command_sends_its_request_prints_the_answer_byte_for_byte_and_exits_by_its_status()
    {
        await using var relay = await RecordingRelay.StartAsync(new Uri(region.Url));
        await using var mirror = await FakeMirror.StartAsync();
        using var tree = new SignedTree();
        tree.AddUbuntu(mirror, size: 10_000);
        tree.Publish(mirror);
        using var cli = new Cli();
        (await cli.RunAsync("login", "p", relay.Url + "/MAAS/", region.Key)).Code.ShouldBe(0);
        cli.WriteFile("keyring.gpg", tree.Keyring);
        cli.WriteFile("image.tar.gz", Templates.Content("tgz"));

        async Task<JsonElement> RowAsync(string command, string request, int status)
        {
            relay.Exchanges.Clear();
            var result = await cli.RunAsync(["p", .. command.Split(' ')]);
            var exchange = relay.Exchanges.ShouldHaveSingleItem(command);
            exchange.Request.ShouldBe(request.Replace(" ", " /MAAS/api/2.0/", StringComparison.Ordinal));
            exchange.Status.ShouldBe(status, $"{command}: {result.Out}");
            result.ShouldBe(new CliResult(status < 300 ? 0 : 2, Encoding.UTF8.GetString(exchange.Body), ""), command);
            return exchange.Body.Length > 0 && exchange.Body[0] is (byte)'{' or (byte)'['
                ? JsonDocument.Parse(exchange.Body).RootElement
                : default;
        }

        var source = (await RowAsync($"boot-sources create url={mirror.Url} keyring_data@=keyring.gpg", "POST boot-sources/", 201)).GetProperty("id");
        await RowAsync("boot-sources create", "POST boot-sources/", 400);
        await RowAsync("boot-sources read", "GET boot-sources/", 200);
        await RowAsync($"boot-source read {source}", $"GET boot-sources/{source}/", 200);
        await RowAsync($"boot-source update {source} name=vendor", $"PUT boot-sources/{source}/", 200);
        await RowAsync("boot-source read 99", "GET boot-sources/99/", 404);
        // What a new source offers is read in the background.
        await People.RunningSite.UntilAsync(async () => (await cli.RunAsync("p", "offers", "read")).Out.Contains("noble", StringComparison.Ordinal));
        var selections = $"boot-sources/{source}/selections/";
        var selection = (await RowAsync(
            $"boot-source-selections create {source} os=ubuntu release=noble arches=amd64 subarches=* labels=*", $"POST {selections}", 200)).GetProperty("id");
        await RowAsync($"boot-source-selections create {source} os=ubuntu release=nonesuch", $"POST {selections}", 400);
        await RowAsync($"boot-source-selections read {source}", $"GET {selections}", 200);
        await RowAsync($"boot-source-selection read {source} {selection}", $"GET {selections}{selection}/", 200);
        await RowAsync($"boot-source-selection update {source} {selection} arches=*", $"PUT {selections}{selection}/", 200);

        await RowAsync("boot-resources import", "POST boot-resources/?op=import", 200);
        await RowAsync("boot-resources is-importing", "GET boot-resources/?op=is_importing", 200);
        await People.RunningSite.UntilAsync(async () => (await cli.RunAsync("p", "boot-resources", "is-importing")).Out == "false");
        await RowAsync("boot-resources stop-import", "POST boot-resources/?op=stop_import", 200);
        var images = await RowAsync("boot-resources read", "GET boot-resources/", 200);
        images.EnumerateArray().ShouldContain(i => i.GetProperty("name").GetString() == "ubuntu/noble");
        await RowAsync("boot-resources read type=synced", "GET boot-resources/?type=synced", 200);
        await RowAsync("boot-resources read type=nonsense", "GET boot-resources/?type=nonsense", 400);
        var image = images[0].GetProperty("id");
        await RowAsync($"boot-resource read {image}", $"GET boot-resources/{image}/", 200);
        await RowAsync($"boot-resource delete {image}", $"DELETE boot-resources/{image}/", 204);
        await RowAsync($"boot-resource read {image}", $"GET boot-resources/{image}/", 404);
        await RowAsync($"boot-source-selection delete {source} {selection}", $"DELETE {selections}{selection}/", 204);
        await RowAsync($"boot-source delete {source}", $"DELETE boot-sources/{source}/", 204);

        // The one command that prints nothing whatever is answered.
        relay.Exchanges.Clear();
        (await cli.RunAsync("p", "boot-resources", "create", "name=custom/row", "architecture=amd64/generic", "content@=image.tar.gz"))
            .ShouldBe(new CliResult(0, "", ""));
        relay.Exchanges.Where(e => !e.Request.StartsWith("GET ", StringComparison.Ordinal)).Select(e => (e.Request.Split(' ')[0], e.Status))
            .ShouldBe([("POST", 201), ("PUT", 200)]);

        await RowAsync("maas get-config name=default_osystem", "GET maas/?op=get_config&name=default_osystem", 200);
        await RowAsync("maas set-config name=http_proxy value=", "POST maas/?op=set_config", 200);
        await RowAsync("version read", "GET version/", 200);
        await RowAsync("users whoami", "GET users/?op=whoami", 200);
        await RowAsync("account create-authorisation-token", "POST account/?op=create_authorisation_token", 200);
        await RowAsync("account list-authorisation-tokens", "GET account/?op=list_authorisation_tokens", 200);
        await RowAsync("events query limit=2", "GET events/?op=query&limit=2", 200);
        await RowAsync("rack-controllers read", "GET rackcontrollers/", 200);
        await RowAsync("rack-controller read nobody", "GET rackcontrollers/nobody/", 404);
    }

    [Fact]
    public async Task Line_1_a_file_of_no_bytes_is_refused_at_once()
    {
        region.Cli.WriteFile("empty", []);
        var result = await region.Cli.RunAsync("admin", "boot-resources", "create", "name=custom/empty", "architecture=amd64/generic", "content@=empty");
        result.Code.ShouldBe(2);
        result.Out.ShouldContain("size");
        (await region.Cli.RunAsync("admin", "boot-resources", "read")).Out.ShouldNotContain("custom/empty");
    }

    [Fact]
    public async Task Line_9_an_upload_whose_connection_is_lost_at_half_sends_only_the_rest_when_repeated()
    {
        await using var relay = await RecordingRelay.StartAsync(new Uri(region.Url));
        using var cli = new Cli();
        (await cli.RunAsync("login", "p", relay.Url + "/MAAS/", region.Key)).Code.ShouldBe(0);
        File.WriteAllBytes(Path.Combine(cli.Home, "half"), RandomNumberGenerator.GetBytes((4 * Chunk) + 7));
        string[] command = ["p", "boot-resources", "create", "name=custom/half", "architecture=amd64/generic", "content@=half"];
        using var stop = new CancellationTokenSource();
        cli.Interrupted = stop.Token;
        relay.Cuts = request =>
        {
            if (request.Method != "PUT" || relay.BytesPut < 2 * Chunk)
                return false;
            stop.Cancel();
            return true;
        };
        (await cli.RunAsync(command)).Code.ShouldBe(1);
        relay.BytesPut.ShouldBe(2 * Chunk);

        relay.Cuts = _ => false;
        cli.Interrupted = Ct;
        (await cli.RunAsync(command)).ShouldBe(new CliResult(0, "", ""));
        relay.BytesPut.ShouldBe((4 * Chunk) + 7);
        relay.Exchanges.Count(e => e.Request.StartsWith("POST ", StringComparison.Ordinal)).ShouldBe(1);
        (await cli.RunAsync("p", "boot-resources", "read", "--format", "csv")).Out.ShouldContain("custom/half");
    }
}
