using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Rack.Netboot.Images;

namespace BootDepot.Rack.Netboot.Loaders;

/// <summary>
/// The configured folder of boot loaders: files directly in it are one set, each <c>TYPE/ARCH/</c> below it is another. Read
/// anew when a file changed; a file is hashed once.
/// </summary>
internal sealed class LoaderFolder(string root)
{
    private readonly Dictionary<string, (DateTime Written, LocalFile File)> _known = new(StringComparer.Ordinal);

    /// <summary>The sets there are now.</summary>
    public async Task<IReadOnlyList<LoaderSet>> ReadAsync(CancellationToken cancel)
    {
        var sets = new List<LoaderSet>();
        if (!Directory.Exists(root))
            return sets;
        await AddAsync(sets, root, null, null, cancel);
        foreach (var type in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            foreach (var arch in Directory.EnumerateDirectories(type).Order(StringComparer.Ordinal))
                await AddAsync(sets, arch, Path.GetFileName(type), Path.GetFileName(arch), cancel);
        }

        return sets;
    }

    private async Task AddAsync(List<LoaderSet> sets, string folder, string? type, string? arch, CancellationToken cancel)
    {
        var files = new Dictionary<string, LocalFile>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path);
            if (!SafeName.IsSafe(name) || name.StartsWith('.'))
                continue;
            var written = File.GetLastWriteTimeUtc(path);
            if (!_known.TryGetValue(path, out var known) || known.Written != written)
                _known[path] = known = (written, await LocalFile.ReadAsync(path, cancel));
            files[name] = known.File;
        }

        if (files.Count > 0)
            sets.Add(new LoaderSet(folder, type, arch, files.ToFrozenDictionary(StringComparer.Ordinal)));
    }
}
