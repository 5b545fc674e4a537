using System;
using System.IO;

namespace BootDepot.Rack.Hosting;

/// <summary>
/// Where a rack keeps things below its data directory. The one place that says so:
/// <code>
/// rack.json                  who the rack is: its key and the keys that its region signs with (0600)
/// configuration.json         what the region told it last
/// stream.json                the region's stream documents, as they were last verified
/// stream-served.json         the same when the rack last held all of it: served until the present one is held
/// boot-records/ID.json       what machines booted, until the region has it
/// netboot/                   what booting machines needs besides: unpacked boot loaders
/// store/sha256/ab/abcd…      the files of images, by content (docs/storage.md)
/// store/partial/…            files on their way
/// boot-resources/current     link to the snapshot that is served
/// boot-resources/snapshot-…  a tree of images; its files are further names of those in the store
/// </code>
/// </summary>
public sealed record RackFolder(string Root)
{
    /// <summary>Identity and keys.</summary>
    public string Identity => Path.Combine(Root, "rack.json");

    /// <summary>The region's last word.</summary>
    public string Configuration => Path.Combine(Root, "configuration.json");

    /// <summary>The region's stream.</summary>
    public string Stream => Path.Combine(Root, "stream.json");

    /// <summary>The region's stream as it was when all of it was held.</summary>
    public string ServedStream => Path.Combine(Root, "stream-served.json");

    /// <summary>Boot records that the region does not have yet.</summary>
    public string BootRecords => Path.Combine(Root, "boot-records");

    /// <summary>What booting machines needs besides images.</summary>
    public string Netboot => Path.Combine(Root, "netboot");

    /// <summary>The files of images.</summary>
    public string Store => Path.Combine(Root, "store");

    /// <summary>Snapshots, and the link to the one that is served.</summary>
    public string Tree => Path.Combine(Root, "boot-resources");

    /// <summary>The tree that is served.</summary>
    public string CurrentTree => Path.Combine(Tree, "current");

    /// <summary>Makes the data directory, for its owner and group only.</summary>
    public void Create() => Directory.CreateDirectory(
        Root,
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);

    /// <summary>Puts a file in place whole or not at all.</summary>
    /// <param name="path">Where.</param>
    /// <param name="bytes">What.</param>
    /// <param name="isSecret">Whether only the owner may read it.</param>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, bool isSecret = false)
    {
        var draft = $"{path}.{Guid.NewGuid():N}.tmp";
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!isSecret)
            mode |= UnixFileMode.GroupRead;
        using (var stream = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Removes drafts that a killed process left.</summary>
    public void Sweep()
    {
        foreach (var draft in Directory.EnumerateFiles(Root, "*.tmp"))
            File.Delete(draft);
    }
}
