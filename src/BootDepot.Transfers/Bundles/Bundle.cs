using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Transfers.Bundles;

/// <summary>
/// A bundle that is there whole, its manifest verified. What is read of it is judged against the manifest: a byte that was changed is
/// found, and what it hit is named.
/// </summary>
public sealed class Bundle : IDisposable
{
    private const int PieceSize = 1024 * 1024;
    private readonly BundleParts _parts;

    private Bundle(BundleParts parts, BundleManifest manifest, BundleLayout layout, byte[] signedManifest, SignatureInfo? signature)
    {
        _parts = parts;
        Manifest = manifest;
        Layout = layout;
        SignedManifest = signedManifest;
        Signature = signature;
    }

    /// <summary>What the bundle says of itself.</summary>
    public BundleManifest Manifest { get; }

    /// <summary>Where everything is.</summary>
    public BundleLayout Layout { get; }

    /// <summary>The manifest with its signature.</summary>
    public ReadOnlyMemory<byte> SignedManifest { get; }

    /// <summary>Identity of the bundle: the digest of its signed manifest.</summary>
    public Digest Id => Layout.Entries[0].Digest;

    /// <summary>Who signed it; null when nobody was asked for.</summary>
    public SignatureInfo? Signature { get; }

    /// <summary>The keyring that the source's documents were verified with when the bundle was made; null when they were not.</summary>
    public BundleDocument? KeyringOrNull => Manifest.Documents.FirstOrDefault(d => d.Path == BundleManifest.KeyringPath);

    /// <summary>The publisher's documents and signatures.</summary>
    public IEnumerable<BundleDocument> StreamDocuments => Manifest.Documents.Where(d => d.Path != BundleManifest.KeyringPath);

    /// <summary>Opens a bundle: its manifest is verified, and all bytes are there; what they are is judged when they are read.</summary>
    /// <param name="files">One file, the name that its parts have in common, or all parts.</param>
    /// <param name="keyring">Keys of which one must have signed it; null to read it unverified.</param>
    /// <param name="policy">How the signature is judged.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="BundleException">It is no bundle, or damaged, or cut.</exception>
    /// <exception cref="StreamException">The signature is not good: one of the <c>signature-</c> codes.</exception>
    public static async Task<Bundle> OpenAsync(
        IReadOnlyList<string> files, Keyring? keyring, VerificationPolicy policy, CancellationToken cancel)
    {
        var parts = BundleParts.Open(files);
        try
        {
            var signed = await ReadManifestAsync(parts, policy.Limits, cancel);
            var verified = keyring is null ? null : ClearSignedText.Verify(signed, keyring, policy);
            var text = verified?.Text ?? ClearSignedText.ReadWithoutVerifying(signed, policy.Limits);
            var manifest = BundleManifest.Parse(text.Span);
            var layout = BundleLayout.Of(signed, manifest);
            return parts.LengthFaultOrNull(layout.Size) is { } fault
                ? throw new BundleException(fault)
                : new Bundle(parts, manifest, layout, signed, verified?.Signature);
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    /// <summary>Reads a document and judges it.</summary>
    /// <exception cref="BundleException"><see cref="BundleErrors.Damaged"/>.</exception>
    public async Task<byte[]> ReadDocumentAsync(BundleDocument document, CancellationToken cancel)
    {
        var entry = Layout.Entries[1 + Manifest.Documents.ToList().IndexOf(document)];
        if (document.Size > StreamLimits.Default.DocumentBytes)
            throw BundleErrors.NotReadable($"{entry.Title} has {document.Size} bytes, more than are read of such a document");
        var bytes = new byte[document.Size];
        await _parts.ReadAsync(entry.DataOffset, bytes, cancel);
        return Digest.FromHash(SHA256.HashData(bytes)) == entry.Digest ? bytes : throw new BundleException(DamageOf(entry));
    }

    /// <summary>Content of an entry from a place on, piece by piece; the memory is good until the next piece. Not judged.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        BundleEntry entry, long from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var piece = new byte[int.CreateChecked(long.Min(PieceSize, long.Max(1, entry.Size - from)))];
        while (from < entry.Size)
        {
            var count = await _parts.ReadAsync(entry.DataOffset + from, piece.AsMemory(0, (int)long.Min(piece.Length, entry.Size - from)), cancel);
            if (count == 0)
                throw new BundleException(DamageOf(entry));
            yield return piece.AsMemory(0, count);
            from += count;
        }
    }

    /// <summary>Reads every byte and gives all that is wrong, in the order of the bundle.</summary>
    /// <param name="passed">Told of the bytes that were read; null when nobody wants to know.</param>
    /// <param name="cancel">Ends it.</param>
    public async IAsyncEnumerable<Fault> VerifyAsync(
        Action<long>? passed, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in Layout.Entries)
        {
            if (await FrameFaultOrNullAsync(entry, cancel) is { } frame)
                yield return frame;
            await foreach (var piece in ReadAsync(entry, 0, cancel))
                hash.AppendData(piece.Span);
            if (Digest.FromHash(hash.GetHashAndReset()) != entry.Digest)
                yield return DamageOf(entry);
            passed?.Invoke(entry.End);
        }

        var end = Layout.Entries[^1].End;
        if (!await IsZeroAsync(end, TarBlock.EndSize, cancel))
            yield return new Fault(BundleErrors.Damaged, $"The end of the bundle was changed, {Range(end, TarBlock.EndSize)}. The blobs are not concerned; copy it again.");
    }

    /// <summary>That an entry's content is not what it should be.</summary>
    public Fault DamageOf(BundleEntry entry) => new(
        BundleErrors.Damaged,
        $"Of the bundle, {entry.Title} is damaged: {Range(entry.DataOffset, entry.Size)}. Copy that file again from where the bundle was made.");

    /// <inheritdoc />
    public void Dispose() => _parts.Dispose();

    internal static bool IsBegin(ReadOnlySpan<byte> block) =>
        TarBlock.ReadOrNull(block) is { } first && first.Name.StartsWith("manifest/", StringComparison.Ordinal);

    private static async Task<byte[]> ReadManifestAsync(BundleParts parts, StreamLimits limits, CancellationToken cancel)
    {
        var block = new byte[TarBlock.Size];
        if (await parts.ReadAsync(0, block, cancel) < block.Length || TarBlock.ReadOrNull(block) is not { } first || !IsBegin(block))
            throw BundleErrors.NotReadable($"its first {TarBlock.Size} bytes are not the header of a manifest; it is something else, or was damaged there");
        if (first.Size > limits.DocumentBytes)
            throw BundleErrors.NotReadable($"its manifest has {first.Size} bytes, more than the {limits.DocumentBytes} that are read");
        if (first.Size > parts.Length - TarBlock.Size)
            throw new BundleException(new Fault(BundleErrors.CutShort, $"The bundle ends in its manifest, after {parts.Length} bytes. Copy it again from where it was made."));
        var signed = new byte[first.Size];
        await parts.ReadAsync(TarBlock.Size, signed, cancel);
        return first.Name == BundleLayout.ManifestName(Digest.FromHash(SHA256.HashData(signed)))
            ? signed
            : throw BundleErrors.NotReadable($"its manifest, {parts.PlaceOf(TarBlock.Size)} and the {signed.Length} from there on, was damaged: it is not what its name says");
    }

    private async Task<Fault?> FrameFaultOrNullAsync(BundleEntry entry, CancellationToken cancel)
    {
        var header = new byte[TarBlock.Size];
        await _parts.ReadAsync(entry.HeaderOffset, header, cancel);
        if (!header.AsSpan().SequenceEqual(entry.Header))
            return new Fault(BundleErrors.Damaged, $"The header of {entry.Title} was changed, {Range(entry.HeaderOffset, TarBlock.Size)}. Copy that file again from where the bundle was made.");
        var padding = (int)(entry.End - entry.DataOffset - entry.Size);
        return await IsZeroAsync(entry.DataOffset + entry.Size, padding, cancel)
            ? null
            : new Fault(BundleErrors.Damaged, $"The padding behind {entry.Title} was changed, {Range(entry.DataOffset + entry.Size, padding)}. Copy that file again from where the bundle was made.");
    }

    private async Task<bool> IsZeroAsync(long offset, int count, CancellationToken cancel)
    {
        var bytes = new byte[count];
        return await _parts.ReadAsync(offset, bytes, cancel) == count && !bytes.AsSpan().ContainsAnyExcept((byte)0);
    }

    private string Range(long offset, long count) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"bytes {offset} to {offset + count - 1} of the bundle, from {_parts.PlaceOf(offset)} on");
}
