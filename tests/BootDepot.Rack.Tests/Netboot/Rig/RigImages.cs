using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;
using BootDepot.Images.Products;
using BootDepot.Rack.Holding;
using BootDepot.Testing;

namespace BootDepot.Rack.Tests.Netboot.Rig;

/// <summary>Puts images and boot loaders into a store and into what is held.</summary>
public sealed class RigImages(IBlobStore store, HeldImages held, string folder)
{
    private readonly List<OfferedProduct> _products = [];

    /// <summary>Stores bytes.</summary>
    public async Task<(Digest Digest, long Size)> StoreAsync(Stream bytes)
    {
        var digest = Digest.FromHash(await SHA256.HashDataAsync(bytes));
        bytes.Position = 0;
        await using var writer = await store.WriteAsync(PartialName.Of(digest), bytes.Length, CancellationToken.None);
        await writer.RestartAsync(CancellationToken.None);
        var buffer = new byte[1 << 20];
        int read;
        while ((read = await bytes.ReadAsync(buffer)) > 0)
            await writer.AppendAsync(buffer.AsMemory(0, read), CancellationToken.None);
        await writer.CommitAsync(digest, CancellationToken.None);
        return (digest, bytes.Length);
    }

    /// <summary>Adds a version of an image; files are name, type and bytes (or a path).</summary>
    public async Task AddImageAsync(
        string os, string release, string version, (string Name, string Type, object Bytes)[] files,
        string arch = "amd64", string subarch = "generic", string number = "12", string title = "Test")
    {
        var name = $"com.ubuntu.maas.stable:v3:boot:{os}-{number}:{arch}:{subarch}";
        var tags = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["os"] = os, ["release"] = release, ["arch"] = arch, ["subarch"] = subarch, ["label"] = "stable",
            ["version"] = number, ["release_title"] = title, ["subarches"] = "generic",
        };
        await AddAsync(name, tags, version, files);
    }

    /// <summary>Adds a version of a boot-loader product, packed as streams have it.</summary>
    public async Task AddLoadersAsync(string type, string arch, string version, params (string Item, string Folder)[] archives)
    {
        var files = new List<(string, string, object)>();
        foreach (var (item, from) in archives)
        {
            var packed = Path.Combine(folder, $"{type}-{version}-{item}.tar.xz");
            await Shell.RunAsync($"tar -C '{from}' -cJf '{packed}' .");
            files.Add(($"{item}.tar.xz", "archive.tar.xz", packed));
        }

        var tags = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["os"] = type == "pxe" ? "pxelinux" : "grub-efi-signed", ["arch"] = arch, ["arches"] = arch, ["label"] = "stable", ["bootloader-type"] = type,
        };
        await AddAsync($"com.ubuntu.maas.stable:1:loader:{type}:{arch}", tags, version, [.. files]);
    }

    /// <summary>Takes away everything but the given version of an image, as an update does.</summary>
    public void Remove(string os, string release, string version)
    {
        var at = _products.FindIndex(p => p.Tags["os"] == os && p.Tags.GetValueOrDefault("release") == release && p.Versions[0].Name == version);
        _products.RemoveAt(at);
        Switch();
    }

    private async Task AddAsync(
        string name, Dictionary<string, string> tags, string version, (string Name, string Type, object Bytes)[] files)
    {
        var items = new List<OfferedItem>();
        foreach (var (fileName, type, content) in files)
        {
            await using Stream bytes = content is byte[] array ? new MemoryStream(array) : File.OpenRead((string)content);
            var (digest, size) = await StoreAsync(bytes);
            items.Add(new OfferedItem(fileName, new Dictionary<string, string>(tags, StringComparer.Ordinal)
            {
                ["ftype"] = type, ["path"] = $"x/{version}/{fileName}", ["sha256"] = digest.Hex,
                ["size"] = size.ToString(CultureInfo.InvariantCulture),
            }));
        }

        _products.Add(new OfferedProduct("test", name, tags, [new OfferedVersion(version, items)]));
        Switch();
    }

    // Of each version a product of its own: a rack may hold several.
    private void Switch()
    {
        var images = _products.SelectMany(p => ProductMapping.Map([p]).Images).ToList();
        if (images.Count != _products.Count)
            throw new InvalidOperationException(string.Join("\n", ProductMapping.Map(_products).Problems));
        held.Replace([.. images]);
    }
}
