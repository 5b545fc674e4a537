namespace BootDepot.Rack.Tree;

/// <summary>Shape of a rack's tree.</summary>
public enum TreeLayout
{
    /// <summary><c>OS/ARCH/SUBARCH/RELEASE/LABEL/FILE</c>, boot loaders in <c>bootloader/TYPE/ARCH/FILE</c>: MAAS 1.7 to 3.4.</summary>
    WithOs,

    /// <summary><c>ARCH/SUBARCH/RELEASE/LABEL/FILE</c>, without the operating system: MAAS 1.5.</summary>
    WithoutOs,
}
