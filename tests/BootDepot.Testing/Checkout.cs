using System;
using System.IO;

namespace BootDepot.Testing;

/// <summary>The checkout that the running tests were built from.</summary>
public static class Checkout
{
    /// <summary>
    /// Its folder, found from where the tests run: the source paths that a compiler knows are not those of this machine in a
    /// deterministic build.
    /// </summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "BootDepot.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} is not in a checkout.");
        return folder;
    }
}
