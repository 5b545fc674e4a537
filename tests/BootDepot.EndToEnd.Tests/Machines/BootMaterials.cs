using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.EndToEnd.Tests.Machines;

/// <summary>
/// Real boot materials, made once for all tests (about half a minute). To keep them between runs, name a folder in
/// <c>BOOTDEPOT_BOOT_MATERIALS</c>.
/// </summary>
public sealed class BootMaterials : IAsyncLifetime
{
    private readonly string? _kept = Environment.GetEnvironmentVariable("BOOTDEPOT_BOOT_MATERIALS");
    private TempFolder? _own;

    /// <summary>Where a file of them is.</summary>
    public string this[string name] => Path.Combine(_kept ?? _own!.Path, name);

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (_kept is null)
            _own = new TempFolder();
        var script = typeof(BootMaterials).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "BootMaterials").Value;
        await Shell.RunAsync($"'{script}' '{this["."]}'");
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _own?.Dispose();
        return ValueTask.CompletedTask;
    }
}
