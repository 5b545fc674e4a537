using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Resources;
using BootDepot.Images.Products;
using BootDepot.Region.Publishing;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Cli.Streams.Building;

/// <summary>
/// Makes a signed stream in a folder out of described files, or adds new versions to the stream that is there. Payloads
/// first, then product documents, the index last; so a reader never meets a name without bytes.
/// </summary>
internal sealed class StreamBuilder(StreamFolder folder, SigningKey key, TimeProvider time)
{
    /// <summary>What a build came to.</summary>
    /// <param name="Products">Products in the stream now.</param>
    /// <param name="Files">Files described.</param>
    /// <param name="Bytes">Their bytes.</param>
    /// <param name="Changed">False when the stream said all of it before, and nothing was written.</param>
    public sealed record Result(int Products, int Files, long Bytes, bool Changed);

    public async Task<Result> BuildAsync(StreamDescription description, string descriptionFolder, CancellationToken cancel)
    {
        var sets = new List<PublishedSet>();
        foreach (var image in description.Images)
            sets.Add(await TakeAsync(image, description.Label, descriptionFolder, cancel));
        foreach (var loader in description.Bootloaders)
            sets.Add(await TakeAsync(loader, description.Label, descriptionFolder, cancel));

        var fresh = StreamComposer.Compose(sets);
        var present = ExistingShelves.Read(folder);
        var merged = fresh with { Shelves = ExistingShelves.Merge(present.Shelves, fresh.Shelves) };
        var changed = !ExistingShelves.Same(present.Shelves, merged.Shelves);
        if (changed)
            await WriteAsync(merged, present.Updated, cancel);
        return new Result(
            merged.Shelves.Values.Sum(p => p.Count),
            sets.Sum(s => s.Files.Count),
            sets.Sum(s => s.Files.Sum(f => f.Size)),
            changed);
    }

    private async Task WriteAsync(StreamComposer.Composition composition, DateTimeOffset? before, CancellationToken cancel)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        // Readers refuse a document that is older than the one they know.
        var date = before is { } last && last >= now ? last.AddSeconds(1) : now;
        var dates = StreamSigner.Undated(composition).Keys.ToDictionary(n => n, _ => date, StringComparer.Ordinal);
        foreach (var (path, document) in new StreamSigner(StreamKeyRing.Of(key)).Sign(composition, dates).OrderBy(d => Rank(d.Key)))
            await folder.WriteAsync(path, document.Bytes, cancel);
    }

    private static int Rank(string path) =>
        path.StartsWith("sha256/", StringComparison.Ordinal) ? 0
        : path.StartsWith("streams/v1/index", StringComparison.Ordinal) || path.StartsWith("streams/v1/custom.", StringComparison.Ordinal) ? 2
        : 1;

    private async Task<PublishedSet> TakeAsync(ImageDescription image, string label, string from, CancellationToken cancel)
    {
        var files = new List<PublishedFile>();
        foreach (var (type, described) in image.Files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            await using var content = File.OpenRead(Path.Combine(from, described.Path));
            var (sha256, size) = await folder.TakeAsync(content, digest => StreamComposer.PathOf(digest, type), cancel);
            files.Add(new PublishedFile
            {
                Filename = type,
                FileType = type,
                Sha256 = sha256,
                Size = size,
                ItemName = type,
                ItemTags = TagMap.ToJson(TagMap.Of([("kpackage", described.Kpackage.Length > 0 ? described.Kpackage : (TagValue?)null)])),
            });
        }

        var subarch = KernelFlavors.Apply(image.Subarch, image.Kflavor);
        var ownLabel = image.Label.Length > 0 ? image.Label : label;
        return new PublishedSet
        {
            Kind = ResourceKind.Synced,
            Name = $"{image.Os}/{image.Release}",
            Architecture = $"{image.Arch}/{subarch}",
            KernelFlavor = image.Kflavor,
            Title = image.Title,
            Subarches = image.Subarches.Length > 0 ? image.Subarches : image.Subarch,
            Version = image.Set,
            Label = ownLabel,
            ProductName = $"org.bootdepot.{ownLabel}:v3:boot:{image.Os}-{image.Number}:{image.Arch}:{subarch}",
            ProductTags = TagMap.ToJson(TagMap.Of([("subarch", image.Subarch), ("version", image.Number), ("release_title", image.Title)])),
            Files = files,
        };
    }

    private async Task<PublishedSet> TakeAsync(BootloaderDescription loader, string label, string from, CancellationToken cancel)
    {
        var files = new List<PublishedFile>();
        foreach (var (name, archive) in loader.Archives.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            await using var packed = await LoaderArchive.PackAsync(archive.Files.Select(f => Path.Combine(from, f)), cancel);
            var filename = $"{name}.tar.xz";
            var (sha256, size) = await folder.TakeAsync(packed, digest => StreamComposer.PathOf(digest, filename), cancel);
            files.Add(new PublishedFile
            {
                Filename = filename,
                FileType = "archive.tar.xz",
                Sha256 = sha256,
                Size = size,
                ItemName = name,
                ItemTags = TagMap.ToJson(TagMap.Of([("src_package", archive.Package), ("src_release", archive.Release), ("src_version", archive.Version)])),
            });
        }

        var ownLabel = loader.Label.Length > 0 ? loader.Label : label;
        return new PublishedSet
        {
            Kind = ResourceKind.Synced,
            Name = $"{loader.Os}/{loader.Type}",
            Architecture = $"{loader.Arch}/{KernelFlavors.Generic}",
            BootloaderType = loader.Type,
            Version = loader.Set,
            Label = ownLabel,
            ProductName = $"org.bootdepot.{ownLabel}:1:{loader.Os}:{loader.Type}:{loader.Arch}",
            ProductTags = TagMap.ToJson(TagMap.Of([("arches", loader.Arches.Length > 0 ? loader.Arches : loader.Arch)])),
            Files = files,
        };
    }
}
