using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Rack.Netboot.Routing;
using BootDepot.Rack.Tests.Netboot.Rig;

namespace BootDepot.Rack.Tests.Netboot;

public sealed class RouteTests
{
    private static (string, string, object)[] Files(string mark) =>
    [
        ("boot-kernel", "boot-kernel", Encoding.ASCII.GetBytes("kernel " + mark)),
        ("boot-initrd", "boot-initrd", Encoding.ASCII.GetBytes("initrd " + mark)),
        ("squashfs", "squashfs", Encoding.ASCII.GetBytes("squashfs " + mark)),
    ];

    [Theory]
    [InlineData("/bootx64.efi", "bootx64.efi")]
    [InlineData("//grubx64.efi", "grubx64.efi")]
    [InlineData("///a//b", "a/b")]
    [InlineData("/ipxe.cfg-52%3A54%3A00%3Aaa%3Abb%3A01", "ipxe.cfg-52:54:00:aa:bb:01")]
    [InlineData("/a%2Fb", "a/b")]
    [InlineData(@"/a\b", "a/b")]
    [InlineData("/a/./b", "a/b")]
    [InlineData("/a?x=/../y", "a")]
    [InlineData("http://rack:5248/images/x", "images/x")]
    [InlineData("http://rack:5248", "")]
    [InlineData("/a/../b", null)]
    [InlineData("/a/%2e%2e/b", null)]
    [InlineData(@"/a/..\b", null)]
    [InlineData("/a%00b", null)]
    [InlineData("/a%0ab", null)]
    [InlineData("/a%zz", null)]
    [InlineData("/a%4", null)]
    [InlineData("/a%ff", null)]
    public void A_request_target_has_one_normal_form_or_is_refused(string target, string? path) =>
        RequestPath.OfTargetOrNull(target).ShouldBe(path);

    [Theory]
    [InlineData(@"\EFI\bootx64.efi", "EFI/bootx64.efi")]
    [InlineData("/lpxelinux.0", "lpxelinux.0")]
    [InlineData("ipxe.cfg-52%3A54", "ipxe.cfg-52%3A54")]
    [InlineData("../etc/passwd", null)]
    [InlineData("a/..", null)]
    public void A_file_name_of_tftp_has_one_normal_form_too(string name, string? path) =>
        RequestPath.OfFileNameOrNull(name).ShouldBe(path);

    [Fact]
    public void Paths_that_are_too_long_are_refused()
    {
        RequestPath.OfTargetOrNull("/" + new string('a', RequestPath.MaxLength)).ShouldBeNull();
        RequestPath.OfFileNameOrNull(new string('a', RequestPath.MaxLength + 1)).ShouldBeNull();
    }

    [Theory]
    [InlineData("ipxe.cfg", "Ipxe", null, null, true)]
    [InlineData("ipxe.cfg-52:54:00:aa:bb:01", "Ipxe", "52:54:00:aa:bb:01", null, false)]
    [InlineData("ipxe.cfg-52-54-00-AA-BB-01", "Ipxe", "52:54:00:aa:bb:01", null, false)]
    [InlineData("ipxe.cfg-default-arm64", "Ipxe", null, "arm64", false)]
    [InlineData("pxelinux.cfg/01-52-54-00-aa-bb-01", "Pxelinux", "52:54:00:aa:bb:01", null, false)]
    [InlineData("pxelinux.cfg/44332211-6655-8877-99aa-bbccddeeff00", "Pxelinux", null, null, false)]
    [InlineData("pxelinux.cfg/0A00020F", "Pxelinux", null, null, false)]
    [InlineData("pxelinux.cfg/0", "Pxelinux", null, null, false)]
    [InlineData("pxelinux.cfg/default", "Pxelinux", null, "amd64", false)]
    [InlineData("pxelinux.cfg/default.i386-generic", "Pxelinux", null, "amd64", false)]
    [InlineData("pxelinux.cfg/default-arm64-hwe-22.04", "Pxelinux", null, "arm64", false)]
    [InlineData("grub/grub.cfg", "Grub", null, null, true)]
    [InlineData("grub/grub.cfg-52:54:00:aa:bb:01", "Grub", "52:54:00:aa:bb:01", null, false)]
    [InlineData("grub/grub.cfg-01-52-54-00-aa-bb-01", "Grub", "52:54:00:aa:bb:01", null, false)]
    [InlineData("grub/grub.cfg-default-x86_64", "Grub", null, "amd64", false)]
    [InlineData("grub/grub.cfg-0A00020F", "Grub", null, null, false)]
    public void Every_spelling_of_a_script_is_understood(string path, string dialect, string? machine, string? arch, bool isEntry)
    {
        var name = ScriptName.ParseOrNull(path).ShouldNotBeNull();
        name.Dialect.ToString().ShouldBe(dialect);
        name.Machine?.ToString().ShouldBe(machine);
        name.Arch.ShouldBe(arch);
        name.IsEntry.ShouldBe(isEntry);
    }

    [Theory]
    [InlineData("grub/x86_64-efi/command.lst")]
    [InlineData("bootx64.efi")]
    [InlineData("pxelinux.cfg/a/b")]
    public void What_is_no_script_is_none(string path) => ScriptName.ParseOrNull(path).ShouldBeNull();

    [Fact]
    public async Task Files_of_the_tree_are_there_by_their_path_with_and_without_images_in_front_and_the_release_kernel_as_generic_too()
    {
        await using var rig = await NetbootRig.StartAsync();
        await rig.Images.AddImageAsync("ubuntu", "noble", "20260309", Files("1"), subarch: "ga-24.04", number: "24.04");

        foreach (var path in new[]
                 {
                     "images/ubuntu/amd64/ga-24.04/noble/stable/boot-kernel", "ubuntu/amd64/ga-24.04/noble/stable/boot-kernel",
                     "images/ubuntu/amd64/generic/noble/stable/boot-kernel", "bootloader/uefi/amd64//images/ubuntu/amd64/generic/noble/stable/boot-kernel",
                 })
        {
            (await rig.Http.GetStringAsync(path)).ShouldBe("kernel 1", path);
        }

        (await rig.Http.GetAsync("images/ubuntu/amd64/ga-24.04/noble/stable/nothing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await rig.Http.GetAsync("images/ubuntu/amd64/hwe-24.04/noble/stable/boot-kernel")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_chain_that_began_before_an_update_ends_with_the_same_version()
    {
        await using var rig = await NetbootRig.StartAsync();
        await rig.Images.AddImageAsync("ubuntu", "noble", "20260309", Files("1"), subarch: "ga-24.04", number: "24.04");
        rig.Assign(new BootAssignment { Mode = BootMode.Ephemeral, Image = ImageName.Parse("ubuntu/noble") });
        var before = await rig.Http.GetStringAsync("ipxe.cfg-default-amd64");

        await rig.Images.AddImageAsync("ubuntu", "noble", "20260310", Files("2"), subarch: "ga-24.04", number: "24.04");
        rig.Images.Remove("ubuntu", "noble", "20260309");

        var initrd = before.Split('\n').Single(l => l.StartsWith("initrd ", StringComparison.Ordinal)).Split(' ')[3];
        (await rig.Http.GetStringAsync(initrd)).ShouldBe("initrd 1");
        (await rig.Http.GetStringAsync("images/ubuntu/amd64/ga-24.04/noble/stable/boot-initrd")).ShouldBe("initrd 2");
        (await rig.Http.GetStringAsync("ipxe.cfg-default-amd64")).ShouldNotBe(before);
    }

    [Fact]
    public async Task Loaders_come_from_the_newest_imported_product_and_a_shim_is_followed_by_the_grub_of_its_own_version()
    {
        await using var rig = await NetbootRig.StartAsync();
        await rig.Images.AddLoadersAsync("uefi", "amd64", "1", ("grub2-signed", Loaders(rig, "a", "grubx64.efi", "grub 1")), ("shim-signed", Loaders(rig, "b", "bootx64.efi", "shim 1")));
        foreach (var path in new[] { "bootx64.efi", "images/bootx64.efi", "bootloader/uefi/amd64/bootx64.efi", "images/bootloader/uefi/amd64/bootx64.efi" })
            (await rig.Http.GetStringAsync(path)).ShouldBe("shim 1", path);
        (await rig.Http.GetAsync("bootloader/uefi/arm64/bootx64.efi")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await rig.Http.GetStringAsync("images/bootx64.efi")).ShouldBe("shim 1");
        await rig.Images.AddLoadersAsync("uefi", "amd64", "2", ("grub2-signed", Loaders(rig, "c", "grubx64.efi", "grub 2")), ("shim-signed", Loaders(rig, "d", "bootx64.efi", "shim 2")));
        (await rig.Http.GetStringAsync("images//grubx64.efi")).ShouldBe("grub 1");
        (await rig.Http.GetAsync("images/revocations_sku.efi")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await rig.Http.GetStringAsync("images/bootx64.efi")).ShouldBe("shim 2");
        (await rig.Http.GetStringAsync("images//grubx64.efi")).ShouldBe("grub 2");
    }

    [Fact]
    public async Task A_shim_without_its_grub_is_not_completed_from_elsewhere()
    {
        await using var rig = await NetbootRig.StartAsync((rig, options) => options with { LoaderFolder = rig.Folder["own"] });
        Directory.CreateDirectory(rig.Folder["own"]);
        await File.WriteAllTextAsync(Path.Combine(rig.Folder["own"], "grubx64.efi"), "own grub", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(rig.Folder["own"], "bootx64.efi"), "own shim", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(rig.Folder["own"], "undionly.kpxe"), "own ipxe", TestContext.Current.CancellationToken);
        await rig.Images.AddLoadersAsync("uefi", "amd64", "1", ("shim-signed", Loaders(rig, "b", "bootx64.efi", "shim 1")));

        (await rig.Http.GetStringAsync("bootx64.efi")).ShouldBe("own shim");
        (await rig.Http.GetStringAsync("grubx64.efi")).ShouldBe("own grub");
        (await rig.Http.GetStringAsync("undionly.kpxe")).ShouldBe("own ipxe");
    }

    [Fact]
    public async Task Pxelinux_finds_its_modules_and_configuration_below_the_folder_that_it_came_from()
    {
        await using var rig = await NetbootRig.StartAsync();
        var folder = Loaders(rig, "a", "lpxelinux.0", "lpxelinux");
        await File.WriteAllTextAsync(Path.Combine(folder, "ldlinux.c32"), "ldlinux", TestContext.Current.CancellationToken);
        await rig.Images.AddLoadersAsync("pxe", "i386", "1", ("syslinux", folder));

        (await rig.Http.GetStringAsync("bootloader/pxe/i386/lpxelinux.0")).ShouldBe("lpxelinux");
        (await rig.Http.GetStringAsync("bootloader/pxe/i386/ldlinux.c32")).ShouldBe("ldlinux");
        (await rig.Http.GetAsync("bootloader/pxe/i386/pxelinux.cfg/01-52-54-00-aa-bb-01")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await rig.Http.GetStringAsync("bootloader/pxe/i386/pxelinux.cfg/default")).ShouldContain("LOCALBOOT 0");
    }

    private static string Loaders(NetbootRig rig, string folder, string name, string text)
    {
        var path = rig.Folder[folder];
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, name), text);
        return path;
    }
}
