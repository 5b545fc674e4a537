using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Rack.Holding;

namespace BootDepot.Rack.Tests.Holding;

public sealed class BootAssignmentsTests
{
    private static readonly MacAddress Known = MacAddress.Parse("52:54:00:AA:BB:01");
    private static readonly MacAddress Unknown = MacAddress.Parse("52:54:00:aa:bb:02");

    [Fact]
    public void The_most_exact_assignment_counts_and_without_any_there_is_a_menu()
    {
        var assignments = new BootAssignments();
        assignments.For(Known, "amd64").Mode.ShouldBe(BootMode.Menu);

        assignments.Replace(
        [
            new() { Mode = BootMode.Local },
            new() { Arch = "amd64", Mode = BootMode.Ephemeral, Image = ImageName.Parse("ubuntu/noble") },
            new() { Machine = Known, Mode = BootMode.Install, Image = ImageName.Parse("custom/golden") },
        ]);

        assignments.For(Known, "amd64").Mode.ShouldBe(BootMode.Install);
        assignments.For(Unknown, "amd64").Mode.ShouldBe(BootMode.Ephemeral);
        assignments.For(Unknown, "arm64").Mode.ShouldBe(BootMode.Local);
        assignments.For(null, null).Mode.ShouldBe(BootMode.Local);
    }
}
