using System.IO;
using System.Runtime.InteropServices;
using BootDepot.Images;

namespace BootDepot.Rack.Hosting;

/// <summary>Gives root up once it is no longer needed.</summary>
public static partial class Privileges
{
    /// <summary>The user that a rack becomes when it is started as root and no other is named, where this machine has it.</summary>
    public const string UsualUser = "bootdepot";

    /// <summary>Whether this process has root.</summary>
    public static bool AreRoot => geteuid() == 0;

    /// <summary>Whether this machine has that user.</summary>
    public static bool IsUser(string user) => FindUserOrNull(user) is not null;

    /// <summary>Becomes that user for good, with the user's own groups; the data directory becomes the user's before.</summary>
    /// <exception cref="RackException"><c>user-unknown</c>, <c>privileges-kept</c> or <c>data-unreachable</c>.</exception>
    internal static void Drop(string user, string dataDirectory)
    {
        if (FindUserOrNull(user) is not var (uid, gid))
            throw new RackException(new Fault("user-unknown", $"There is no user '{user}' on this machine; --user names whom the rack becomes."));
        if (geteuid() == uid)
            return;
        Own(dataDirectory, uid, gid);
        // In this order: after setuid the others are no longer allowed. glibc does it for every thread of the process.
        if (initgroups(user, gid) != 0 || setgid(gid) != 0 || setuid(uid) != 0)
        {
            throw new RackException(new Fault(
                "privileges-kept", $"The rack cannot become the user '{user}': {Marshal.GetLastPInvokeErrorMessage()}. Start it as root, or as that user."));
        }

        // What the user owns may lie in a folder that the user cannot enter: better said now than at the first file.
        if (!Directory.Exists(dataDirectory))
        {
            throw new RackException(new Fault(
                "data-unreachable",
                $"The user '{user}' cannot enter a folder above '{dataDirectory}'. Put the data elsewhere with --data, or let others enter that folder (chmod o+x)."));
        }
    }

    private static void Own(string path, uint uid, uint gid)
    {
        Change(path);
        foreach (var entry in Directory.EnumerateFileSystemEntries(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
            Change(entry);

        void Change(string name)
        {
            if (lchown(name, uid, gid) != 0)
                throw new RackException(new Fault("privileges-kept", $"'{name}' cannot be given to the user: {Marshal.GetLastPInvokeErrorMessage()}."));
        }
    }

    private static (uint Uid, uint Gid)? FindUserOrNull(string user)
    {
        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            if (line.Split(':') is [var name, _, var uid, var gid, ..] && name == user
                && uint.TryParse(uid, System.Globalization.CultureInfo.InvariantCulture, out var u)
                && uint.TryParse(gid, System.Globalization.CultureInfo.InvariantCulture, out var g))
            {
                return (u, g);
            }
        }

        return null;
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int initgroups(string user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setgid(uint gid);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setuid(uint uid);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int lchown(string path, uint uid, uint gid);
}
