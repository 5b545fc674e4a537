using System.Linq;
using System.Threading.Tasks;
using BootDepot.FakeMaas;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>Table A12: what the manual of 1.7 says, mistakes included, works or names the modern form.</summary>
public sealed class OldSpellingTests
{
    [Fact]
    public async Task A_1_0_address_of_a_server_without_it_becomes_2_0()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = new Cli();
        var login = await cli.RunAsync("login", "p", maas.Origin + "/MAAS/api/1.0", FakeMaas.FakeMaas.Key);
        login.Code.ShouldBe(0, login.Error);
        maas.Lines[0].ShouldBe("GET /MAAS/api/1.0/nodegroups/?op=list");
        (await cli.RunAsync("list")).Out.ShouldBe($"p {maas.Url}api/2.0/ {FakeMaas.FakeMaas.Key}\n");
    }

    [Fact]
    public async Task A_stray_blank_after_the_at_sign_exits_1_with_a_hint()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var result = await cli.RunAsync("admin", "boot-sources", "create", "url=http://x/", "keyring_filename=", "keyring_data@=./", "file");
        result.Code.ShouldBe(1);
        result.Error.ShouldStartWith("'file' is not a name=value or name@=filename pair\n");
        result.Error.ShouldContain("keyring_data@=./file");
    }

    [Fact]
    public async Task A_source_is_given_another_address_no_keyring_file_and_a_keyring_in_one_command()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        cli.WriteFile("file", [0x99, 1]);
        (await cli.RunAsync("admin", "boot-source", "update", "1", "url=http://y/", "keyring_filename=", "keyring_data@=./file")).Code.ShouldBe(0);
        var request = maas.Requests.Single();
        request.Line.ShouldBe("PUT /MAAS/api/2.0/boot-sources/1/");
        (request.Value("url"), request.Value("keyring_filename")).ShouldBe(("http://y/", ""));
        request.Form.Single(p => p.Name == "keyring_data").Bytes.ShouldBe([0x99, 1]);
    }

    [Fact]
    public async Task The_singular_selection_create_is_the_plural_one()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        (await cli.RunAsync("admin", "boot-source-selection", "create", "1", "os=ubuntu", "release=noble", "arches=*", "subarches=*", "labels=*")).Code.ShouldBe(0);
        maas.Lines.ShouldBe(["POST /MAAS/api/2.0/boot-sources/1/selections/"]);
    }

    [Fact]
    public async Task A_selection_without_a_source_uses_the_only_one_or_asks()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        string[] command = ["admin", "boot-source-selections", "create", "os=ubuntu", "release=noble"];
        var result = await cli.RunAsync(command);
        result.Code.ShouldBe(0);
        result.Error.ShouldContain("Using boot source 1");
        maas.Requests.Last().Value("os").ShouldBe("ubuntu");
        await cli.RunAsync("admin", "boot-sources", "create", "url=http://x/", "keyring_filename=/k");
        var ambiguous = await cli.RunAsync(command);
        ambiguous.Code.ShouldBe(2);
        ambiguous.Error.ShouldContain("number of a boot source");
    }

    [Fact]
    public async Task Clusters_are_racks()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync(MaasEra.V34);
        using var cli = await Cli.LoggedInAsync(maas);
        var list = await cli.RunAsync("admin", "node-groups", "list");
        list.Code.ShouldBe(0);
        list.Out.ShouldContain("\"uuid\": \"abc123\"");
        list.Out.ShouldContain("\"cluster_name\": \"rack1\"");
        (await cli.RunAsync("admin", "node-groups", "import-boot-images")).Out.ShouldBe("Import of boot images started on all cluster controllers");
        (await cli.RunAsync("admin", "node-group", "import-boot-images", "abc123")).Out.ShouldContain("abc123");
        var images = await cli.RunAsync("admin", "boot-images", "read", "abc123");
        images.Out.ShouldContain("\"osystem\": \"ubuntu\"");
        images.Out.ShouldContain("\"subarchitecture\": \"ga-24.04\"");
        (await cli.RunAsync("admin", "boot-images", "read", "nobody")).Code.ShouldBe(2);
    }
}
