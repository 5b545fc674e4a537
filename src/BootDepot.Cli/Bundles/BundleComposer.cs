using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Cli.Output;
using BootDepot.Cli.Streams.Reading;
using BootDepot.Images;
using BootDepot.Images.Products;
using BootDepot.Images.Selections;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Transfers.Bundles;
using BootDepot.Transfers.Documents;

namespace BootDepot.Cli.Bundles;

/// <summary>
/// Decides what a bundle holds: of each image that is chosen the version that an import would take, by the same rules. The same stream,
/// choice and key give the same bundle, to the byte; so one that was broken off can be gone on with.
/// </summary>
internal static class BundleComposer
{
    public static BundleDraft Compose(
        ReadStream stream, StreamLocation location, string url, byte[]? keyring, IReadOnlyList<SelectionRule> rules, IReadOnlySet<Digest>? held, SigningKey key)
    {
        var offered = stream.Documents.SelectMany(d => ProductMapping.Map(ProductFacts.Of(d.Products)).Images).ToList();
        var images = SelectionMatching.Take(offered, rules);
        foreach (var rule in rules.Where(r => !SelectionMatching.Take(offered, [r]).Any(i => !i.IsBootloader)))
        {
            throw new CommandFailure(new Fault(
                "bundle-selection-empty", $"The stream offers nothing that can be used for {rule.Os}/{rule.Release}/{string.Join(',', rule.Arches)}. See what it has: bootdepot stream ls"));
        }

        var blobs = images
            .SelectMany(i => i.Files.Select(f => new BundleBlob(f.Digest.Hex, f.Size, f.Path, $"{i.Key} {i.Version}", null)))
            .DistinctBy(b => b.Sha256, StringComparer.Ordinal);
        return BundleDraft.Plan(
            NameOf(url, location), Selections(images), Documents(stream, location, keyring), blobs, b => held?.Contains(b.Digest) ?? false, key, SignedAt(stream, key));
    }

    // Its own index has to be the one that the site looks for.
    private static string NameOf(string url, StreamLocation location)
    {
        var named = StreamLocation.Parse(url);
        if (named.IndexPath != location.IndexPath)
            throw new CommandFailure(new Fault("bundle-source-unnamed", $"The index read was {location.IndexPath}, but {named} stands for {named.IndexPath}. Say --as with the URL of that index."));
        return named.IndexPath.Value == StreamLocation.DefaultIndexPath ? named.BaseUrl + "/" : named.ToString();
    }

    private static List<BundleSelection> Selections(IReadOnlyList<OfferedImage> images) =>
    [
        .. images.Where(i => !i.IsBootloader).GroupBy(i => (i.Os, i.Release)).OrderBy(g => g.Key)
            .Select(g => new BundleSelection(
                g.Key.Os, g.Key.Release, [.. g.Select(i => i.Key.Architecture.Arch).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)])),
    ];

    private static List<(string Path, ReadOnlyMemory<byte> Bytes)> Documents(ReadStream stream, StreamLocation location, byte[]? keyring)
    {
        var documents = new List<(string Path, ReadOnlyMemory<byte> Bytes)>();
        void Add(StreamPath path, SignedDocumentAnswer.Fetched fetched)
        {
            documents.Add((path.Value, fetched.Received));
            if (fetched.DetachedSignature is { } detached)
                documents.Add((path.Value + ".gpg", detached));
        }

        if (keyring is not null)
            documents.Add((BundleManifest.KeyringPath, keyring));
        Add(location.IndexPath, stream.Index);
        foreach (var document in stream.Documents)
            Add(document.Path, document.Fetched);
        return documents;
    }

    // The publisher's time, so that it is the same when an export is gone on with; but no key signs before it was made.
    private static DateTimeOffset SignedAt(ReadStream stream, SigningKey key)
    {
        var published = DocumentReader.ReadIndex(stream.Index.Text.Span).UpdatedAt ?? key.CreatedAt;
        return published > key.CreatedAt ? published : key.CreatedAt;
    }
}
