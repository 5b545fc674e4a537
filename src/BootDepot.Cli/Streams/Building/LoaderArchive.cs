using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;

namespace BootDepot.Cli.Streams.Building;

/// <summary>Packs boot-loader files as MAAS's streams have them: a flat <c>tar.xz</c>, the same bytes for the same files.</summary>
internal static class LoaderArchive
{
    /// <summary>The archive, in a temporary file that is gone when the stream is closed.</summary>
    public static async Task<Stream> PackAsync(IEnumerable<string> files, CancellationToken cancel)
    {
        await using var plain = Scratch();
        await WriteTarAsync(plain, files, cancel);
        plain.Position = 0;
        var packed = Scratch();
        try
        {
            await using var xz = new XzEncoder(packed, workers: 1);
            var buffer = new byte[256 * 1024];
            int read;
            while ((read = await plain.ReadAsync(buffer, cancel)) > 0)
                await xz.WriteAsync(buffer.AsMemory(0, read), cancel);
            await xz.FinishAsync(cancel);
            packed.Position = 0;
            return packed;
        }
        catch
        {
            await packed.DisposeAsync();
            throw;
        }
    }

    private static async Task WriteTarAsync(Stream target, IEnumerable<string> files, CancellationToken cancel)
    {
        await using var tar = new TarWriter(target, TarEntryFormat.Ustar, leaveOpen: true);
        foreach (var file in files.OrderBy(Path.GetFileName, StringComparer.Ordinal))
        {
            await using var content = File.OpenRead(file);
            var entry = new UstarTarEntry(TarEntryType.RegularFile, Path.GetFileName(file))
            {
                DataStream = content,
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                ModificationTime = DateTimeOffset.UnixEpoch,
            };
            await tar.WriteEntryAsync(entry, cancel);
        }
    }

    private static FileStream Scratch() => new(
        Path.Combine(Path.GetTempPath(), $"bootdepot-{Guid.NewGuid():N}"),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
}
