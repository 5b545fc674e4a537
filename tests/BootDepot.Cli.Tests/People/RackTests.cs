using System;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Tests.Maas;
using BootDepot.Rack.Hosting;
using BootDepot.Testing;
using Microsoft.Extensions.Logging;

namespace BootDepot.Cli.Tests.People;

/// <summary>A region with one custom image, and a rack that enrolled with a token of the command line and has copied it.</summary>
public sealed class RunningSite : IAsyncLifetime
{
    private readonly TempFolder _data = new();
    private readonly RunningRegion _region = new();
    private RackHost? _rack;

    internal Cli Cli => _region.Cli;

    /// <summary>The rack's system id.</summary>
    public string Rack => _rack!.SystemId;

    /// <summary>Where machines ask the rack.</summary>
    public Uri Netboot => _rack!.Url;

    public async ValueTask InitializeAsync()
    {
        await _region.InitializeAsync();
        Cli.WriteFile("golden.tar.gz", Templates.Content("tgz"));
        (await Cli.RunAsync("upload", "golden.tar.gz", "--arch", "amd64", "--title", "Golden")).Code.ShouldBe(0);
        using var token = JsonDocument.Parse(await OkAsync("admin", "racks", "create-token", "name=site-a"));
        _rack = await RackHost.StartAsync(
            new RackOptions
            {
                DataDirectory = _data["rack"],
                Regions = [new Uri(_region.Url)],
                Token = token.RootElement.GetProperty("token").GetString(),
                Http = "http://127.0.0.1:0",
                Logging = logging => logging.AddProvider(new SecretWatch()),
            },
            CancellationToken.None);
        SecretWatch.Know("enrolment token", token.RootElement.GetProperty("token").GetString());
        await UntilAsync(async () => (await Cli.RunAsync("status")).Out.Contains("1 of 1 racks synced.", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        if (_rack is not null)
            await _rack.DisposeAsync();
        await _region.DisposeAsync();
        _data.Dispose();
    }

    /// <summary>The standard output of a command that succeeds and has nothing to complain of.</summary>
    internal async Task<string> OkAsync(params string[] words)
    {
        var result = await Cli.RunAsync(words);
        result.Code.ShouldBe(0, $"{string.Join(' ', words)}: {result.Out} {result.Error}");
        result.Error.ShouldBeEmpty();
        return result.Out;
    }

    /// <summary>Waits for a condition, not for ever.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await condition())
            await Task.Delay(20, limit.Token);
    }
}

/// <summary>What people say about racks and machines, to a real region with a real rack.</summary>
public sealed class RackTests(RunningSite site) : IClassFixture<RunningSite>
{
    private const string Machine = "52:54:00:aa:bb:01";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Images_and_status_say_how_each_image_stands_on_each_rack()
    {
        var table = (await site.OkAsync("images")).Split('\n');
        table[0].ShouldMatch("^ID +IMAGE +ARCHITECTURE +TYPE +VERSION +SIZE +STATE +RACKS +TITLE$");
        table[1].ShouldMatch("^1 +custom/golden +amd64/generic +uploaded +[0-9]{8} +[0-9]+ B +ready +1 of 1 +Golden$");
        using var images = JsonDocument.Parse(await site.OkAsync("images", "--json"));
        var racks = images.RootElement[0].GetProperty("racks");
        (racks[0].GetProperty("name").GetString(), racks[0].GetProperty("state").GetString()).ShouldBe(("site-a", "synced"));
        (await site.OkAsync("status")).ShouldBe("No import runs.\n1 images, 0 not ready.\n1 of 1 racks synced.\n  site-a: synced\n");
        using var status = JsonDocument.Parse(await site.OkAsync("status", "--json"));
        status.RootElement.GetProperty("racks")[0].GetProperty("images_synced").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Racks_are_listed_shown_changed_and_told_to_import()
    {
        (await site.OkAsync("racks")).Split('\n')[1].ShouldMatch($"^{site.Rack} +site-a +synced +yes +all +1 of 1 ");
        (await site.OkAsync("racks", "show", "site-a")).Split('\n')[1].ShouldMatch("^custom/golden +amd64/generic +[0-9]{8} +synced +1 of 1 ");
        (await site.OkAsync("racks", "set", "site-a", "--bytes-per-second", "1000000", "--window", "00:00-23:59")).ShouldBeEmpty();
        using (var changed = JsonDocument.Parse(await site.OkAsync("racks", "show", site.Rack, "--json")))
        {
            changed.RootElement.GetProperty("bytes_per_second").GetInt64().ShouldBe(1000000);
            changed.RootElement.GetProperty("windows")[0].GetString().ShouldBe("00:00-23:59");
        }

        (await site.OkAsync("racks", "set", "site-a", "--bytes-per-second", "0", "--window", "")).ShouldBeEmpty();
        (await site.OkAsync("racks", "import", "site-a")).ShouldBeEmpty();
        var bad = await site.Cli.RunAsync("racks", "set", "site-a", "--mode", "sideways");
        (bad.Code, bad.Out).ShouldBe((2, ""));
        bad.Error.ShouldContain("mode");
        var unknown = await site.Cli.RunAsync("racks", "show", "nobody");
        (unknown.Code, unknown.Out).ShouldBe((2, ""));
        unknown.Error.ShouldContain("404");
    }

    [Fact]
    public async Task A_rack_that_is_removed_is_gone()
    {
        using var token = JsonDocument.Parse(await site.OkAsync("admin", "racks", "create-token", "name=short-lived"));
        using var folder = new TempFolder();
        var options = new RackOptions
        {
            DataDirectory = folder["rack"],
            Regions = [new Uri((await site.OkAsync("list")).Split(' ')[1].Replace("api/2.0/", "", StringComparison.Ordinal))],
            Token = token.RootElement.GetProperty("token").GetString(),
            Http = "http://127.0.0.1:0",
        };
        await using (await RackHost.StartAsync(options, Ct))
            (await site.OkAsync("racks")).ShouldContain("short-lived");
        (await site.OkAsync("racks", "remove", "short-lived")).ShouldBeEmpty();
        (await site.OkAsync("racks")).ShouldNotContain("short-lived");
        (await site.Cli.RunAsync("racks", "remove", "short-lived")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task A_rack_that_is_renamed_stays_the_same_rack()
    {
        using var token = JsonDocument.Parse(await site.OkAsync("admin", "racks", "create-token", "name=before"));
        using var folder = new TempFolder();
        var options = new RackOptions
        {
            DataDirectory = folder["rack"],
            Regions = [new Uri((await site.OkAsync("list")).Split(' ')[1].Replace("api/2.0/", "", StringComparison.Ordinal))],
            Token = token.RootElement.GetProperty("token").GetString(),
            Http = "http://127.0.0.1:0",
        };
        string id;
        await using (var rack = await RackHost.StartAsync(options, Ct))
        {
            id = rack.SystemId;
            await RunningSite.UntilAsync(() => HasGoldenAsync(id));
            var uuid = await ClusterAsync("before");
            (await site.OkAsync("racks", "set", "before", "--name", "after")).ShouldBeEmpty();
            (await site.OkAsync("admin", "rack-controller", "read", id)).ShouldContain("\"hostname\": \"after\"");
            (await HasGoldenAsync(id)).ShouldBeTrue();
            (await HasGoldenAsync("after")).ShouldBeTrue();
            (await site.Cli.RunAsync("racks", "show", "before")).Code.ShouldBe(2);
            (await ClusterAsync("after")).ShouldBe(uuid);
            (await site.OkAsync("admin", "boot-images", "read", uuid!)).ShouldContain("golden");
            var taken = await site.Cli.RunAsync("racks", "set", "after", "--name", "site-a");
            (taken.Code, taken.Error.Contains("Another rack is named", StringComparison.Ordinal)).ShouldBe((2, true));
            using var http = new HttpClient { BaseAddress = rack.Url };
            await http.GetStringAsync("ipxe.cfg-default-amd64", Ct);
            await RunningSite.UntilAsync(async () => (await site.OkAsync("boot", "log")).Contains(" after ", StringComparison.Ordinal));
        }

        // Started again, as its host's service would, it is still that one.
        await using (var again = await RackHost.StartAsync(options with { Token = null }, Ct))
        {
            again.SystemId.ShouldBe(id);
            await RunningSite.UntilAsync(() => HasGoldenAsync("after"));
        }

        (await site.OkAsync("racks", "remove", "after")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Machines_are_assigned_listed_booted_logged_and_cleared()
    {
        (await site.OkAsync("boot", "assign", "amd64", "--mode", "menu")).Split('\n')[1].ShouldMatch("^amd64 +menu ");
        var assigned = await site.OkAsync("boot", "assign", Machine.ToUpperInvariant(), "--mode", "local");
        assigned.Split('\n')[1].ShouldMatch($"^{Machine} +local ");
        (await site.OkAsync("boot", "assign", "default", "custom/golden", "--parameters", "quiet splash")).ShouldContain("quiet splash");
        (await site.OkAsync("boot", "list")).Split('\n').Skip(1).Select(l => l.Split(' ')[0]).ShouldBe([Machine, "amd64", "default", ""], ignoreOrder: true);

        // The machine asks its rack, once that has heard of the assignment.
        using var http = new HttpClient { BaseAddress = site.Netboot };
        await RunningSite.UntilAsync(async () =>
        {
            await http.GetStringAsync("ipxe.cfg-52-54-00-aa-bb-01", Ct);
            return (await site.OkAsync("boot", "log", "--machine", Machine, "--result", "local")).Contains("site-a", StringComparison.Ordinal);
        });
        (await site.OkAsync("boot", "log")).Split('\n')[0].ShouldMatch("^STARTED +MACHINE +ADDRESS +RACK +RESULT +IMAGE +STEPS +REASON$");
        using (var log = JsonDocument.Parse(await site.OkAsync("boot", "log", "--machine", Machine, "--result", "local", "--limit", "1", "--json")))
            log.RootElement.GetProperty("records")[0].GetProperty("machine").GetString().ShouldBe(Machine);

        (await site.OkAsync("boot", "origin", Machine)).Split('\n')[0].ShouldMatch("^STARTED +FILE +SHA256 +IMAGE +VERSION +VOUCHED FOR BY +HERE$");
        using (var origin = JsonDocument.Parse(await site.OkAsync("boot", "origin", Machine, "--json")))
            origin.RootElement[0].GetProperty("machine").GetString().ShouldBe(Machine);

        foreach (var target in new[] { Machine, "amd64", "default" })
            (await site.OkAsync("boot", "clear", target)).ShouldBeEmpty();
        (await site.OkAsync("boot", "list", "--json")).ShouldBe("[]\n");
        (await site.Cli.RunAsync("boot", "clear", Machine)).Code.ShouldBe(2);
        var incomplete = await site.Cli.RunAsync("boot", "assign", Machine, "--mode", "install");
        (incomplete.Code, incomplete.Out).ShouldBe((2, ""));
        incomplete.Error.ShouldContain("needs an image");
    }

    /// <summary>Whether a rack says by MAAS's command that it holds the image and all it should.</summary>
    private async Task<bool> HasGoldenAsync(string rack)
    {
        using var images = JsonDocument.Parse(await site.OkAsync("admin", "rack-controller", "list-boot-images", rack));
        return images.RootElement.GetProperty("status").GetString() == "synced"
            && images.RootElement.GetProperty("images").EnumerateArray().Any(i => i.GetProperty("name").GetString() == "custom/golden");
    }

    /// <summary>The UUID that the 1.0 API knows a rack by.</summary>
    private async Task<string?> ClusterAsync(string name)
    {
        using var clusters = JsonDocument.Parse(await site.OkAsync("admin", "node-groups", "list"));
        return clusters.RootElement.EnumerateArray().Single(c => c.GetProperty("cluster_name").GetString() == name).GetProperty("uuid").GetString();
    }

    [Fact]
    public async Task The_commands_of_MAAS_2_and_of_1_7_know_the_rack()
    {
        using (var images = JsonDocument.Parse(await site.OkAsync("admin", "rack-controller", "list-boot-images", site.Rack)))
        {
            images.RootElement.GetProperty("status").GetString().ShouldBe("synced");
            var image = images.RootElement.GetProperty("images")[0];
            (image.GetProperty("name").GetString(), image.GetProperty("architecture").GetString()).ShouldBe(("custom/golden", "amd64"));
        }

        (await site.OkAsync("admin", "rack-controllers", "read")).ShouldContain($"\"system_id\": \"{site.Rack}\"");
        (await site.OkAsync("admin", "rack-controller", "read", site.Rack)).ShouldContain("\"hostname\": \"site-a\"");
        (await site.OkAsync("admin", "rack-controllers", "import-boot-images")).ShouldBe("Accepted");
        (await site.OkAsync("admin", "rack-controller", "import-boot-images", site.Rack)).ShouldBe("Accepted");

        using var clusters = JsonDocument.Parse(await site.OkAsync("admin", "node-groups", "list"));
        var uuid = clusters.RootElement[0].GetProperty("uuid").GetString()!;
        clusters.RootElement[0].GetProperty("cluster_name").GetString().ShouldBe("site-a");
        (await site.OkAsync("admin", "node-groups", "import-boot-images")).ShouldBe("Import of boot images started on all cluster controllers");
        (await site.OkAsync("admin", "node-group", "import-boot-images", uuid)).ShouldContain(uuid);
        using var rows = JsonDocument.Parse(await site.OkAsync("admin", "boot-images", "read", uuid));
        rows.RootElement.EnumerateArray().ShouldContain(r =>
            r.GetProperty("osystem").GetString() == "custom" && r.GetProperty("release").GetString() == "golden" && r.GetProperty("purpose").GetString() == "xinstall");
        (await site.Cli.RunAsync("admin", "boot-images", "read", "nobody")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task A_profile_of_the_1_0_API_reads_clusters_and_their_images()
    {
        var profile = (await site.OkAsync("list")).Split('\n').Single(l => l.StartsWith("admin ", StringComparison.Ordinal)).Split(' ');
        using var old = new Cli();
        var login = await old.RunAsync("login", "old", profile[1].Replace("api/2.0/", "api/1.0", StringComparison.Ordinal), profile[2]);
        login.Code.ShouldBe(0, login.Error);
        (await old.RunAsync("list")).Out.ShouldContain("/api/1.0/");
        var clusters = await old.RunAsync("old", "node-groups", "list");
        clusters.Code.ShouldBe(0, clusters.Error);
        using var document = JsonDocument.Parse(clusters.Out);
        var uuid = document.RootElement[0].GetProperty("uuid").GetString()!;
        var images = await old.RunAsync("old", "boot-images", "read", uuid);
        (images.Code, images.Error).ShouldBe((0, ""));
        images.Out.ShouldContain("\"release\": \"golden\"");
        (await old.RunAsync("old", "node-groups", "import-boot-images")).Out.ShouldBe("Import of boot images started on all cluster controllers");
        (await old.RunAsync("old", "boot-resources", "read")).Out.ShouldContain("custom/golden");

        (await old.RunAsync("login", "anon", profile[1].Replace("api/2.0/", "api/1.0/", StringComparison.Ordinal), "")).Code.ShouldBe(0);
        (await old.RunAsync("anon", "node-groups", "list")).Out.ShouldBe(clusters.Out);
    }
}
