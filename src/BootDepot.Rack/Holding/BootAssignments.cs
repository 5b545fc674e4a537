using System.Collections.Immutable;
using System.Linq;
using BootDepot.Images.Booting;

namespace BootDepot.Rack.Holding;

/// <summary>What the region told this rack to boot machines with; replaced as a whole.</summary>
public sealed class BootAssignments
{
    private static readonly BootAssignment Menu = new() { Mode = BootMode.Menu };

    private ImmutableArray<BootAssignment> _all = [];

    /// <summary>Puts another list in place.</summary>
    public void Replace(ImmutableArray<BootAssignment> assignments) =>
        ImmutableInterlocked.InterlockedExchange(ref _all, assignments);

    /// <summary>The most exact assignment for a machine: its own, its architecture's, the default, else a menu.</summary>
    public BootAssignment For(MacAddress? machine, string? arch)
    {
        var all = _all;
        return (machine is { } mac ? all.FirstOrDefault(a => a.Machine == mac) : null)
            ?? (arch is null ? null : all.FirstOrDefault(a => a.Machine is null && a.Arch == arch))
            ?? all.FirstOrDefault(a => a.Machine is null && a.Arch is null)
            ?? Menu;
    }
}
