using System.IO;

namespace BootDepot.Blobs.Files;

/// <summary>Names in folders: what .NET has no method for, or one that does something else with links to folders.</summary>
public static class DurableNames
{
    /// <summary>Makes the names in a folder durable (fsync).</summary>
    public static void Flush(string folder) => Linux.SyncFolder(folder);

    /// <summary>Gives something another name, in one step, in place of what has that name (rename). Links are not followed.</summary>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static void Replace(string from, string to) => Linux.Rename(from, to);
}
