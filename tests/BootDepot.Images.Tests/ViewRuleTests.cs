using BootDepot.Images.Selections;

namespace BootDepot.Images.Tests;

public sealed class ViewRuleTests
{
    [Theory]
    [InlineData("ubuntu/noble", true)]
    [InlineData("ubuntu/*", true)]
    [InlineData("*/*/amd64", true)]
    [InlineData("*/*/arm64", false)]
    [InlineData("ubuntu/noble/amd64/ga-24.04", true)]
    [InlineData("ubuntu/noble/amd64/hwe-24.04", false)]
    [InlineData("ubuntu/noble/*/*/stable", true)]
    [InlineData("ubuntu/noble/*/*/candidate", false)]
    [InlineData("synced:ubuntu/noble", true)]
    [InlineData("uploaded:ubuntu/noble", false)]
    [InlineData("ubuntu/jammy", false)]
    public void A_rule_takes_what_all_of_its_parts_take(string rule, bool takes) =>
        ViewRule.ParseOrNull(rule)!.Takes(false, ImageName.Parse("ubuntu/noble"), Architecture.Parse("amd64/ga-24.04"), "stable").ShouldBe(takes);

    [Fact]
    public void An_upload_with_a_bare_name_is_of_the_system_custom() =>
        ViewRule.ParseOrNull("uploaded:custom/golden")!.Takes(true, ImageName.Parse("golden"), Architecture.Parse("amd64/generic"), "uploaded").ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("noble")]
    [InlineData("ubuntu/")]
    [InlineData("a/b/c/d/e/f")]
    [InlineData("other:ubuntu/noble")]
    [InlineData("ubuntu/no ble")]
    [InlineData("../..")]
    public void What_is_no_rule_is_none(string text) => ViewRule.ParseOrNull(text).ShouldBeNull();
}
