using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images.Products;
using BootDepot.Rack.Holding;
using BootDepot.Rack.Netboot.Images;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Netboot.Loaders;

/// <summary>
/// The boot loaders that machines get: those of the held boot-loader products, newest version first, then those of the configured
/// folder. Archives are unpacked once, below <c>loaders/DIGEST/</c> in the rack's data.
/// </summary>
internal sealed partial class LoaderShelf(
    HeldImages held, RackContent content, string dataFolder, string? loaderFolder, ILogger logger) : IDisposable
{
    private readonly string _root = Path.Combine(dataFolder, "loaders");
    private readonly LoaderFolder? _folder = loaderFolder is null ? null : new LoaderFolder(loaderFolder);
    private readonly SemaphoreSlim _one = new(1);
    private ImmutableArray<OfferedImage> _of;
    private IReadOnlyList<LoaderSet> _imported = [];

    /// <summary>Every set, the preferred first.</summary>
    public async Task<IReadOnlyList<LoaderSet>> SetsAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var images = held.Current;
            if (_of != images)
                await ReadAsync(images, cancel);
            var own = _folder is null ? [] : await _folder.ReadAsync(cancel);
            return [.. _imported, .. own.Where(s => s.IsWhole)];
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private async Task ReadAsync(ImmutableArray<OfferedImage> images, CancellationToken cancel)
    {
        var (sets, areAllHere) = (new List<LoaderSet>(), true);
        foreach (var image in images.Where(i => i.IsBootloader).OrderByDescending(i => i.Version).ThenBy(i => i.ProductName, StringComparer.Ordinal))
        {
            try
            {
                var files = new Dictionary<string, LocalFile>(StringComparer.Ordinal);
                foreach (var file in image.Files.Where(f => !f.Type.IsCompanion))
                    await AddAsync(files, file, cancel);
                var set = new LoaderSet(
                    $"{image.ProductName} {image.Version}", image.BootloaderType, image.Key.Architecture.Arch, files.ToFrozenDictionary(StringComparer.Ordinal));
                if (set.IsWhole)
                    sets.Add(set);
                else
                    LogNotWhole(logger, set.Origin);
            }
            catch (FileNotFoundException)
            {
                // Not fetched yet: looked for again at the next request.
                areAllHere = false;
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                LogUnreadable(logger, image.ProductName, image.Version.ToString(), e.Message);
            }
        }

        // A chain that began with the former sets goes on with them; those before go.
        DeleteAllBut(sets.Concat(_imported));
        _imported = sets;
        _of = areAllHere ? images : default;
    }

    private void DeleteAllBut(IEnumerable<LoaderSet> sets)
    {
        if (!Directory.Exists(_root))
            return;
        var used = sets.SelectMany(s => s.Files.Values).Select(f => Path.GetDirectoryName(f.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var folder in Directory.EnumerateDirectories(_root).Where(f => !used.Contains(f)))
            Directory.Delete(folder, recursive: true);
    }

    private async Task AddAsync(Dictionary<string, LocalFile> files, OfferedFile file, CancellationToken cancel)
    {
        var folder = Path.Combine(_root, file.Digest.Hex);
        if (!Directory.Exists(folder))
            await UnpackAsync(file, folder, cancel);
        foreach (var path in Directory.EnumerateFiles(folder))
            files[Path.GetFileName(path)] = await LocalFile.ReadAsync(path, cancel);
    }

    private async Task UnpackAsync(OfferedFile file, string folder, CancellationToken cancel)
    {
        await using var bytes = await content.OpenOrNullAsync(file.Digest, 0, cancel)
            ?? throw new FileNotFoundException($"{file.Filename} ({file.Digest}) is not here yet.");
        Directory.CreateDirectory(_root);
        var made = Path.Combine(_root, $".{Guid.NewGuid():N}");
        Directory.CreateDirectory(made);
        try
        {
            if (file.Type.Name == "archive.tar.xz")
            {
                await LoaderArchive.UnpackAsync(bytes, made, cancel);
            }
            else
            {
                await using var target = File.Create(Path.Combine(made, file.Filename));
                await bytes.CopyToAsync(target, cancel);
            }

            Directory.Move(made, folder);
        }
        catch
        {
            Directory.Delete(made, recursive: true);
            throw;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Boot loaders of {Origin} are not used: there is a shim without its GRUB (loader-set-incomplete).")]
    private static partial void LogNotWhole(ILogger logger, string origin);

    [LoggerMessage(LogLevel.Error, "Boot loaders of {Product} {Version} cannot be unpacked (loader-archive-unreadable): {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string product, string version, string reason);
}
