using BootDepot.Region.Changes;

namespace BootDepot.Region.Racks;

/// <summary>Tells racks that wait that something which concerns them changed, other than images: their policy, an assignment, a wish to import.</summary>
internal sealed class RackSignal
{
    /// <summary>The signal itself.</summary>
    public ChangeSignal Changes { get; } = new();
}
