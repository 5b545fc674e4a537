using System;
using System.Collections.Concurrent;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Rack.Netboot.Images;

namespace BootDepot.Rack.Netboot.Install;

/// <summary>The installer for one architecture.</summary>
internal sealed record InstallerFiles(LocalFile Kernel, LocalFile Initrd);

/// <summary>The installers in the configured folder: <c>ARCH/boot-kernel</c> and <c>ARCH/boot-initrd</c>. Hashed anew when they change.</summary>
internal sealed class InstallerShelf(string? folder)
{
    private readonly ConcurrentDictionary<string, (DateTime Written, LocalFile File)> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Digest, LocalFile> _byDigest = new();

    /// <summary>The installer for an architecture; null when there is none.</summary>
    public async Task<InstallerFiles?> ForOrNullAsync(string arch, CancellationToken cancel) =>
        folder is not null && SafeName.IsSafe(arch)
        && await ReadOrNullAsync(Path.Combine(folder, arch, "boot-kernel"), cancel) is { } kernel
        && await ReadOrNullAsync(Path.Combine(folder, arch, "boot-initrd"), cancel) is { } initrd
            ? new InstallerFiles(kernel, initrd)
            : null;

    /// <summary>The installer's file with these bytes; null when a script has not named it yet.</summary>
    public LocalFile? FileOrNull(Digest digest) => _byDigest.TryGetValue(digest, out var file) ? file : null;

    private async Task<LocalFile?> ReadOrNullAsync(string path, CancellationToken cancel)
    {
        if (!File.Exists(path))
            return null;
        var written = File.GetLastWriteTimeUtc(path);
        if (!_known.TryGetValue(path, out var known) || known.Written != written)
        {
            _known[path] = known = (written, await LocalFile.ReadAsync(path, cancel));
            _byDigest[known.File.Digest] = known.File;
        }

        return known.File;
    }
}
