using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;
using BootDepot.Images;

namespace BootDepot.Rack.Netboot.Loaders;

/// <summary>Unpacks <c>archive.tar.xz</c> of a boot-loader product: a flat tar of small files.</summary>
internal static class LoaderArchive
{
    private const int MaxFiles = 512;
    private const long MaxFileBytes = 64 << 20;
    private const long MaxDecoderMemory = 256 << 20;

    /// <summary>Writes the files of an archive into a folder; their names.</summary>
    /// <exception cref="InvalidDataException">It is no such archive, or larger than boot loaders are.</exception>
    public static async Task<IReadOnlyList<string>> UnpackAsync(Stream archive, string folder, CancellationToken cancel)
    {
        var names = new List<string>();
        await using var plain = Decoders.Open(CompressionKind.Xz, archive, MaxDecoderMemory);
        await using var tar = new TarReader(plain);
        while (await tar.GetNextEntryAsync(copyData: false, cancel) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.DataStream is null)
                continue;
            var name = entry.Name[(entry.Name.LastIndexOf('/') + 1)..];
            if (!SafeName.IsSafe(name) || name.StartsWith('.'))
                continue;
            if (entry.Length > MaxFileBytes || names.Count == MaxFiles)
                throw new InvalidDataException($"{name} has {entry.Length} bytes and is file {names.Count + 1} of the archive; boot loaders are smaller and fewer.");
            await using var target = File.Create(Path.Combine(folder, name));
            await entry.DataStream.CopyToAsync(target, cancel);
            names.Add(name);
        }

        return names;
    }
}
