using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Cli.Tests.Maas;

namespace BootDepot.Cli.Tests.People;

/// <summary>The commands for people: images, status, sources, select, upload, apply.</summary>
public sealed class PeopleTests(RunningRegion region) : IClassFixture<RunningRegion>
{
    [Fact]
    public async Task Images_are_listed_as_a_table_or_as_JSON_with_their_racks()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas, "bootdepot", "lab");
        var table = await cli.RunAsync("images");
        table.Code.ShouldBe(0, table.Error);
        table.Out.ShouldStartWith("ID  IMAGE         ARCHITECTURE");
        using var json = JsonDocument.Parse((await cli.RunAsync("images", "--json")).Out);
        json.RootElement[0].GetProperty("name").GetString().ShouldBe("ubuntu/noble");
        json.RootElement[0].GetProperty("racks")[0].GetProperty("state").GetString().ShouldBe("synced");
    }

    [Fact]
    public async Task Status_says_what_runs_and_what_is_not_ready()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas, "bootdepot", "lab");
        maas.IsImporting = true;
        maas.Resources[0].Sets[0].Files[0].Complete = false;
        var status = await cli.RunAsync("status");
        status.Code.ShouldBe(0, status.Error);
        status.Out.ShouldBe("An import runs.\n1 images, 1 not ready.\n  ubuntu/noble amd64/ga-24.04: importing, 100 %\n1 of 1 racks synced.\n  rack1: synced\n");
    }

    [Fact]
    public async Task Sources_are_added_and_releases_selected_twice_without_a_second_change()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas, "bootdepot", "lab");
        cli.WriteFile("my.gpg", [1]);
        var added = await cli.RunAsync("sources", "add", "http://mirror/stream", "--keyring", "my.gpg", "--name", "mine");
        added.Code.ShouldBe(0, added.Error);
        (await cli.RunAsync("sources")).Out.Split('\n').ShouldContain(l => l.Contains("http://mirror/stream ") && l.Contains(" stored "));
        string[] select = ["select", "ubuntu/noble", "--arch", "amd64,arm64", "--source", "1"];
        (await cli.RunAsync(select)).Out.ShouldStartWith("Changed: ubuntu/noble (amd64, arm64)");
        (await cli.RunAsync(select)).Out.ShouldStartWith("Unchanged");
        var ambiguous = await cli.RunAsync("select", "ubuntu/jammy");
        ambiguous.Code.ShouldBe(2);
        ambiguous.Error.ShouldContain("[source-ambiguous]");
    }

    [Fact]
    public async Task Upload_finds_out_type_and_name_and_says_where_the_image_is()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas, "bootdepot", "lab");
        cli.WriteFile("Rocky 9.tar.gz", Templates.Content("tgz"));
        var unknown = await cli.RunAsync("upload", "Rocky 9.tar.gz");
        unknown.Code.ShouldBe(2);
        unknown.Error.ShouldContain("[architecture-unknown]");
        var uploaded = await cli.RunAsync("upload", "Rocky 9.tar.gz", "--arch", "amd64", "--title", "Rocky");
        uploaded.Code.ShouldBe(0, uploaded.Error);
        uploaded.Out.ShouldBe("custom/rocky-9 amd64/generic 20260203: ready; on 0 of 1 racks.\n");
        maas.Requests.Single(r => r.Method == "POST").Value("filetype").ShouldBe("tgz");
    }

    [Fact]
    public async Task Apply_changes_what_differs_and_nothing_the_second_time()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas, "bootdepot", "lab");
        cli.WriteFile("images.yaml", """
            sources:
              - url: http://mirror/stream/
                server_keyring: /k.gpg
                selections:
                  - image: ubuntu/jammy
                    arches: [amd64, arm64]
                  - image: ubuntu/noble
            """u8.ToArray());
        var plan = await cli.RunAsync("apply", "-f", "images.yaml", "--dry-run");
        plan.Code.ShouldBe(0, plan.Error);
        maas.Requests.ShouldAllBe(r => r.Method == "GET");
        var first = await cli.RunAsync("apply", "-f", "images.yaml");
        first.Out.ShouldBe(plan.Out);
        first.Out.ShouldBe("+ source http://mirror/stream/\n+ selection ubuntu/jammy (amd64, arm64) of http://mirror/stream/\n+ selection ubuntu/noble (*) of http://mirror/stream/\n");
        (await cli.RunAsync("apply", "-f", "images.yaml")).Out.ShouldBe("Nothing to change.\n");
        maas.Sources.Count.ShouldBe(2);
        (await cli.RunAsync("apply", "-f", "images.yaml", "--prune")).Out.ShouldStartWith("- source http://images.example.com/");
        maas.Sources.Count.ShouldBe(1);
        cli.WriteFile("bad.yaml", "sources:\n  - nonsense: 1\n"u8.ToArray());
        var bad = await cli.RunAsync("apply", "-f", "bad.yaml");
        bad.Code.ShouldBe(2);
        bad.Error.ShouldContain("line 2");
    }

    [Fact]
    public async Task Apply_keeps_versions_and_uploads_images_whose_bytes_differ_and_nothing_the_second_time()
    {
        var cli = region.Cli;
        cli.WriteFile("golden.tar.gz", Templates.Content("tgz"));
        cli.WriteFile("images.yaml", """
            retention:
              versions: 3
            images:
              - file: golden.tar.gz
                arch: amd64
                title: Golden
            """u8.ToArray());
        var plan = await cli.RunAsync("apply", "-f", "images.yaml", "--dry-run");
        plan.ShouldBe(new CliResult(0, "~ retention: 3 versions of each image (was 1)\n+ image custom/golden (amd64/generic) from golden.tar.gz\n", ""));
        (await cli.RunAsync("apply", "-f", "images.yaml")).Out.ShouldBe(plan.Out);
        (await cli.RunAsync("apply", "-f", "images.yaml")).Out.ShouldBe("Nothing to change.\n");
        cli.WriteFile("golden.tar.gz", Templates.Content("ddgz"));
        (await cli.RunAsync("apply", "-f", "images.yaml", "--prune")).Out.ShouldBe("~ image custom/golden (amd64/generic) from golden.tar.gz\n");
        (await cli.RunAsync("images")).Out.Split('\n').Single(l => l.Contains("custom/golden")).ShouldContain(" ready ");
        cli.WriteFile("none.yaml", "images: []\n"u8.ToArray());
        (await cli.RunAsync("apply", "-f", "none.yaml", "--prune")).Out.Split('\n').ShouldContain("- image custom/golden (amd64/generic)");
        (await cli.RunAsync("images")).Out.ShouldNotContain("custom/golden");
    }

    [Fact]
    public async Task A_profile_that_is_called_as_a_verb_is_meant_where_a_resource_follows()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas, "bootdepot", "images");
        (await cli.RunAsync("images", "boot-resources", "is-importing")).ShouldBe(new CliResult(0, "false", ""));
        (await cli.RunAsync("images")).Out.ShouldStartWith("ID  IMAGE ");
        (await cli.RunAsync("images", "--json")).Out.ShouldStartWith("[");
    }

    [Fact]
    public async Task Without_a_profile_the_login_line_is_shown()
    {
        using var cli = new Cli { ProgramName = "bootdepot" };
        var result = await cli.RunAsync("images");
        result.Code.ShouldBe(2);
        result.Error.ShouldContain("bootdepot login NAME");
        result.Error.ShouldContain("[server-unknown]");
    }

    [Theory]
    [InlineData("alma9.tar.gz", "custom/alma9")]
    [InlineData("/x/Windows Server.dd.gz", "custom/windows-server")]
    [InlineData("debian-12-genericcloud-amd64.qcow2", "custom/debian-12-genericcloud-amd64")]
    public void Names_are_proposed_from_files(string file, string name) => BootDepot.Cli.People.PreparedImage.ProposeName(file).ShouldBe(name);
}
