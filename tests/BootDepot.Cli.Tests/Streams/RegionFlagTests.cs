using System.Threading.Tasks;

namespace BootDepot.Cli.Tests.Streams;

/// <summary>Flags of <c>bootdepot region</c> that cannot work end it before anything is made.</summary>
public sealed class RegionFlagTests
{
    [Theory]
    [InlineData("--ca", "no-such.pem")]
    [InlineData("--no-proxy", "10.0.0.0/99")]
    [InlineData("--set", "limits.requests-per-second=many")]
    public async Task A_network_flag_that_cannot_work_is_told_at_once(string flag, string value)
    {
        using var cli = new Cli { ProgramName = "bootdepot" };
        var run = await cli.RunAsync("region", "--data", "data", flag, value);
        run.Code.ShouldBe(2);
        run.Error.ShouldContain("the configuration has a mistake");
        run.Error.ShouldContain(value.Split('=')[^1]);
        System.IO.Directory.Exists(System.IO.Path.Combine(cli.Home, "data")).ShouldBeFalse();
    }
}
