using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using BootDepot.EndToEnd.Tests.Machines;
using BootDepot.Testing;

namespace BootDepot.EndToEnd.Tests;

/// <summary><c>bootdepot region --with-rack</c>, the program as an operator runs it.</summary>
public sealed partial class OneMachineTests : IDisposable
{
    private const string Kernel = "ubuntu/amd64/ga-24.04/noble/stable/boot-kernel";

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task A_region_with_a_rack_serves_what_it_imported_by_HTTP_and_TFTP_without_a_second_copy()
    {
        await using var mirror = await FakeMirror.StartAsync();
        using var vendor = new SignedTree();
        vendor.AddUbuntu(mirror, size: 200_000);
        vendor.Publish(mirror);
        await File.WriteAllBytesAsync(_folder["vendor.gpg"], vendor.Keyring, TestContext.Current.CancellationToken);
        string[] flags =
        [
            "region", "--data", _folder["data"], "--listen", "http://127.0.0.1:0", "--source", mirror.Url, "--source-keyring", _folder["vendor.gpg"],
            "--no-auto-import", "--with-rack", "--rack-http", "http://127.0.0.1:0", "--rack-tftp", "127.0.0.1:0", "--rack-menu-seconds", "5",
        ];
        string systemId;
        await using (var server = Start(flags))
        {
            var place = await PlaceAsync(server);
            systemId = place.SystemId;
            await RunAsync(place, "import", "--wait", "--quiet");
            await UntilSyncedAsync(place);

            var kernel = mirror.Get("noble/amd64/20260309/boot-kernel");
            using var http = new HttpClient();
            (await http.GetByteArrayAsync(new Uri(place.Rack, $"images/{Kernel}"), TestContext.Current.CancellationToken)).ShouldBe(kernel);
            await Shell.RunAsync($"curl -sSf --tftp-blksize 1428 -o '{_folder["kernel"]}' tftp://{place.Tftp}/images/{Kernel}");
            (await File.ReadAllBytesAsync(_folder["kernel"], TestContext.Current.CancellationToken)).ShouldBe(kernel);

            // One file under two names: the region's blob and the rack's tree.
            var links = await Shell.RunAsync($"stat -Lc %h '{_folder["data"]}/rack/boot-resources/current/{Kernel}'; find '{_folder["data"]}/rack/store' -type f 2>/dev/null | wc -l");
            links.Split('\n')[0].ShouldNotBe("1");
            links.Split('\n')[1].ShouldBe("0");
            await Shell.RunAsync($"kill -TERM {server.Id}; timeout 30 tail --pid={server.Id} -f /dev/null");
        }

        // It enrols once; then it is the same rack, and serves at once.
        await using var again = Start(flags);
        var second = await PlaceAsync(again);
        second.SystemId.ShouldBe(systemId);
        await UntilSyncedAsync(second);
        JsonDocument.Parse(await RunAsync(second, "racks", "--json")).RootElement.GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_rack_started_as_root_becomes_the_user_bootdepot_and_says_so_where_there_is_none()
    {
        Assert.SkipUnless(Environment.UserName == "root", "gives root up, so it needs it");
        await using var region = Start(["region", "--data", _folder["data"], "--listen", "http://127.0.0.1:0", "--no-default-source", "--no-auto-import"]);
        await region.UntilSaysAsync("First sign-in");
        var url = Said().Match(region.Output).Groups["region"].Value;
        await Shell.RunAsync($"chmod 711 '{_folder.Path}'");
        Directory.CreateDirectory(_folder["closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        const string With = "grep -v ^bootdepot: /etc/passwd; echo bootdepot:x:64999:64999::/nonexistent:/usr/sbin/nologin";
        foreach (var (name, users, told) in new[]
        {
            ("without", "grep -v ^bootdepot: /etc/passwd", "there is no user 'bootdepot'"),
            ("with", With, "The rack"),
            ("closed/rack", With, "[data-unreachable]"),
        })
        {
            await Shell.RunAsync($"({users}) > '{_folder["passwd"]}'; '{Program}' admin rack-token --data '{_folder["data"]}' > '{_folder["token"]}'");
            // The users of this machine are others for that process alone.
            await using var rack = Start("unshare",
            [
                "--mount", "sh", "-c", $"mount --bind '{_folder["passwd"]}' /etc/passwd && exec \"$@\"", "sh", Program, "rack", "--region", url,
                "--data", _folder[name], "--token-file", _folder["token"], "--http", "http://127.0.0.1:0", "--tftp", "127.0.0.1:0",
            ]);
            await rack.UntilSaysAsync(told);
            if (name == "closed/rack")
                continue;
            await rack.UntilSaysAsync("and over TFTP on");
            var user = (await Shell.RunAsync($"stat -c %u /proc/{rack.Id}; stat -c %u '{_folder[name]}/rack.json'")).Split('\n')[..2];
            user.ShouldAllBe(u => u == (name == "with" ? "64999" : "0"));
        }
    }

    [Fact]
    public async Task Mistakes_in_its_flags_are_told()
    {
        foreach (var (flag, value, told) in new[] { ("--rack-tftp", "everywhere", "address and a port"), ("--rack-menu-seconds", "0", "1 to 3600"), ("--rack-advertise", "ftp://x", "http or https") })
        {
            await using var server = Start(["region", "--data", _folder["none"], "--listen", "http://127.0.0.1:0", "--no-default-source", "--with-rack", "--rack-http", "http://127.0.0.1:0", flag, value]);
            await server.UntilSaysAsync($"{flag} needs");
            server.Output.ShouldContain(told);
            server.Output.ShouldContain("[option-invalid]");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static NetworkProgram Start(IEnumerable<string> words) => Start(Program, words);

    private static NetworkProgram Start(string program, IEnumerable<string> words) => new(Process.Start(new ProcessStartInfo(program, words)
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    private static string Program => Path.Combine(AppContext.BaseDirectory, "bootdepot");

    private async Task<Place> PlaceAsync(NetworkProgram server)
    {
        await server.UntilSaysAsync("and over TFTP on");
        await server.UntilSaysAsync("First sign-in"); // the line after it, so that it is whole
        var said = Said().Match(server.Output);
        said.Success.ShouldBeTrue(server.Output);
        var key = (await Shell.RunAsync($"'{Program}' admin api-key admin --data '{_folder["data"]}'")).Trim();
        return new Place(said.Groups["region"].Value, key, said.Groups["id"].Value, new Uri(said.Groups["rack"].Value), said.Groups["tftp"].Value);
    }

    private static Task<string> RunAsync(Place place, params string[] words) => Shell.RunAsync(
        $"BOOTDEPOT_URL={place.Region} BOOTDEPOT_API_KEY={place.Key} {string.Join(' ', words.Prepend(Program).Select(MachineNetwork.Quoted))}");

    private static async Task UntilSyncedAsync(Place place)
    {
        var end = DateTimeOffset.UtcNow.AddMinutes(2);
        while (JsonDocument.Parse(await RunAsync(place, "racks", "--json")).RootElement[0].GetProperty("status").GetString() != "synced")
            DateTimeOffset.UtcNow.ShouldBeLessThan(end, "the rack is in step");
    }

    [GeneratedRegex(@"answers on (?<region>\S+)(?:[\s\S]*The rack (?<id>\S+) answers on (?<rack>\S+) and over TFTP on (?<tftp>\S+))?", RegexOptions.None, 1000)]
    private static partial Regex Said();

    private sealed record Place(string Region, string Key, string SystemId, Uri Rack, string Tftp);
}
