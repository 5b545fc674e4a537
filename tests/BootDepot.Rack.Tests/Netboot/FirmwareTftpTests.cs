using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Rack.Netboot;
using BootDepot.Rack.Netboot.Tftp;
using BootDepot.Rack.Tests.Netboot.Rig;
using BootDepot.Rack.Tests.Tftp;
using Microsoft.Extensions.Logging.Abstractions;

namespace BootDepot.Rack.Tests.Netboot;

/// <summary>What firmware was seen to stop at over TFTP, through the same routes as HTTP.</summary>
public sealed class FirmwareTftpTests : IAsyncLifetime
{
    private const string Mac = "52:54:00:aa:bb:01";

    private NetbootRig _rig = null!;
    private TftpServer _tftp = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await NetbootRig.StartAsync();
        var folder = _rig.Folder["loaders"];
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "bootx64.efi"), "shim bytes");
        await File.WriteAllTextAsync(Path.Combine(folder, "grubx64.efi"), "grub bytes");
        await _rig.Images.AddLoadersAsync("uefi", "amd64", "1", ("all", folder));
        await _rig.Images.AddImageAsync(
            "ubuntu", "noble", "20260309",
            [("boot-kernel", "boot-kernel", Encoding.ASCII.GetBytes("kernel bytes")), ("boot-initrd", "boot-initrd", new byte[5]), ("squashfs", "squashfs", new byte[6])],
            subarch: "ga-24.04", number: "24.04");
        _tftp = new TftpServer(
            new TftpOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)] },
            (request, cancel) => NetbootTftp.OpenAsync(_rig.Netboot, request, cancel),
            TimeProvider.System,
            NullLogger.Instance);
        _tftp.Start().ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await _tftp.DisposeAsync();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData("bootx64.efi")]
    [InlineData("/bootx64.efi")]
    [InlineData(@"\bootx64.efi")]
    [InlineData("//images/bootx64.efi")]
    [InlineData(@"bootloader\uefi\amd64\bootx64.efi")]
    public void P05_leading_slashes_and_backslashes_do_not_matter(string name) => Get(name).ShouldBe("shim bytes");

    [Fact]
    public void P07_the_size_is_told_when_it_is_asked_for_of_files_and_of_scripts()
    {
        var client = new TftpClient(_tftp.LocalEndPoint);
        client.Get("bootx64.efi", ("tsize", "0"), ("blksize", "1468"), ("windowsize", "4"));
        client.Agreed["tsize"].ShouldBe("10");
        client.Agreed["blksize"].ShouldBe("1468");
        var script = client.Get("/grub/grub.cfg", ("blksize", "1024"), ("tsize", "0"));
        client.Agreed["tsize"].ShouldBe($"{script.Length}");
    }

    [Fact]
    public void P08_an_error_after_the_options_is_a_normal_end_and_the_next_request_is_answered()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 60_000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.SendTo(TftpClient.Request("bootx64.efi", "octet", ("tsize", "0"), ("blksize", "1468"), ("windowsize", "4")), _tftp.LocalEndPoint);
        var packet = new byte[1500];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        socket.ReceiveFrom(packet, ref from).ShouldBeGreaterThan(4);
        packet[1].ShouldBe((byte)6, "an OACK");
        socket.SendTo([0, 5, 0, 8, (byte)'x', 0], from);
        Get("bootx64.efi").ShouldBe("shim bytes");
    }

    [Theory]
    [InlineData("revocations_sku.efi")]
    [InlineData("pxelinux.cfg/44332211-6655-8877-99aa-bbccddeeff00")]
    [InlineData("pxelinux.cfg/0A00020F")]
    [InlineData("/grub/x86_64-efi/command.lst")]
    public void P10_what_is_missing_is_error_1_at_once(string name) =>
        Should.Throw<TftpErrorException>(() => Get(name)).Code.ShouldBe(1);

    [Theory]
    [InlineData("../netboot/install-reports.key")]
    [InlineData("/images/../../etc/passwd")]
    [InlineData(@"..\..\etc\passwd")]
    public void What_is_outside_is_refused(string name) => Should.Throw<TftpErrorException>(() => Get(name)).Code.ShouldBeOneOf(1, 2);

    [Fact]
    public void P11_the_first_ipxe_script_names_the_next_without_a_colon()
    {
        var script = Get("ipxe.cfg");
        script.ShouldStartWith("#!ipxe\n");
        script.Split('\n').Where(l => l.StartsWith("chain", StringComparison.Ordinal)).ShouldAllBe(l => !l.Contains(':', StringComparison.Ordinal) || l.Contains("${mac:hexhyp}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_protocols_give_the_same_bytes_and_count_as_one_boot()
    {
        _rig.Assign(new BootAssignment { Machine = MacAddress.Parse(Mac), Mode = BootMode.Ephemeral, Image = ImageName.Parse("ubuntu/noble") });
        Get("bootx64.efi").ShouldBe("shim bytes");
        Get("grubx64.efi").ShouldBe("grub bytes");
        var script = Get($"/grub/grub.cfg-{Mac}");
        script.ShouldBe(await _rig.Http.GetStringAsync($"/grub/grub.cfg-{Mac}"));
        var kernel = script.Split('\n').Single(l => l.StartsWith("  linux ", StringComparison.Ordinal)).Split(' ')[3];
        Get(kernel).ShouldBe("kernel bytes");

        await _rig.RecordAsync(r => r.Machine == MacAddress.Parse(Mac) && r.Steps.Any(s => s.Protocol == "tftp") && r.Steps.Any(s => s.Protocol == "http"));
        _rig.Records.Count.ShouldBe(1);
    }

    [Fact]
    public void No_name_makes_the_routes_stumble()
    {
        var random = new Random(20260309);
        string[] parts = ["images", "bootloader", "uefi", "amd64", "grub", "grub.cfg-", "pxelinux.cfg", "ipxe.cfg-", "default", "01-", Mac, "..", ".", "", "\\", "%", "%2f", "é", "ubuntu", "stable", new string('a', 64)];
        var names = new List<string>();
        for (var i = 0; i < 400; i++)
            names.Add(string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => parts[random.Next(parts.Length)] + (random.Next(2) == 0 ? "/" : ""))));
        foreach (var name in names.Where(n => n.Length is > 0 and < 400))
        {
            try
            {
                Get(name);
            }
            catch (TftpErrorException e)
            {
                e.Code.ShouldBeOneOf([1, 2], name);
            }
        }
    }

    private string Get(string name) => Encoding.UTF8.GetString(new TftpClient(_tftp.LocalEndPoint, 2000).Get(name));
}
