using System;
using System.IO;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Simplestreams.Tests.Tools;

namespace BootDepot.Region.Tests.Imports;

/// <summary>A file system in memory with little room.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bootdepot-small-").FullName;

    private SmallDisk()
    {
    }

    /// <summary>Mounts one of that size (<c>2m</c>).</summary>
    public static SmallDisk Mount(string size)
    {
        var disk = new SmallDisk();
        Tool.Run("mount", [], "-t", "tmpfs", "-o", $"size={size}", "none", disk._folder).Required();
        return disk;
    }

    public IBlobStore OpenStore() => new FileBlobStore(_folder, TimeProvider.System);

    public void Dispose()
    {
        Tool.Run("umount", [], "-l", _folder).Required();
        Directory.Delete(_folder);
    }
}
