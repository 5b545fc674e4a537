using System.Collections.Generic;

namespace BootDepot.Netboot.Process;

/// <summary>What a test wants served.</summary>
/// <param name="Address">Where to listen: TFTP on port 69, HTTP on port 5248.</param>
/// <param name="Data">A folder for it alone.</param>
/// <param name="Loaders">Folders of boot loaders, each a product: type, architecture, folder.</param>
/// <param name="Installer">Folder of the installer.</param>
/// <param name="MenuSeconds">How long a menu waits.</param>
/// <param name="Images">What can be booted.</param>
/// <param name="Assignment">What every machine is assigned; null for the menu.</param>
public sealed record ServerPlan(
    string Address,
    string Data,
    IReadOnlyList<ServedLoaders> Loaders,
    string? Installer,
    int MenuSeconds,
    IReadOnlyList<ServedImage> Images,
    ServedAssignment? Assignment);

/// <summary>A boot-loader product.</summary>
public sealed record ServedLoaders(string Type, string Arch, string Folder);

/// <summary>An image; each file is a name, a type and a path.</summary>
public sealed record ServedImage(string Os, string Release, string Version, IReadOnlyList<string[]> Files);

/// <summary>An assignment.</summary>
public sealed record ServedAssignment(string? Machine, string Mode, string Image, string Parameters);
