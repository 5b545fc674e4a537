using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.EndToEnd.Tests.Machines;
using BootDepot.Testing;

namespace BootDepot.EndToEnd.Tests.Sites;

/// <summary>
/// A whole site, of the programs that an operator runs: a vendor's signed stream, a region that imports from it, and a rack that
/// enrolled with a token, copies the region, and gave root up after it took TFTP's port.
/// </summary>
public sealed class Site : IAsyncLifetime
{
    /// <summary>Where machines reach the rack.</summary>
    public const string RackUrl = $"http://{MachineNetwork.Address}:5248";

    private const string RegionUrl = $"http://{MachineNetwork.Address}:5240/MAAS/";
    private const string StreamUrl = $"http://{MachineNetwork.Address}:8000";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TempFolder _folder = new();
    private readonly List<NetworkProgram> _servers = [];
    private readonly Dictionary<string, string> _environment = [];
    private string _loaders = "";
    private int _loaderVersion = 20260100;

    /// <summary>What its images are made of.</summary>
    public BootMaterials Materials { get; } = new();

    /// <summary>The network that they and the machines are in.</summary>
    public MachineNetwork Network { get; private set; } = null!;

    /// <summary>The rack.</summary>
    public NetworkProgram Rack => _servers[^1];

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        await Materials.InitializeAsync();
        Network = await MachineNetwork.StartAsync();
        _environment["HOME"] = _folder.Path;
        await BuildStreamAsync("uefi-signed");
        await ServeAsync(StreamUrl, "stream", "serve", _folder["stream"], "--listen", StreamUrl);
        await ServeAsync(
            "BootDepot answers on", "region", "--data", _folder["region"], "--listen", $"http://{MachineNetwork.Address}:5240",
            "--source", $"{StreamUrl}/", "--source-keyring", _folder["vendor.gpg"], "--no-auto-import");
        _environment["BOOTDEPOT_URL"] = RegionUrl;
        _environment["BOOTDEPOT_API_KEY"] = await RunAsync("admin", "api-key", "admin", "--data", _folder["region"]);
        await RunAsync("import", "--wait", "--quiet");
        await UploadAsync();
        await StartRackAsync();
        await UntilInStepAsync();
    }

    /// <summary>Runs a <c>bootdepot</c> command in the site's network, as its administrator; what it printed, trimmed.</summary>
    public async Task<string> RunAsync(params string[] words)
    {
        var variables = string.Join(' ', _environment.Select(v => $"{v.Key}={MachineNetwork.Quoted(v.Value)}"));
        return (await Network.RunAsync($"{variables} {string.Join(' ', words.Prepend(Program).Select(MachineNetwork.Quoted))}")).Trim();
    }

    /// <summary>Makes the vendor offer other UEFI boot loaders, as a new version of the same product, and has them imported and copied.</summary>
    /// <param name="kind"><c>uefi-signed</c> or <c>uefi-http</c>.</param>
    public async Task OfferLoadersAsync(string kind)
    {
        if (_loaders == kind)
            return;
        await BuildStreamAsync(kind);
        await RunAsync("import", "--wait", "--quiet");
        await UntilInStepAsync();
    }

    /// <summary>Assigns something to a machine; returns when the rack would tell it so.</summary>
    public async Task AssignAsync(string mac, params string[] words)
    {
        await RunAsync(["boot", "assign", mac, .. words]);
        // Answered with 404 as long as the machine has no assignment of its own there.
        await UntilAsync(async () => (await Network.RunAsync($"curl -so /dev/null -w '%{{http_code}}' {RackUrl}/ipxe.cfg-{mac}")) == "200", "the rack to know the assignment");
    }

    /// <summary>Waits until the region has a record of a machine's boot that ended so.</summary>
    public async Task<BootLogEntry> RecordAsync(string mac, string result)
    {
        BootLogEntry? found = null;
        await UntilAsync(
            async () =>
            {
                var log = JsonDocument.Parse(await RunAsync("boot", "log", "--machine", mac, "--result", result, "--json")).RootElement;
                // Our own look at the machine's script is a chain of the servers' address.
                found = log.GetProperty("records").EnumerateArray().Select(BootLogEntry.Of).FirstOrDefault(r => r.Address != MachineNetwork.Address);
                return found is not null;
            },
            $"the boot log to say '{result}' of {mac}");
        return found!;
    }

    /// <summary>What servers wrote, for a failed test.</summary>
    public string Logs => string.Join("\n---\n", _servers.Select(s => s.Output.Length > 4000 ? s.Output[^4000..] : s.Output));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
            await server.DisposeAsync();
        if (Network is not null)
            await Network.DisposeAsync();
        _folder.Dispose();
        await Materials.DisposeAsync();
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "bootdepot");

    private async Task ServeAsync(string ready, params string[] words)
    {
        var server = Network.Start(_environment, Program, words);
        _servers.Add(server);
        await server.UntilSaysAsync(ready);
    }

    /// <summary>As an operator would with any cloud image: a qcow2, to be installed on disks, so made into a packed disk by the region.</summary>
    private async Task UploadAsync()
    {
        await RunAsync("login", "site", RegionUrl, _environment["BOOTDEPOT_API_KEY"]);
        await RunAsync(
            "site", "boot-resources", "create", "name=custom/golden", "architecture=amd64/generic", "filetype=ddgz", $"content@={Materials["disk.qcow2"]}");
        await UntilAsync(
            async () =>
            {
                var uploads = JsonDocument.Parse(await RunAsync("site", "uploads", "read")).RootElement;
                return uploads.EnumerateArray().All(u => u.GetProperty("state").GetString() == "complete");
            },
            "the conversion to end");
    }

    private async Task StartRackAsync()
    {
        await File.WriteAllTextAsync(_folder["token"], await RunAsync("admin", "rack-token", "--data", _folder["region"]));
        // The rack reads these as the user that it becomes.
        await Shell.RunAsync($"chmod 711 '{_folder.Path}'; cp -r '{Materials["installer"]}' '{_folder["installer"]}'; chmod -R a+rX '{_folder["installer"]}'");
        await ServeAsync(
            "The rack", "rack", "--region", RegionUrl, "--data", _folder["rack"], "--token-file", _folder["token"], "--http", RackUrl,
            "--tftp", $"{MachineNetwork.Address}:69", "--advertise", $"{RackUrl}/", "--installer", _folder["installer"], "--user", "nobody",
            "--menu-seconds", "2", "--kernel-parameters", "console=ttyS0");
    }

    private Task UntilInStepAsync() => UntilAsync(
        async () =>
        {
            var racks = JsonDocument.Parse(await RunAsync("racks", "--json")).RootElement.EnumerateArray().ToList();
            return racks is [var only] && only.GetProperty("status").GetString() == "synced";
        },
        "the rack to hold everything");

    private async Task BuildStreamAsync(string loaders)
    {
        (_loaders, _loaderVersion) = (loaders, _loaderVersion + 1);
        var files = Directory.GetFiles(Materials["loaders/bios"]).Order(StringComparer.Ordinal);
        await File.WriteAllTextAsync(_folder["vendor.yaml"], $$"""
            label: stable
            images:
              - { os: debian, release: plain, version: "12", arch: amd64, set: "20260101",
                  files: { boot-kernel: { path: {{Materials["boot-kernel"]}} }, boot-initrd: { path: {{Materials["boot-initrd"]}} } } }
              - { os: debian, release: rooted, version: "13", arch: amd64, set: "20260101",
                  files: { boot-kernel: { path: {{Materials["boot-kernel"]}} }, boot-initrd: { path: {{Materials["boot-initrd"]}} },
                           squashfs: { path: {{Materials["squashfs"]}} } } }
            bootloaders:
              - { os: grub-efi-signed, type: uefi, arch: amd64, set: "{{_loaderVersion}}",
                  archives: { grub2-signed: { package: grub, version: "1", release: bookworm, files: [{{Materials[$"loaders/{loaders}/grubx64.efi"]}}] },
                              shim-signed: { package: shim, version: "1", release: bookworm,
                                             files: [{{Materials[$"loaders/{loaders}/bootx64.efi"]}}, {{Materials[$"loaders/{loaders}/mmx64.efi"]}}] } } }
              - { os: pxelinux, type: pxe, arch: i386, arches: "i386,amd64", set: "20260101",
                  archives: { syslinux: { package: pxelinux, version: "1", release: bookworm, files: [{{string.Join(", ", files)}}] } } }

            """);
        await RunAsync("stream", "build", _folder["vendor.yaml"], _folder["stream"], "--key", _folder["vendor.key"], "--keyring", _folder["vendor.gpg"]);
    }

    private async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var end = DateTimeOffset.UtcNow + Patience;
        while (!await condition())
        {
            if (DateTimeOffset.UtcNow > end)
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s for {what}.\n{Logs}");
            await Task.Delay(200);
        }
    }
}
