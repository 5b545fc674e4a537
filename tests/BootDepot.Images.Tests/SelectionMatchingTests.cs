using System.Linq;
using BootDepot.Images.Products;
using BootDepot.Images.Selections;

namespace BootDepot.Images.Tests;

public sealed class SelectionMatchingTests
{
    private static readonly System.Collections.Generic.IReadOnlyList<OfferedImage> Offered = Make.Images(
        Make.Ubuntu("hwe-24.04"),
        Make.Ubuntu("ga-24.04"),
        Make.Ubuntu("hwe-24.04-edge", subarches: "generic,hwe-24.04"),
        Make.Ubuntu("ga-24.04", "lowlatency"),
        Make.Ubuntu("ga-24.04", arch: "arm64"),
        Make.Ubuntu("ga-22.04", release: "jammy", number: "22.04", subarches: "generic,ga-22.04"),
        Make.Centos(),
        Make.Loader(),
        Make.Loader("pxelinux", "pxe", "i386"));

    // The first nine rows are those of the reference's table of matching.
    [Theory]
    [InlineData("ubuntu", "noble", "amd64", "*", "*", "hwe-24.04 ga-24.04 hwe-24.04-edge ga-24.04-lowlatency")]
    [InlineData("ubuntu", "noble", "*", "ga-24.04", "*", "ga-24.04 ga-24.04-lowlatency arm64")]
    [InlineData("ubuntu", "noble", "amd64", "generic", "*", "ga-24.04 ga-24.04-lowlatency")]
    [InlineData("ubuntu", "noble", "amd64", "hwe-24.04", "*", "hwe-24.04")]
    [InlineData("ubuntu", "noble", "amd64", "hwe-t", "*", "hwe-24.04 ga-24.04-lowlatency")]
    [InlineData("ubuntu", "noble", "amd64", "*", "daily", "")]
    [InlineData("ubuntu", "24.04", "amd64", "*", "*", "")]
    [InlineData("ubuntu", "*", "amd64", "ga-22.04", "*", "hwe-24.04 ga-24.04-lowlatency ga-22.04")]
    [InlineData("centos", "8", "amd64", "generic", "*", "centos")]
    [InlineData("*", "*", "*", "*", "*", "hwe-24.04 ga-24.04 hwe-24.04-edge ga-24.04-lowlatency arm64 ga-22.04 centos")]
    [InlineData("", "", "*", "*", "*", "hwe-24.04 ga-24.04 hwe-24.04-edge ga-24.04-lowlatency arm64 ga-22.04 centos")]
    [InlineData("Ubuntu", "noble", "*", "*", "*", "")]
    [InlineData("ubuntu", "noble", "", "*", "*", "")]
    [InlineData("ubuntu", "noble", "amd64", "", "*", "")]
    [InlineData("ubuntu", "noble", "amd64", "*", "", "")]
    [InlineData("ubuntu", "noble", "arm64,ppc64el", "*", "daily,stable", "arm64")]
    public void A_selection_takes(string os, string release, string arches, string subarches, string labels, string expected)
    {
        var taken = SelectionMatching.Take(Offered, [Make.Selection(os, release, arches, subarches, labels)]);
        string.Join(' ', taken.Where(i => !i.IsBootloader).Select(Name)).ShouldBe(expected);
        taken.Count(i => i.IsBootloader).ShouldBe(2, "boot loaders are always taken");
    }

    [Fact]
    public void A_source_without_selections_imports_everything() =>
        SelectionMatching.Take(Offered, []).ShouldBe(Offered);

    [Fact]
    public void Any_of_several_selections_is_enough() =>
        SelectionMatching.Take(Offered, [Make.Selection(release: "jammy"), Make.Selection("centos", "8")])
            .Where(i => !i.IsBootloader).Select(Name).ShouldBe(["ga-22.04", "centos"]);

    [Fact]
    public void Generic_goes_to_the_first_that_serves_it_where_the_release_kernel_is_not_offered()
    {
        var images = Make.Images(
            Make.Ubuntu("hwe-24.04-edge", subarches: "hwe-24.04"), Make.Ubuntu("hwe-24.04"), Make.Ubuntu("hwe-25.04"));
        SelectionMatching.Take(images, [Make.Selection(subarches: "generic")]).ShouldHaveSingleItem().Subarch.ShouldBe("hwe-24.04");
    }

    [Fact]
    public void Generic_of_an_old_release_is_the_kernel_with_its_first_letter()
    {
        var images = Make.Images(
            Make.Ubuntu("hwe-u", release: "trusty", number: "14.04", subarches: "generic,hwe-t,hwe-u"),
            Make.Ubuntu("hwe-t", release: "trusty", number: "14.04", subarches: "generic,hwe-t"));
        SelectionMatching.Take(images, [Make.Selection(release: "trusty", subarches: "generic")])
            .ShouldHaveSingleItem().Subarch.ShouldBe("hwe-t");
    }

    [Fact]
    public void What_is_available_lists_each_product_under_every_machine_it_serves()
    {
        var rows = Availability.Of(Offered).Rows.ToList();
        rows.Single(r => r is { Release: "noble", Arch: "amd64", Subarch: "generic", KernelFlavor: "generic" })
            .Image.Subarch.ShouldBe("ga-24.04");
        rows.Single(r => r is { Release: "noble", Arch: "amd64", Subarch: "hwe-24.04", KernelFlavor: "generic" })
            .Image.Subarch.ShouldBe("hwe-24.04");
        rows.Single(r => r is { Release: "noble", Arch: "amd64", Subarch: "hwe-p", KernelFlavor: "generic" })
            .Image.Subarch.ShouldBe("hwe-24.04", "the first that serves it");
        rows.Single(r => r.Os == "pxelinux").ShouldSatisfyAllConditions(
            r => r.Release.ShouldBe("pxe"), r => r.Subarch.ShouldBe("generic"), r => r.KernelFlavor.ShouldBe("bootloader"));
        rows.Select(r => (r.Os, r.Release, r.Arch, r.Subarch, r.KernelFlavor, r.Label)).ShouldBeUnique();
    }

    [Theory]
    [InlineData("ga-24.04", true)]
    [InlineData("hwe-t", true)]
    [InlineData("hwe-24.04", false)]
    [InlineData("*", true)]
    public void What_is_no_longer_offered_is_still_asked_for_by_any_machine_it_serves(string subarches, bool asked)
    {
        var image = Make.Image(Make.Ubuntu());
        SelectionMatching.StillAsksFor(
            [Make.Selection(subarches: subarches)], image.Key, image.Subarch, image.Subarches, "stable").ShouldBe(asked);
    }

    private static string Name(OfferedImage image) =>
        image.Os == "centos" ? "centos" : image.Key.Architecture.Arch == "arm64" ? "arm64" : image.Key.Architecture.Subarch;
}
