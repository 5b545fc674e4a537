using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.EndToEnd.Tests.Machines;
using BootDepot.EndToEnd.Tests.Sites;
using BootDepot.Testing;

namespace BootDepot.EndToEnd.Tests;

/// <summary>
/// Real firmware in virtual machines boots what a region imported and a rack replicated; one at a time, since each takes a processor.
/// </summary>
[Trait("Category", "Slow")]
public sealed class BootTests(Site site) : IClassFixture<Site>, IDisposable
{
    private const string IpxeByHttp = $"dhcp-boot={Site.RackUrl}/ipxe.cfg";
    private const string Pxelinux = $"dhcp-boot=lpxelinux.0,,{MachineNetwork.Address}";
    private const string UefiPxe = $"dhcp-boot=bootx64.efi,,{MachineNetwork.Address}";

    private static int _machines;

    private readonly TempFolder _folder = new();
    private readonly string _mac = FormattableString.Invariant($"52:54:00:5b:00:{Interlocked.Increment(ref _machines):x2}");

    [Fact]
    public async Task Bios_ipxe_boots_kernel_and_initrd_over_http()
    {
        await AssignAsync("debian/plain");
        (await BootAsync(Firmware.Bios, IpxeByHttp, "VM-NETBOOT-OK")).ShouldContain(" extra=\"a b\" ");
        await BootedAsync("http script, http kernel, http initrd");
    }

    [Fact]
    public async Task Bios_ipxe_boots_everything_over_tftp()
    {
        await AssignAsync("debian/plain");
        await BootAsync(Firmware.Bios, $"dhcp-boot=ipxe.cfg,,{MachineNetwork.Address}", "VM-NETBOOT-OK");
        await BootedAsync("tftp script, tftp kernel, tftp initrd");
    }

    [Fact]
    public async Task Bios_pxelinux_boots_kernel_and_initrd()
    {
        await AssignAsync("debian/plain");
        await BootAsync(Firmware.Bios, Pxelinux, "VM-NETBOOT-OK");
        await BootedAsync("tftp loader, tftp script, http kernel, http initrd");
    }

    [Fact]
    public async Task Uefi_pxe_boots_through_shim_and_grub()
    {
        await site.OfferLoadersAsync("uefi-signed");
        await AssignAsync("debian/plain");
        await BootAsync(Firmware.UefiPxe, UefiPxe, "VM-NETBOOT-OK");
        await BootedAsync("tftp loader, tftp script, tftp kernel, tftp initrd");
    }

    [Fact]
    public async Task Uefi_pxe_boots_through_shim_and_grub_with_secure_boot_on()
    {
        await site.OfferLoadersAsync("uefi-signed");
        await AssignAsync("debian/plain");
        await BootAsync(Firmware.UefiPxeSecure, UefiPxe, "VM-NETBOOT-OK");
        await BootedAsync("tftp loader, tftp script, tftp kernel, tftp initrd");
    }

    [Fact]
    public async Task Uefi_http_boot_boots_through_shim_and_grub()
    {
        await site.OfferLoadersAsync("uefi-http");
        await AssignAsync("debian/plain");
        await BootAsync(Firmware.UefiHttp, $"dhcp-boot={Site.RackUrl}/images/bootx64.efi\ndhcp-option-force=60,HTTPClient", "VM-NETBOOT-OK");
        await BootedAsync("http loader, http script, http kernel, http initrd");
    }

    [Fact]
    public async Task A_squashfs_root_comes_up_over_http()
    {
        await AssignAsync("debian/rooted");
        (await BootAsync(Firmware.Bios, IpxeByHttp, "VM-ROOT-OK")).ShouldContain("writable=yes root=overlay");
        var boot = await BootedAsync("http script, http kernel, http initrd, http root");
        boot.Steps.Single(s => s.Kind == "root").Digest.ShouldBe(await DigestOfAsync("squashfs"));
    }

    [Fact]
    public async Task Without_an_assignment_the_menu_ends_at_the_disk()
    {
        await BootAsync(Firmware.Bios, IpxeByHttp, "VM-DISK-OK", await DiskAsync());
        (await site.RecordAsync(_mac, "menu")).Chain.ShouldBe("http script");
    }

    [Fact]
    public async Task A_disk_uploaded_as_qcow2_and_converted_is_installed_and_the_machine_boots_from_it()
    {
        var disk = _folder["target.img"];
        await using (var empty = File.Create(disk))
            empty.SetLength(64 << 20);
        await AssignAsync("custom/golden", "--mode", "install");
        await BootAsync(Firmware.Bios, Pxelinux, "VM-DISK-OK", disk, mayReset: true);
        var installed = await site.RecordAsync(_mac, "installed");
        installed.Image.ShouldStartWith("custom/golden ");
        installed.Chain.ShouldBe("tftp loader, tftp script, http kernel, http initrd, http image");
        // After its reset it was told to boot the disk.
        (await site.RecordAsync(_mac, "local")).Chain.ShouldBe("tftp loader, tftp script");
        (await site.RunAsync("boot", "list")).ShouldMatch($"{_mac} +local");
    }

    [Fact]
    public async Task A_uefi_machine_that_is_to_boot_locally_boots_its_disk()
    {
        await site.OfferLoadersAsync("uefi-signed");
        await site.AssignAsync(_mac, "--mode", "local");
        await BootAsync(Firmware.UefiPxe, UefiPxe, "VM-DISK-OK", await DiskAsync());
        (await site.RecordAsync(_mac, "local")).Chain.ShouldBe("tftp loader, tftp script");
    }

    [Fact]
    public async Task The_rack_that_serves_port_69_is_not_root()
    {
        var status = await File.ReadAllLinesAsync($"/proc/{site.Rack.Id}/status", TestContext.Current.CancellationToken);
        var nobody = (await Shell.RunAsync("id -u nobody")).Trim();
        status.Single(l => l.StartsWith("Uid:", StringComparison.Ordinal)).ShouldBe($"Uid:\t{nobody}\t{nobody}\t{nobody}\t{nobody}");
        (await site.Network.RunAsync($"curl -sf tftp://{MachineNetwork.Address}/lpxelinux.0 | sha256sum | cut -c -64")).Trim()
            .ShouldBe(await DigestOfAsync("loaders/bios/lpxelinux.0"));
    }

    public void Dispose() => _folder.Dispose();

    private Task AssignAsync(string image, params string[] words) =>
        site.AssignAsync(_mac, [image, "--parameters", "extra=\"a b\" quiet", .. words]);

    private async Task<string> BootAsync(Firmware firmware, string dhcp, string marker, string? disk = null, bool mayReset = false)
    {
        await using var server = await site.Network.ServeDhcpAsync(_folder, dhcp);
        await using var machine = Machine.Start(site.Network, _folder, _mac, firmware, disk, mayReset);
        return await machine.MarkerAsync(marker);
    }

    /// <summary>The boot log has the machine, its whole chain, and the digests of what it booted.</summary>
    private async Task<BootLogEntry> BootedAsync(string chain)
    {
        var boot = await site.RecordAsync(_mac, "booted");
        boot.Chain.ShouldBe(chain);
        boot.Steps.Single(s => s.Kind == "kernel").Digest.ShouldBe(await DigestOfAsync("boot-kernel"));
        boot.Steps.Single(s => s.Kind == "initrd").Digest.ShouldBe(await DigestOfAsync("boot-initrd"));

        // And who vouches for them.
        var kernel = await DigestOfAsync("boot-kernel");
        var origin = await site.RunAsync("boot", "origin", _mac);
        origin.Split('\n').First(l => l.Contains(kernel, StringComparison.Ordinal)).ShouldMatch(@"boot-kernel .* key [0-9a-fA-F]{40,} +yes");
        return boot;
    }

    private async Task<string> DigestOfAsync(string material)
    {
        await using var bytes = File.OpenRead(site.Materials[material]);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, TestContext.Current.CancellationToken));
    }

    private async Task<string> DiskAsync()
    {
        await Shell.RunAsync($"qemu-img convert -O raw '{site.Materials["disk.qcow2"]}' '{_folder["disk.img"]}'");
        return _folder["disk.img"];
    }
}
