using BootDepot.Images.Booting;

namespace BootDepot.Images.Tests;

public sealed class MacAddressTests
{
    [Theory]
    [InlineData("52:54:00:AA:BB:01")]
    [InlineData("52-54-00-aa-bb-01")]
    [InlineData("01-52-54-00-aa-bb-01")]
    public void Every_spelling_of_a_boot_loader_is_the_same_address(string text)
    {
        MacAddress.Parse(text).ToString().ShouldBe("52:54:00:aa:bb:01");
        MacAddress.Parse(text).Dashed.ShouldBe("52-54-00-aa-bb-01");
    }

    [Theory]
    [InlineData("")]
    [InlineData("52:54:00:aa:bb")]
    [InlineData("52:54:00:aa:bb:0g")]
    [InlineData("52:54:00:aa:bb: 1")]
    [InlineData("52:54-00:aa:bb:01")]
    [InlineData("02-52-54-00-aa-bb-01")]
    public void What_is_no_address_is_refused(string text) => MacAddress.TryParse(text, out _).ShouldBeFalse();
}
