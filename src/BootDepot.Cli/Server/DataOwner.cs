using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using BootDepot.Cli.Output;
using BootDepot.Images;

namespace BootDepot.Cli.Server;

/// <summary>
/// A region that runs as a user of its own must be able to read and change every file of its data. So who administers it as root does so as
/// that user: a key file that root made, for its owner only, would keep the region from starting.
/// </summary>
internal static partial class DataOwner
{
    private const int WorkingFolder = -100; // AT_FDCWD, linux/fcntl.h
    private const uint BasicFields = 0x7ff; // STATX_BASIC_STATS, linux/stat.h

    /// <summary>Becomes the owner of the data directory, when this process is root and the owner is somebody else.</summary>
    /// <exception cref="CommandFailure"><c>privileges-kept</c>.</exception>
    public static void Become(string dataDirectory)
    {
        if (geteuid() != 0 || !Directory.Exists(dataDirectory))
            return;
        var facts = new byte[256];
        if (statx(WorkingFolder, Encoding.UTF8.GetBytes(dataDirectory + '\0'), 0, BasicFields, facts) != 0)
            throw Kept(dataDirectory);
        // struct statx: stx_uid and stx_gid stand at 20 and 24 on every kind of machine.
        var (user, group) = (MemoryMarshal.Read<uint>(facts.AsSpan(20)), MemoryMarshal.Read<uint>(facts.AsSpan(24)));
        if (user == 0)
            return;
        // In this order: after setuid the others are no longer allowed. glibc does it for every thread of the process.
        if (setgroups(1, [group]) != 0 || setgid(group) != 0 || setuid(user) != 0)
            throw Kept(dataDirectory);
    }

    private static CommandFailure Kept(string dataDirectory) => new(new Fault(
        "privileges-kept",
        $"This process is root and cannot become the owner of '{dataDirectory}': {Marshal.GetLastPInvokeErrorMessage()}. Run it as that user (sudo -u)."));

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int statx(int folder, byte[] path, int flags, uint fields, byte[] facts);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setgroups(nuint count, uint[] groups);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setgid(uint gid);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setuid(uint uid);
}
