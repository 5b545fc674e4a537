using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Transfers.Bundles;

/// <summary>A bundle that is to be written: everything but the bytes of the blobs is known.</summary>
public sealed class BundleDraft
{
    private BundleDraft(BundleManifest manifest, BundleLayout layout, byte[] head)
    {
        Manifest = manifest;
        Layout = layout;
        Head = head;
    }

    /// <summary>What it will say of itself.</summary>
    public BundleManifest Manifest { get; }

    /// <summary>Where everything will be.</summary>
    public BundleLayout Layout { get; }

    /// <summary>The bytes before the first blob: manifest and documents.</summary>
    internal ReadOnlyMemory<byte> Head { get; }

    /// <summary>The blobs that it will have, in their order.</summary>
    public IEnumerable<BundleEntry> Blobs => Layout.Entries.Where(e => e.Blob is not null);

    /// <summary>Plans a bundle and signs its manifest. The same arguments give the same bytes.</summary>
    /// <param name="source">The boot source as the site knows it.</param>
    /// <param name="selections">What was chosen.</param>
    /// <param name="documents">The publisher's documents and signatures, and <see cref="BundleManifest.KeyringPath"/>.</param>
    /// <param name="blobs">Every file of the images, each digest once.</param>
    /// <param name="isLeftOut">Whether the site has it.</param>
    /// <param name="key">What signs.</param>
    /// <param name="signedAt">The time in the signature; not before the key was made.</param>
    public static BundleDraft Plan(
        string source,
        IReadOnlyList<BundleSelection> selections,
        IReadOnlyList<(string Path, ReadOnlyMemory<byte> Bytes)> documents,
        IEnumerable<BundleBlob> blobs,
        Func<BundleBlob, bool> isLeftOut,
        SigningKey key,
        DateTimeOffset signedAt)
    {
        var listed = documents.Select(d => new BundleDocument(d.Path, Convert.ToHexStringLower(SHA256.HashData(d.Bytes.Span)), d.Bytes.Length)).ToList();
        var manifest = new BundleManifest
        {
            Format = BundleManifest.CurrentFormat,
            Source = source,
            Selections = selections,
            Documents = listed,
            Blobs = BundleLayout.Place(listed, blobs, isLeftOut),
        };
        var signed = key.ClearSign(manifest.ToText(), signedAt);
        var layout = BundleLayout.Of(signed, manifest);
        using var head = new MemoryStream();
        foreach (var (entry, bytes) in layout.Entries.Zip(documents.Select(d => d.Bytes).Prepend(signed)))
        {
            head.Write(entry.Header);
            head.Write(bytes.Span);
            head.SetLength(head.Position = entry.End);
        }

        return new BundleDraft(manifest, layout, head.ToArray());
    }
}
