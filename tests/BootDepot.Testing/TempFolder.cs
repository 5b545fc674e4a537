using System;
using System.IO;

namespace BootDepot.Testing;

/// <summary>A new folder that is deleted with all it holds.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Makes it.</summary>
    public TempFolder() => Path = Directory.CreateTempSubdirectory("bootdepot-test-").FullName;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The path of something in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
