using System;
using System.IO;

namespace BootDepot.DiskImages.Conversions;

/// <summary>A private folder for one conversion, removed with all that is in it.</summary>
internal sealed class WorkFolder : IDisposable
{
    private WorkFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>The virtual disk, or a link to it.</summary>
    public string Source => System.IO.Path.Combine(Path, "source");

    /// <summary>The raw disk.</summary>
    public string Raw => System.IO.Path.Combine(Path, "disk.raw");

    public static WorkFolder Create(string parent)
    {
        Directory.CreateDirectory(parent);
        var path = System.IO.Path.Combine(parent, $"bootdepot-convert-{Guid.NewGuid():N}");
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new WorkFolder(path);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
