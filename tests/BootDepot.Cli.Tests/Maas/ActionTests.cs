using System;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.FakeMaas;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>Tables A4, A7, A8 and A11: each command's request, its standard output when piped and its exit code.</summary>
public sealed class ActionTests
{
    [Theory]
    [InlineData("boot-sources read", "GET boot-sources/")]
    [InlineData("boot-sources create url=http://x/ keyring_filename=/k.gpg", "POST boot-sources/")]
    [InlineData("boot-source read 1", "GET boot-sources/1/")]
    [InlineData("boot-source update 1 url=http://y/", "PUT boot-sources/1/")]
    [InlineData("boot-source delete 1", "DELETE boot-sources/1/")]
    [InlineData("boot-source-selections read 1", "GET boot-sources/1/selections/")]
    [InlineData("boot-source-selections create 1 os=ubuntu release=noble arches=amd64", "POST boot-sources/1/selections/")]
    [InlineData("boot-source-selection read 1 7", "GET boot-sources/1/selections/7/")]
    [InlineData("boot-source-selection update 1 7 arches=arm64", "PUT boot-sources/1/selections/7/")]
    [InlineData("boot-source-selection delete 1 7", "DELETE boot-sources/1/selections/7/")]
    [InlineData("boot-resources read", "GET boot-resources/")]
    [InlineData("boot-resources read type=synced", "GET boot-resources/?type=synced")]
    [InlineData("boot-resources import", "POST boot-resources/?op=import")]
    [InlineData("boot-resources stop-import", "POST boot-resources/?op=stop_import")]
    [InlineData("boot-resources is-importing", "GET boot-resources/?op=is_importing")]
    [InlineData("boot-resource read 5", "GET boot-resources/5/")]
    [InlineData("boot-resource delete 5", "DELETE boot-resources/5/")]
    [InlineData("maas get-config name=http_proxy", "GET maas/?op=get_config&name=http_proxy")]
    [InlineData("maas set-config name=http_proxy value=http://p:3128", "POST maas/?op=set_config")]
    [InlineData("rack-controllers read", "GET rackcontrollers/")]
    [InlineData("rack-controller read abc123", "GET rackcontrollers/abc123/")]
    [InlineData("rack-controllers import-boot-images", "POST rackcontrollers/?op=import_boot_images")]
    [InlineData("rack-controller import-boot-images abc123", "POST rackcontrollers/abc123/?op=import_boot_images")]
    [InlineData("rack-controller list-boot-images abc123", "GET rackcontrollers/abc123/?op=list_boot_images")]
    [InlineData("version read", "GET version/")]
    [InlineData("users whoami", "GET users/?op=whoami")]
    [InlineData("account create-authorisation-token", "POST account/?op=create_authorisation_token")]
    [InlineData("account list-authorisation-tokens", "GET account/?op=list_authorisation_tokens")]
    public async Task Line_2_every_command_sends_its_request_and_prints_the_body_byte_for_byte(string command, string request)
    {
        foreach (var era in new[] { MaasEra.V22, MaasEra.V34, MaasEra.V38, MaasEra.BootDepot })
        {
            await using var maas = await FakeMaas.FakeMaas.StartAsync(era);
            using var cli = await Cli.LoggedInAsync(maas);
            var result = await cli.RunAsync(["admin", .. command.Split(' ')]);
            maas.Lines.ShouldBe([request.Replace(" ", " /MAAS/api/2.0/", StringComparison.Ordinal)]);
            result.ShouldBe(new CliResult(0, maas.LastBody, ""), $"{era}");
        }
    }

    [Fact]
    public async Task W5_without_fields_no_body_and_no_content_type_is_sent()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        await cli.RunAsync("admin", "boot-resources", "import");
        var request = maas.Requests.Single();
        request.Headers["Content-Length"].ShouldBe("0");
        request.Headers.ContainsKey("Content-Type").ShouldBeFalse();
    }

    [Fact]
    public async Task W9_repeated_words_are_repeated_fields_and_commas_part_lists()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        await cli.RunAsync("admin", "boot-source-selections", "create", "1", "os=ubuntu", "release=noble",
            "arches=amd64", "arches=i386", "subarches=ga-24.04,hwe-24.04", "labels=*");
        var request = maas.Requests.Single();
        request.Values("arches").ShouldBe(["amd64", "i386"]);
        request.Values("subarches").ShouldBe(["ga-24.04", "hwe-24.04"]);
        request.Values("labels").ShouldBe(["*"]);
    }

    [Fact]
    public async Task W10_the_signature_is_OAuth_PLAINTEXT_with_an_empty_consumer_secret()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        await cli.RunAsync("admin", "boot-resources", "read");
        var header = maas.Requests.Single().Headers["Authorization"];
        header.ShouldStartWith("OAuth ");
        header.ShouldContain($"oauth_signature=\"%26{FakeMaas.FakeMaas.Secret}\"");
        header.ShouldContain("oauth_signature_method=\"PLAINTEXT\"");
        header.ShouldContain("oauth_version=\"1.0\"");
    }

    [Theory]
    [InlineData("email=a@=b", "email", "a@=b")]
    [InlineData("url=", "url", "")]
    [InlineData("url= x ", "url", " x ")]
    [InlineData("url={\"a\": [1]}", "url", "{\"a\": [1]}")]
    public async Task Values_are_never_interpreted(string word, string name, string value)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        await cli.RunAsync("admin", "boot-sources", "create", word);
        maas.Requests.Single().Value(name).ShouldBe(value);
    }

    [Fact]
    public async Task A_keyring_from_a_file_is_sent_as_a_file_part_and_comes_back_in_base64()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var keyring = new byte[] { 0x99, 1, 0xa7, 0x70 };
        cli.WriteFile("my.gpg", keyring);
        var created = await cli.RunAsync("admin", "boot-sources", "create", "url=http://x/", "keyring_filename=", "keyring_data@=./my.gpg");
        created.Code.ShouldBe(0);
        created.Out.ShouldContain(Convert.ToBase64String(keyring));
        var part = maas.Requests.Single().Form.Single(p => p.Name == "keyring_data");
        part.IsFile.ShouldBeTrue();
        part.Bytes.ShouldBe(keyring);
    }

    [Fact]
    public async Task A_keyring_in_base64_as_text_is_sent_as_a_file_too()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        (await cli.RunAsync("admin", "boot-sources", "create", "url=http://x/", "keyring_data=mQFncGc=")).Code.ShouldBe(0);
        maas.Requests.Single().Form.Single(p => p.Name == "keyring_data").IsFile.ShouldBeTrue();
    }

    [Fact]
    public async Task On_a_terminal_success_is_said_before_the_body()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        cli.OutIsTerminal = true;
        (await cli.RunAsync("admin", "boot-resources", "is-importing"))
            .ShouldBe(new CliResult(0, "Success.\nMachine-readable output follows:\nfalse\n", ""));
    }

    [Fact]
    public async Task Line_5_delete_prints_nothing_when_piped_and_two_lines_and_a_blank_on_a_terminal()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        (await cli.RunAsync("admin", "boot-source-selection", "delete", "1", "7")).ShouldBe(new CliResult(0, "", ""));
        cli.OutIsTerminal = true;
        (await cli.RunAsync("admin", "boot-source", "delete", "1"))
            .ShouldBe(new CliResult(0, "Success.\nMachine-readable output follows:\n\n", ""));
    }

    [Fact]
    public async Task A_failure_prints_its_body_on_standard_output_and_exits_2()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        (await cli.RunAsync("admin", "boot-source", "read", "99"))
            .ShouldBe(new CliResult(2, "No BootSource matches the given query.", ""));
        cli.OutIsTerminal = true;
        (await cli.RunAsync("admin", "boot-source", "read", "99"))
            .ShouldBe(new CliResult(2, "No BootSource matches the given query.\n", ""));
        var fields = await cli.RunAsync("admin", "boot-sources", "create");
        fields.Code.ShouldBe(2);
        fields.Out.ShouldContain("\"This field is required.\"");
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "Request failed with code 502: Bad Gateway\n")]
    public async Task An_empty_failure_is_named_on_a_terminal_only(bool terminal, string shown)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        cli.OutIsTerminal = terminal;
        maas.Intercept = context =>
        {
            context.Response.StatusCode = 502;
            return Task.FromResult(true);
        };
        (await cli.RunAsync("admin", "boot-resources", "import")).ShouldBe(new CliResult(2, shown, ""));
    }

    [Fact]
    public async Task A_binary_body_is_passed_on_alone()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        cli.OutIsTerminal = true;
        maas.Intercept = async context =>
        {
            context.Response.ContentType = "application/octet-stream";
            await context.Response.Body.WriteAsync("raw"u8.ToArray());
            return true;
        };
        (await cli.RunAsync("admin", "boot-resources", "read")).ShouldBe(new CliResult(0, "raw", ""));
    }

    [Fact]
    public async Task Debug_shows_status_and_sorted_headers_on_the_error_stream()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var result = await cli.RunAsync("admin", "boot-resources", "is-importing", "-d");
        result.Out.ShouldBe("false");
        result.Error.ShouldStartWith("200 OK\n\n");
        var headers = result.Error.Split('\n')[2..^2];
        headers.ShouldContain(h => h.EndsWith(" Content-Type: application/json; charset=utf-8"));
        headers.ShouldContain(h => h.StartsWith("X-Maas-Api-Hash: "));
        headers.Select(h => h.IndexOf(':', StringComparison.Ordinal)).Distinct().ShouldHaveSingleItem();
        headers.Select(h => h.TrimStart()).ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
        result.Error.ShouldEndWith("\n\n");
    }

    [Fact]
    public async Task W15_another_API_hash_prints_a_box_of_five_lines_and_changes_nothing_else()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        maas.ApiHash = "other";
        var result = await cli.RunAsync("admin", "boot-resources", "is-importing");
        (result.Code, result.Out).ShouldBe((0, "false"));
        var lines = result.Error.TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(5);
        lines.ShouldAllBe(l => l.StartsWith("***") && l.Length <= 70);
    }

    [Fact]
    public async Task Options_may_stand_anywhere()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        (await cli.RunAsync("admin", "boot-source", "update", "1", "-k", "url=http://x/", "--ins", "name=n")).Code.ShouldBe(0);
        maas.Requests.Single().Form.Select(p => p.Name).ShouldBe(["url", "name"]);
    }

    [Theory]
    [InlineData("table", "id  type    name          architecture    ")]
    [InlineData("csv", "id,type,name,architecture,")]
    [InlineData("yaml", "- id: 5\n  type: Synced\n  name: ubuntu/noble\n")]
    [InlineData("json", "[\n    {\n        \"id\": 5,")]
    public async Task Formats_change_the_output_when_asked_for(string format, string start)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var result = await cli.RunAsync("admin", "boot-resources", "read", "--format", format);
        result.Code.ShouldBe(0);
        result.Out.ShouldStartWith(start);
    }

    [Fact]
    public async Task Import_with_wait_ends_when_the_import_does()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        maas.ImportAnswers = 1;
        (await cli.RunAsync("admin", "boot-resources", "import", "--wait")).ShouldBe(new CliResult(0, "Import of boot resources started", ""));
        maas.IsImporting.ShouldBeFalse();
        maas.ImportAnswers = int.MaxValue;
        var late = await cli.RunAsync("admin", "boot-resources", "import", "--wait", "--timeout", "0.5");
        late.Code.ShouldBe(2);
        late.Error.ShouldContain("still runs");
    }
}
