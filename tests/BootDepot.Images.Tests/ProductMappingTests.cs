using System.Linq;
using BootDepot.Images.Products;

namespace BootDepot.Images.Tests;

public sealed class ProductMappingTests
{
    [Theory]
    [InlineData("amd64", "ga-24.04", "generic", "amd64/ga-24.04")]
    [InlineData("amd64", "ga-24.04", "lowlatency", "amd64/ga-24.04-lowlatency")]
    [InlineData("amd64", "hwe-22.04-edge", "lowlatency", "amd64/hwe-22.04-lowlatency-edge")]
    [InlineData("armhf", "generic-lpae", "generic-lpae", "armhf/generic-lpae")]
    [InlineData("arm64", "xgene-uboot-mustang", "generic", "arm64/xgene-uboot-mustang")]
    [InlineData("amd64", "generic", null, "amd64/generic")]
    [InlineData("amd64", "hwe-24.04", null, "amd64/hwe-24.04")]
    [InlineData("arm64", "xgene-uboot", "special", "arm64/xgene-uboot")]
    public void The_flavour_shows_in_the_architecture_by_the_rule(string arch, string subarch, string? flavor, string expected)
    {
        var image = Make.Image(Make.Ubuntu(subarch, flavor, arch));
        image.Key.Architecture.ToString().ShouldBe(expected);
        image.Subarch.ShouldBe(subarch);
        KernelFlavors.Strip(image.Key.Architecture.Subarch, flavor).ShouldBe(subarch);
    }

    [Fact]
    public void An_Ubuntu_product_becomes_the_resource_and_files_of_the_table()
    {
        var image = Make.Image(Make.Ubuntu("hwe-24.04", "lowlatency", versions: ["20260101", "20260309"]));
        image.Key.ToString().ShouldBe("ubuntu/noble amd64/hwe-24.04-lowlatency");
        image.Alias.ShouldBe("ubuntu/24.04");
        image.KernelFlavor.ShouldBe("lowlatency");
        image.BootloaderType.ShouldBeNull();
        image.Title.ShouldBeNull("there is no os_title");
        image.ReleaseTitle.ShouldBe("24.04 LTS");
        image.Label.ShouldBe("stable");
        image.Subarches.ShouldBe(Make.Subarches2404.Split(','));
        image.Version.ToString().ShouldBe("20260309");
        image.Files.Select(f => $"{f.Filename} {f.Type}").ShouldBe(
            ["boot-kernel boot-kernel", "boot-initrd boot-initrd", "squashfs squashfs", "squashfs.manifest manifest"]);
    }

    [Fact]
    public void A_boot_loader_is_named_by_its_type_and_has_no_flavour()
    {
        var image = Make.Image(Make.Loader());
        image.Key.ToString().ShouldBe("grub-efi-signed/uefi amd64/generic");
        image.BootloaderType.ShouldBe("uefi");
        image.KernelFlavor.ShouldBeNull();
        image.Alias.ShouldBeNull();
        image.Subarches.ShouldBeEmpty();
    }

    [Fact]
    public void Ubuntu_Core_is_named_by_its_gadget_and_has_its_kernel_snap_as_flavour()
    {
        var image = Make.Image(Make.Product(
            "com.ubuntu.maas.stable:v4:boot:24:amd64:pc",
            "os=ubuntu-core;release=24;arch=amd64;subarch=generic;label=stable;gadget_snap=pc;kernel_snap=pc-kernel;"
            + "os_title=Ubuntu Core;release_title=24;gadget_title=PC",
            new OfferedVersion("1", [Make.Item("root-dd.xz", "core/1/root-dd.xz")])));
        image.Key.ToString().ShouldBe("ubuntu-core/24-pc amd64/generic");
        image.KernelFlavor.ShouldBe("pc-kernel");
        image.Title.ShouldBe("Ubuntu Core 24 PC");
    }

    [Theory]
    [InlineData("com.ubuntu.maas.stable:v3:boot:24.04:amd64:x", "os=ubuntu", true)]
    [InlineData("com.ubuntu.maas.stable:V2:boot:24.04:amd64:x", "os=ubuntu", true)]
    [InlineData("com.ubuntu.maas.stable:v3+platform:boot:24.04:arm64:x", "os=ubuntu", true)]
    [InlineData("maas:boot:ubuntu:amd64:x:noble", "os=ubuntu", false)]
    [InlineData("com.ubuntu.maas.stable:v4:boot:24:amd64:pc", "os=ubuntu", false)]
    [InlineData("com.ubuntu.maas.stable:v3:boot:24:amd64:pc", "os=ubuntu-core", false)]
    [InlineData("com.ubuntu.maas.stable:v4:boot:24:amd64:pc", "os=ubuntu-core", true)]
    [InlineData("anything at all", "os=centos", true)]
    [InlineData("anything at all", "os=debian", true)]
    [InlineData("anything", "os=centos;maas_supported=3.2.0", true)]
    [InlineData("anything", "os=centos;maas_supported=99.0", false)]
    public void A_product_is_taken_by_the_name_rules_of_MAAS(string name, string tags, bool taken)
    {
        var mapped = ProductMapping.Map(
        [
            Make.Product(name, tags + ";release=r;arch=amd64;subarch=generic;label=stable",
                new OfferedVersion("1", [Make.Item("root-tgz", "r/root-tgz")])),
        ]);
        mapped.Images.Count.ShouldBe(taken ? 1 : 0);
        mapped.IsWhole.ShouldBeTrue("leaving out by rule is no failure");
        if (!taken)
            mapped.Problems.ShouldHaveSingleItem().Level.ShouldBe(ProblemLevel.Note);
    }

    [Theory]
    [InlineData("pxelinux", "pxe", "i386", true)]
    [InlineData("grub-efi-signed", "uefi", "amd64", true)]
    [InlineData("grub-efi", "uefi", "arm64", true)]
    [InlineData("grub-ieee1275", "open-firmware", "ppc64el", true)]
    [InlineData("pxelinux", "pxe", "amd64", false)]
    [InlineData("ipxe", "pxe", "amd64", false)]
    public void Boot_loaders_are_those_of_the_table(string os, string type, string arch, bool taken)
    {
        var mapped = ProductMapping.Map([Make.Loader(os, type, arch)]);
        mapped.Images.Count.ShouldBe(taken ? 1 : 0);
        mapped.Problems.Select(p => p.Fault.Code).ShouldBe(taken ? [] : ["bootloader-not-taken"]);
    }

    [Fact]
    public void A_boot_loader_without_the_generation_in_its_name_is_left_out() =>
        ProductMapping.Map([Make.Loader() with { Name = "maas:boot:grub" }]).Images.ShouldBeEmpty();

    [Fact]
    public void The_newest_version_is_the_bytewise_largest() =>
        Make.Image(Make.Ubuntu(versions: ["20260309.10", "20260309.2", "20260309"])).Version.ToString().ShouldBe("20260309.2");

    [Fact]
    public void The_file_type_and_not_the_item_name_says_what_a_file_is()
    {
        var image = Make.Image(Make.Centos() with
        {
            Versions = [new OfferedVersion("1", [Make.Item("root-image.gz", "c/1/centos-root", "root-tgz")])],
        });
        image.Files.ShouldHaveSingleItem().Type.Name.ShouldBe("root-tgz");
        image.Files[0].Filename.ShouldBe("centos-root");
    }

    [Fact]
    public void A_squashfs_beats_a_root_image()
    {
        var version = Make.UbuntuVersion("1");
        var image = Make.Image(Make.Ubuntu() with
        {
            Versions = [version with { Items = [.. version.Items, Make.Item("root-image.gz", "n/1/root-image.gz")] }],
        });
        image.Files.Select(f => f.Filename).ShouldBe(["boot-kernel", "boot-initrd", "squashfs", "squashfs.manifest"]);
    }

    [Fact]
    public void An_unknown_file_type_is_left_out_with_a_note()
    {
        var version = Make.UbuntuVersion("1");
        var mapped = ProductMapping.Map(
        [
            Make.Ubuntu() with { Versions = [version with { Items = [.. version.Items, Make.Item("di-kernel", "n/di-kernel")] }] },
        ]);
        mapped.Images.ShouldHaveSingleItem().Files.Count.ShouldBe(4);
        var problem = mapped.Problems.ShouldHaveSingleItem();
        (problem.Level, problem.Fault.Code).ShouldBe((ProblemLevel.Note, "item-type-unknown"));
    }

    [Fact]
    public void A_fact_without_a_path_and_an_upper_case_digest_are_fine()
    {
        var version = Make.UbuntuVersion("1");
        var items = version.Items.Select(i => i.With("sha256", i.Tags["sha256"].ToUpperInvariant())).ToList();
        items.Add(Make.Item("ami", "x").With("path", null));
        var mapped = ProductMapping.Map([Make.Ubuntu() with { Versions = [version with { Items = items }] }]);
        mapped.Images.ShouldHaveSingleItem().Files.Count.ShouldBe(4);
        mapped.Problems.ShouldBeEmpty();
    }

    public static TheoryData<string, string, string?> BadItems => new()
    {
        { "item-digest-missing", "sha256", null },
        { "item-digest-malformed", "sha256", "abc" },
        { "item-digest-malformed", "sha256", new string('g', 64) },
        { "item-size-malformed", "size", null },
        { "item-size-malformed", "size", "-1" },
        { "item-size-malformed", "size", "1.5" },
        { "item-size-malformed", "size", "9223372036854775808" },
        { "item-path-unsafe", "path", "noble/.." },
        { "item-path-unsafe", "path", "noble/a b" },
        { "item-duplicate", "path", "elsewhere/boot-kernel" },
    };

    [Theory]
    [MemberData(nameof(BadItems))]
    public void A_bad_item_refuses_its_version_and_the_newest_usable_one_is_taken(string code, string key, string? value)
    {
        var good = Make.UbuntuVersion("20260101");
        var bad = Make.UbuntuVersion("20260309");
        bad = bad with { Items = bad.Items.Select(i => i.Name == "boot-initrd" ? i.With(key, value) : i).ToList() };
        var mapped = ProductMapping.Map([Make.Ubuntu() with { Versions = [bad, good] }, Make.Centos()]);
        mapped.Images.Count.ShouldBe(2, "the other product is not touched");
        mapped.Images[0].Version.ToString().ShouldBe("20260101");
        mapped.Images[0].RefusedVersions.ShouldBe(["20260309"]);
        var problem = mapped.Problems.ShouldHaveSingleItem();
        (problem.Level, problem.Fault.Code).ShouldBe((ProblemLevel.Warning, code));
        mapped.IsWhole.ShouldBeTrue();
    }

    [Fact]
    public void Names_that_the_catalogue_could_not_hold_are_refused()
    {
        var longItem = Make.Centos() with
        {
            Versions = [new OfferedVersion("1", [Make.Item(new string('i', 256), "c/root-tgz", "root-tgz")])],
        };
        ProductMapping.Map([longItem]).Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("item-name-too-long");
        ProductMapping.Map([Make.Centos() with { Name = new string('p', 1025) }])
            .Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("product-name-too-long");
        ProductMapping.Map([Make.Centos() with { Versions = [Make.UbuntuVersion("a/b")] }])
            .Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("version-name-unsafe");
        ProductMapping.Map([Make.Centos() with { Versions = [new OfferedVersion("1", [])] }])
            .Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("version-without-files");
        ProductMapping.Map([Make.Centos() with { Versions = [] }])
            .Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("product-without-versions");
    }

    [Fact]
    public void A_bad_companion_is_left_out_without_its_version()
    {
        var version = Make.UbuntuVersion("1");
        var mapped = ProductMapping.Map(
        [
            Make.Ubuntu() with
            {
                Versions = [version with { Items = version.Items.Select(i => i.Name == "manifest" ? i.With("sha256", "x") : i).ToList() }],
            },
        ]);
        mapped.Images.ShouldHaveSingleItem().Files.Count.ShouldBe(3);
        mapped.Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("item-digest-malformed");
    }

    [Theory]
    [InlineData("boot-kernel")]
    [InlineData("boot-initrd")]
    [InlineData("squashfs")]
    public void An_Ubuntu_version_that_lacks_a_part_is_not_used(string part)
    {
        var mapped = ProductMapping.Map(
        [
            Make.Ubuntu() with { Versions = [Make.UbuntuVersion("2", "noble/amd64", part), Make.UbuntuVersion("1")] },
        ]);
        mapped.Images.ShouldHaveSingleItem().Version.ToString().ShouldBe("1");
        mapped.Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("version-incomplete");
    }

    [Fact]
    public void A_network_installer_without_a_root_file_system_is_complete_as_it_is()
    {
        var product = Make.Product(
            "org.debian:v3:boot:13:amd64:netboot",
            "os=debian;release=trixie;version=13;arch=amd64;subarch=generic;label=stable",
            Make.UbuntuVersion("1", "debian", "squashfs"),
            Make.UbuntuVersion("2", "debian", "squashfs"));
        Make.Image(product).Version.ToString().ShouldBe("2");
    }

    [Theory]
    [InlineData("os", "a/b", "product-name-unsafe")]
    [InlineData("release", "..", "product-name-unsafe")]
    [InlineData("arch", "a b", "product-name-unsafe")]
    [InlineData("subarch", "a/b", "product-name-unsafe")]
    [InlineData("label", "a\nb", "product-name-unsafe")]
    [InlineData("os", null, "product-key-missing")]
    [InlineData("release", null, "product-key-missing")]
    [InlineData("arch", null, "product-key-missing")]
    [InlineData("subarch", null, "product-key-missing")]
    [InlineData("label", "", "product-key-missing")]
    public void A_product_that_cannot_be_told_is_refused_and_the_others_are_not(string key, string? value, string code)
    {
        var product = Make.Centos("9");
        var tags = product.Tags.Where(t => t.Key != key).ToDictionary(t => t.Key, t => t.Value);
        if (value is not null)
            tags[key] = value;
        var mapped = ProductMapping.Map([product with { Tags = tags }, Make.Centos()]);
        mapped.Images.ShouldHaveSingleItem().Release.ShouldBe("8");
        mapped.Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe(code);
        mapped.IsWhole.ShouldBeFalse();
    }

    [Fact]
    public void The_later_of_two_sizes_for_one_digest_is_refused()
    {
        var sha = Make.Digest("same").Hex;
        var first = Make.Centos("8") with { Versions = [new OfferedVersion("1", [Make.Item("root-tgz", "a/root-tgz", sha: sha, size: "5")])] };
        var second = Make.Centos("9") with { Versions = [new OfferedVersion("1", [Make.Item("root-tgz", "b/root-tgz", sha: sha, size: "6")])] };
        var mapped = ProductMapping.Map([first, second]);
        mapped.Images.ShouldHaveSingleItem().Release.ShouldBe("8");
        mapped.Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("item-digest-with-two-sizes");
    }

    [Fact]
    public void Two_digests_at_one_path_are_reported()
    {
        var first = Make.Centos("8") with { Versions = [new OfferedVersion("1", [Make.Item("root-tgz", "a/root-tgz", sha: Make.Digest("1").Hex)])] };
        var second = Make.Centos("9") with { Versions = [new OfferedVersion("1", [Make.Item("root-tgz", "a/root-tgz", sha: Make.Digest("2").Hex)])] };
        ProductMapping.Map([first, second]).Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("item-path-with-two-digests");
    }

    [Fact]
    public void A_fault_found_in_the_path_refuses_the_version()
    {
        var item = Make.Item("root-tgz", "../x/root-tgz") with { PathFault = new Fault("path-unsafe", "no") };
        ProductMapping.Map([Make.Centos() with { Versions = [new OfferedVersion("1", [item])] }])
            .Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("path-unsafe");
    }

    [Fact]
    public void Notifications_are_no_images_and_no_problem()
    {
        var mapped = ProductMapping.Map([Make.Product("com.ubuntu.maas:1:maas-notification", "datatype=release-notifications")]);
        mapped.Images.ShouldBeEmpty();
        mapped.Problems.ShouldBeEmpty();
    }
}
