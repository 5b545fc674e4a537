using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using BootDepot.EndToEnd.Tests.Machines;
using BootDepot.Netboot.Process;
using BootDepot.Testing;

namespace BootDepot.EndToEnd.Tests;

/// <summary>Real firmware in virtual machines, booted by the netboot server; one at a time, since each takes a processor.</summary>
[Trait("Category", "Slow")]
public sealed class BootTests(BootMaterials materials) : IClassFixture<BootMaterials>, IDisposable
{
    private const string Http = $"http://{MachineNetwork.Rack}:5248";

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Bios_ipxe_boots_kernel_and_initrd_over_http()
    {
        var line = await BootAsync(Firmware.Bios, $"dhcp-boot={Http}/ipxe.cfg", "Ephemeral", "debian/plain", "VM-NETBOOT-OK");
        line.ShouldContain(" extra=\"a b\" ");
    }

    [Fact]
    public Task Bios_ipxe_boots_everything_over_tftp() =>
        BootAsync(Firmware.Bios, $"dhcp-boot=ipxe.cfg,,{MachineNetwork.Rack}", "Ephemeral", "debian/plain", "VM-NETBOOT-OK");

    [Fact]
    public Task Bios_pxelinux_boots_kernel_and_initrd() =>
        BootAsync(Firmware.Bios, $"dhcp-boot=lpxelinux.0,,{MachineNetwork.Rack}", "Ephemeral", "debian/plain", "VM-NETBOOT-OK");

    [Fact]
    public Task Uefi_pxe_boots_through_shim_and_grub() =>
        BootAsync(Firmware.UefiPxe, $"dhcp-boot=bootx64.efi,,{MachineNetwork.Rack}", "Ephemeral", "debian/plain", "VM-NETBOOT-OK");

    [Fact]
    public Task Uefi_pxe_boots_through_shim_and_grub_with_secure_boot_on() =>
        BootAsync(Firmware.UefiPxeSecure, $"dhcp-boot=bootx64.efi,,{MachineNetwork.Rack}", "Ephemeral", "debian/plain", "VM-NETBOOT-OK");

    [Fact]
    public Task Uefi_http_boot_boots_through_shim_and_grub() =>
        BootAsync(
            Firmware.UefiHttp, $"dhcp-boot={Http}/images/bootx64.efi\ndhcp-option-force=60,HTTPClient", "Ephemeral", "debian/plain", "VM-NETBOOT-OK",
            loaders: "uefi-http");

    [Fact]
    public async Task A_squashfs_root_comes_up_over_http()
    {
        var line = await BootAsync(Firmware.Bios, $"dhcp-boot={Http}/ipxe.cfg", "Ephemeral", "debian/rooted", "VM-ROOT-OK");
        line.ShouldContain("writable=yes root=overlay");
    }

    [Fact]
    public async Task Without_an_assignment_the_menu_ends_at_the_disk()
    {
        var disk = await DiskAsync("disk.raw.gz");
        await BootAsync(Firmware.Bios, $"dhcp-boot={Http}/ipxe.cfg", null, "", "VM-DISK-OK", disk);
    }

    [Fact]
    public async Task A_disk_image_is_installed_and_the_machine_boots_from_its_disk()
    {
        var disk = _folder["target.img"];
        await using (var empty = File.Create(disk))
            empty.SetLength(64 << 20);
        await BootAsync(
            Firmware.Bios, $"dhcp-boot=lpxelinux.0,,{MachineNetwork.Rack}", "Install", "custom/golden", "VM-DISK-OK", disk, mayReset: true,
            records: ["\"Result\":\"installed\"", "\"Result\":\"local\""]);
    }

    [Fact]
    public async Task A_uefi_machine_that_is_to_boot_locally_boots_its_disk()
    {
        var disk = await DiskAsync("disk.raw.gz");
        await BootAsync(
            Firmware.UefiPxe, $"dhcp-boot=bootx64.efi,,{MachineNetwork.Rack}", "Local", "", "VM-DISK-OK", disk, records: ["\"Result\":\"local\""]);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> BootAsync(
        Firmware firmware, string dhcp, string? mode, string image, string marker, string? disk = null, bool mayReset = false, string loaders = "uefi-signed",
        string[]? records = null)
    {
        await using var network = await MachineNetwork.StartAsync(_folder, dhcp);
        await using var server = await NetbootServer.StartAsync(network, new ServerPlan(
            MachineNetwork.Rack,
            _folder["server"],
            [new("uefi", "amd64", materials[$"loaders/{loaders}"]), new("pxe", "i386", materials["loaders/bios"])],
            materials["installer"],
            MenuSeconds: 2,
            Images(),
            mode is null ? null : new(Machine.Mac, mode, image, "extra=\"a b\" quiet")));
        await using var machine = Machine.Start(network, _folder, firmware, disk, mayReset);
        var line = await machine.MarkerAsync(marker, server);
        var told = string.Join('\n', server.Records);
        foreach (var record in records ?? (mode is null ? ["\"Result\":\"menu\""] : ["\"Result\":\"booted\""]))
            told.ShouldContain(record);
        return line;
    }

    private List<ServedImage> Images() =>
    [
        new("debian", "plain", "20260101", [Held("boot-kernel"), Held("boot-initrd")]),
        new("debian", "rooted", "20260101", [Held("boot-kernel"), Held("boot-initrd"), Held("squashfs")]),
        new("custom", "golden", "20260101", [["root-dd.gz", "root-dd.gz", materials["disk.raw.gz"]]]),
    ];

    private string[] Held(string name) => [name, name, materials[name]];

    private async Task<string> DiskAsync(string packed)
    {
        await Shell.RunAsync($"gunzip -c '{materials[packed]}' > '{_folder["disk.img"]}'");
        return _folder["disk.img"];
    }
}
