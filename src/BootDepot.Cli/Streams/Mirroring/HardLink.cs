using System.IO;
using System.Runtime.InteropServices;

namespace BootDepot.Cli.Streams.Mirroring;

/// <summary>A second name for the same file, which the platform's library does not offer.</summary>
internal static partial class HardLink
{
    /// <exception cref="IOException">The file system refuses.</exception>
    public static void Create(string existing, string name)
    {
        if (Link(existing, name) != 0)
            throw new IOException($"{name} cannot be linked to {existing}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string name);
}
