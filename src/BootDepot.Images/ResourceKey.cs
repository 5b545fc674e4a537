namespace BootDepot.Images;

/// <summary>Identity of a boot resource that came from a stream.</summary>
/// <param name="Name"><c>os/release</c>; of a boot loader <c>os/type</c>.</param>
/// <param name="Architecture"><c>arch/subarch</c>, the kernel flavour included where it is not generic.</param>
public readonly record struct ResourceKey(ImageName Name, Architecture Architecture)
{
    /// <inheritdoc />
    public override string ToString() => $"{Name} {Architecture}";
}
