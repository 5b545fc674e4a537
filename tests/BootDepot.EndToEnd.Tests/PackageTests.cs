using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using BootDepot.EndToEnd.Tests.Machines;
using BootDepot.Testing;

namespace BootDepot.EndToEnd.Tests;

/// <summary>What <c>./package</c> makes, installed in a minimal Debian, does the main job there. By itself: it keeps every core busy for a minute.</summary>
[Collection(nameof(PackageTests))]
[CollectionDefinition(nameof(PackageTests), DisableParallelization = true)]
[Trait("Category", "Slow")]
public sealed partial class PackageTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private bool _isMounted;

    private string Root => _folder["image/rootfs"];

    [Fact]
    public async Task An_installed_package_and_the_image_made_of_it_import_and_publish_as_the_services_run_them()
    {
        Assert.SkipUnless(Environment.UserName == "root", "a root folder is made and entered as root");
        await InstallAsync();
        await UnitsAreSoundAsync();

        await using var mirror = await FakeMirror.StartAsync();
        using var vendor = new SignedTree();
        vendor.AddUbuntu(mirror, size: 200_000);
        vendor.Publish(mirror);
        await File.WriteAllBytesAsync(Path.Combine(Root, "tmp/vendor.gpg"), vendor.Keyring, TestContext.Current.CancellationToken);

        // Made by root before the region ever ran, and the region's own nevertheless.
        await InsideAsync("bootdepot admin stream-keyring >/tmp/region.gpg");
        await using (var region = AsUnit("bootdepot-region.service", "--listen", "http://127.0.0.1:0", "--source", mirror.Url, "--source-keyring", "/tmp/vendor.gpg", "--no-auto-import"))
        {
            await region.UntilSaysAsync("the secret is in /var/lib/bootdepot/keys/first-sign-in");
            var url = Said().Match(region.Output).Groups["url"].Value;
            var key = (await InsideAsync("bootdepot admin api-key admin")).Trim();
            key.Split(':').Length.ShouldBe(3);
            // What a service says is kept in a journal.
            region.Output.ShouldNotContain(key);
            region.Output.ShouldNotContain((await InsideAsync("cat /var/lib/bootdepot/keys/first-sign-in")).Trim());

            var client = $"export BOOTDEPOT_URL={url} BOOTDEPOT_API_KEY={key}; ";
            await InsideAsync(client + "bootdepot import --wait --quiet");
            var images = JsonDocument.Parse(await InsideAsync(client + "bootdepot images --json")).RootElement;
            images.GetArrayLength().ShouldBe(1);
            images[0].GetProperty("name").GetString().ShouldBe("ubuntu/noble");
            (await InsideAsync($"bootdepot stream verify {url}images-stream/ --keyring /tmp/region.gpg")).ShouldNotBeEmpty();

            var token = (await InsideAsync("bootdepot admin rack-token")).Trim();
            await using var rack = AsUnit("bootdepot-rack.service", "--region", url, "--token", token, "--http", "http://127.0.0.1:0", "--tftp", "127.0.0.1:0");
            await rack.UntilSaysAsync("and over TFTP on");
        }

        (await InsideAsync("find /var/lib/bootdepot /var/lib/bootdepot-rack ! -user bootdepot")).ShouldBeEmpty();
        (await InsideAsync("dpkg --purge bootdepot")).ShouldContain("/var/lib/bootdepot is kept");
        (await InsideAsync("ls /var/lib/bootdepot/keys; ls -d /usr/lib/bootdepot /etc/bootdepot 2>&1 || true")).ShouldContain("stream-signing.key");
        Directory.Exists(Path.Combine(Root, "usr/lib/bootdepot")).ShouldBeFalse();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
            await Shell.RunAsync($"umount -l '{Root}/proc'");
        _folder.Dispose();
    }

    private async Task InstallAsync()
    {
        await Shell.RunAsync($"cd '{Checkout.Root}' && BOOTDEPOT_PACKAGE_EFFORT=0 ./package deb oci");
        var packages = Path.Combine(Checkout.Root, "artifacts/packages");
        await Shell.RunAsync($"cd '{packages}' && sha256sum --check --quiet SHA256SUMS");
        var archive = (await Shell.RunAsync($"ls '{packages}'/*.oci.tar")).Trim();
        await Shell.RunAsync($"skopeo copy --quiet --insecure-policy 'oci-archive:{archive}' 'oci:{_folder["layout"]}:it' && umoci unpack --image '{_folder["layout"]}:it' '{_folder["image"]}'");
        var config = JsonDocument.Parse(await Shell.RunAsync($"skopeo inspect --config 'oci-archive:{archive}'")).RootElement.GetProperty("config");
        config.GetProperty("User").GetString().ShouldBe("bootdepot");
        $"{config.GetProperty("Entrypoint")[0]} {config.GetProperty("Cmd")[0]}".ShouldBe("/usr/bin/bootdepot region");
        await Shell.RunAsync($"mount --bind /proc '{Root}/proc'");
        _isMounted = true;

        var bill = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Root, "usr/share/doc/bootdepot/sbom.spdx.json"), TestContext.Current.CancellationToken)).RootElement;
        bill.GetProperty("spdxVersion").GetString().ShouldBe("SPDX-2.3");
        bill.GetProperty("packages").EnumerateArray().ShouldContain(p => p.GetProperty("name").GetString() == "Npgsql" && p.GetProperty("licenseDeclared").GetString() == "PostgreSQL");
        (await InsideAsync("zcat /usr/share/man/man1/bootdepot.1.gz | head -n 1")).ShouldStartWith(".TH BOOTDEPOT 1");
    }

    // The machine's own targets stand in for those of a whole Debian.
    private async Task UnitsAreSoundAsync()
    {
        await Shell.RunAsync($"cp -n /lib/systemd/system/*.target /lib/systemd/system/*.slice '{Root}/lib/systemd/system/' 2>/dev/null; true");
        await Shell.RunAsync($"systemd-analyze --root='{Root}' --man=no verify bootdepot-region.service bootdepot-rack.service");
        // Of 10; above 5 systemd calls a service exposed.
        await Shell.RunAsync($"systemd-analyze --root='{Root}' --no-pager security --offline=true --threshold=20 bootdepot-region.service bootdepot-rack.service");
    }

    private NetworkProgram AsUnit(string unit, params string[] words) => new(Process.Start(new ProcessStartInfo(
        "python3", [Path.Combine(Checkout.Root, "tests/BootDepot.EndToEnd.Tests/run-as-unit.py"), Root, unit, .. words])
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    private Task<string> InsideAsync(string script) => Shell.RunAsync(
        $"chroot '{Root}' /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root sh -c {MachineNetwork.Quoted(script)}");

    [GeneratedRegex(@"answers on (?<url>\S+)", RegexOptions.None, 1000)]
    private static partial Regex Said();
}
