namespace BootDepot.Images.Racks;

/// <summary>What a rack copies.</summary>
public enum RackMode
{
    /// <summary>Everything that the region publishes.</summary>
    All,

    /// <summary>What its selections take, and every boot loader.</summary>
    Selection,

    /// <summary>A file when a machine first asks for it; within a limit of disk space, the longest unused goes first.</summary>
    OnDemand,
}
