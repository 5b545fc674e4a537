using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using BootDepot.Images;
using BootDepot.Simplestreams;

namespace BootDepot.Transfers.Bundles;

/// <summary>
/// Where everything is in a bundle, which is a tar archive:
/// <code>
/// manifest/SHA256.sjson           the manifest, signed by the bundle's maker; named by the digest of the signed bytes
/// documents/streams/v1/…          the publisher's documents and signatures, byte for byte; and keyring.gpg
/// blobs/sha256/SHA256             files of images that the site may lack
/// (two empty blocks)
/// </code>
/// All of it follows from the signed manifest, the headers too: so every byte can be judged, and one that is wrong be named.
/// </summary>
public sealed class BundleLayout
{
    private BundleLayout(IReadOnlyList<BundleEntry> entries) => Entries = entries;

    /// <summary>The entries, in their order.</summary>
    public IReadOnlyList<BundleEntry> Entries { get; }

    /// <summary>Bytes of the bundle, all its parts together.</summary>
    public long Size => Entries[^1].End + TarBlock.EndSize;

    /// <summary>Gives the blobs that are not left out their offsets.</summary>
    internal static IReadOnlyList<BundleBlob> Place(IReadOnlyList<BundleDocument> documents, IEnumerable<BundleBlob> blobs, Func<BundleBlob, bool> isLeftOut)
    {
        var at = documents.Sum(d => TarBlock.Size + TarBlock.Padded(d.Size));
        var placed = new List<BundleBlob>();
        foreach (var blob in blobs)
        {
            var isOut = isLeftOut(blob);
            placed.Add(blob with { Offset = isOut ? null : at + TarBlock.Size });
            if (!isOut)
                at = checked(at + TarBlock.Size + TarBlock.Padded(blob.Size));
        }

        return placed;
    }

    /// <exception cref="BundleException"><see cref="BundleErrors.Unreadable"/>: the manifest contradicts itself.</exception>
    internal static BundleLayout Of(ReadOnlySpan<byte> signedManifest, BundleManifest manifest)
    {
        try
        {
            var digest = Digest.FromHash(SHA256.HashData(signedManifest));
            var entries = new List<BundleEntry> { new(null, ManifestName(digest), 0, signedManifest.Length, digest, "the manifest") };
            void Add(BundleBlob? blob, string name, long size, string sha256, string title) =>
                entries.Add(new BundleEntry(blob, name, entries[^1].End, size >= 0 ? size : throw new FormatException($"{title} has a negative size"), Digest.Parse(sha256), title));
            foreach (var document in manifest.Documents)
                Add(null, DocumentName(document), document.Size, document.Sha256, $"the document {StreamPath.Parse(document.Path)}");
            var origin = entries[0].End;
            foreach (var blob in manifest.Blobs.Where(b => b.Offset is not null))
            {
                Add(blob, $"blobs/sha256/{blob.Digest.Hex}", blob.Size, blob.Sha256, $"the blob {blob.Sha256} ({blob.Path} of {blob.Image})");
                if (entries[^1].DataOffset - origin != blob.Offset)
                    throw new FormatException($"the blob {blob.Sha256} is not where its offset says");
            }

            return new BundleLayout(entries);
        }
        catch (Exception e) when (e is FormatException or StreamException or OverflowException)
        {
            throw BundleErrors.NotReadable($"its manifest contradicts itself: {e.Message}");
        }
    }

    internal static string ManifestName(Digest digest) => $"manifest/{digest.Hex}.sjson";

    private static string DocumentName(BundleDocument document) =>
        "documents/" + document.Path is { } name && TarBlock.CanName(name) ? name : $"documents/sha256/{document.Sha256}";
}

/// <summary>An entry of a bundle.</summary>
/// <param name="Blob">The blob that it is; null for the manifest and documents.</param>
/// <param name="Name">Its name in the archive.</param>
/// <param name="HeaderOffset">Where its header begins, counted from the begin of the bundle.</param>
/// <param name="Size">Bytes of its content.</param>
/// <param name="Digest">Digest of its content.</param>
/// <param name="Title">What it is, for people.</param>
public sealed record BundleEntry(BundleBlob? Blob, string Name, long HeaderOffset, long Size, Digest Digest, string Title)
{
    /// <summary>Where its content begins.</summary>
    public long DataOffset => HeaderOffset + TarBlock.Size;

    /// <summary>Where the next entry begins.</summary>
    public long End => checked(DataOffset + TarBlock.Padded(Size));

    internal byte[] Header => TarBlock.Header(Name, Size);
}
