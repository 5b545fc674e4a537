using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Transfers.Http;

namespace BootDepot.Transfers.Documents;

/// <summary>
/// Fetches a stream's documents when they changed, verifies them, and reads only what the verifier returned. Thread-safe.
/// </summary>
public sealed class StreamFetcher(DocumentFetcher documents, TimeProvider time)
{
    private const string InlineSuffix = ".sjson";
    private const string DetachedSuffix = ".gpg";

    /// <summary>Fetches the index.</summary>
    /// <param name="stream">Which stream.</param>
    /// <param name="trust">How its documents are judged.</param>
    /// <param name="known">The state that the caller has; null to have it in any case.</param>
    /// <param name="cancel">Ends it.</param>
    public Task<StreamAnswer<StreamIndex>> FetchIndexAsync(
        StreamLocation stream,
        StreamTrust trust,
        DocumentState? known,
        CancellationToken cancel) =>
        FetchAsync(stream, stream.IndexPath, trust, known, text => DocumentReader.ReadIndex(text.Span, trust.Limits), cancel);

    /// <summary>Fetches a product document that an index names; one that has another content id is refused.</summary>
    /// <param name="stream">Which stream.</param>
    /// <param name="entry">What its index says.</param>
    /// <param name="trust">How its documents are judged.</param>
    /// <param name="known">The state that the caller has; null to have it in any case.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<StreamAnswer<ProductDocument>> FetchProductsAsync(
        StreamLocation stream,
        IndexEntry entry,
        StreamTrust trust,
        DocumentState? known,
        CancellationToken cancel)
    {
        try
        {
            return await FetchAsync(
                stream,
                entry.GetPath(),
                trust,
                known,
                text => DocumentReader.ReadProducts(text.Span, trust.Limits, entry.ContentId),
                cancel);
        }
        catch (StreamException unsafePath)
        {
            return new StreamAnswer<ProductDocument>.Failed(new Fault(unsafePath.Code, unsafePath.Message));
        }
    }

    private async Task<StreamAnswer<T>> FetchAsync<T>(
        StreamLocation stream,
        StreamPath path,
        StreamTrust trust,
        DocumentState? known,
        Func<ReadOnlyMemory<byte>, T> read,
        CancellationToken cancel)
    {
        var url = UrlSecrets.With(stream.UrlOf(path), stream.UserInfo);
        var inline = path.Value.EndsWith(InlineSuffix, StringComparison.Ordinal);
        for (var again = false; ; again = true)
        {
            switch (await documents.FetchAsync(url, known, trust.Limits.DocumentBytes, cancel))
            {
                case DocumentAnswer.NotModified:
                    return new StreamAnswer<T>.NotModified();
                case DocumentAnswer.Failed failed:
                    return new StreamAnswer<T>.Failed(failed.Fault);
                case DocumentAnswer.Fetched fetched:
                    var (text, signature, fault) = inline || trust.Keyring is null
                        ? Verify(fetched.Bytes, inline, trust)
                        : await VerifyDetachedAsync(url, fetched.Bytes, trust, cancel);
                    // The document and its signature are two files: one may be replaced between our two requests.
                    if (fault?.Code == StreamErrors.SignatureBad && !inline && !again)
                        continue;
                    return fault is not null
                        ? new StreamAnswer<T>.Failed(Name(fault, url))
                        : Read(text, signature, fetched.State, read, url);
            }
        }
    }

    private static StreamAnswer<T> Read<T>(
        ReadOnlyMemory<byte> text,
        SignatureInfo? signature,
        DocumentState? state,
        Func<ReadOnlyMemory<byte>, T> read,
        Uri url)
    {
        try
        {
            return new StreamAnswer<T>.Read(read(text), text, signature, state);
        }
        catch (StreamException refused)
        {
            return new StreamAnswer<T>.Failed(Name(new Fault(refused.Code, refused.Message), url));
        }
    }

    private (ReadOnlyMemory<byte> Text, SignatureInfo? Signature, Fault? Fault) Verify(
        ReadOnlyMemory<byte> bytes,
        bool inline,
        StreamTrust trust)
    {
        try
        {
            if (trust.Keyring is { } keyring)
            {
                var verified = ClearSignedText.Verify(bytes, keyring, Policy(trust));
                return (verified.Text, verified.Signature, null);
            }

            // Unverified mirrors also serve plain JSON under the name of a signed document.
            var isPlain = !inline || bytes.Span.TrimStart(" \t\r\n"u8).StartsWith("{"u8);
            return (isPlain ? bytes : ClearSignedText.ReadWithoutVerifying(bytes, trust.Limits), null, null);
        }
        catch (StreamException refused)
        {
            return (default, null, new Fault(refused.Code, refused.Message));
        }
    }

    private async Task<(ReadOnlyMemory<byte> Text, SignatureInfo? Signature, Fault? Fault)> VerifyDetachedAsync(
        Uri url,
        ReadOnlyMemory<byte> bytes,
        StreamTrust trust,
        CancellationToken cancel)
    {
        var signatureUrl = new UriBuilder(url) { Path = url.AbsolutePath + DetachedSuffix }.Uri;
        switch (await documents.FetchAsync(signatureUrl, null, DetachedSignature.MaxBytes, cancel))
        {
            case DocumentAnswer.Fetched signature:
                try
                {
                    return (bytes, DetachedSignature.Verify(signature.Bytes, bytes, trust.Keyring!, Policy(trust)), null);
                }
                catch (StreamException refused)
                {
                    return (default, null, new Fault(refused.Code, refused.Message));
                }

            case DocumentAnswer.Failed { Fault.Code: TransferErrors.NotFound }:
                return (default, null, new Fault(
                    StreamErrors.SignatureMissing,
                    $"There is no signature {UrlSecrets.Show(signatureUrl)}, and the source's documents have to be signed."));
            case DocumentAnswer.Failed failed:
                return (default, null, failed.Fault);
            default:
                throw new InvalidOperationException("A document that was asked for unconditionally cannot be unchanged.");
        }
    }

    private VerificationPolicy Policy(StreamTrust trust) =>
        new(time.GetUtcNow()) { AllowExpiredKeys = trust.AllowExpiredKeys, Limits = trust.Limits };

    /// <summary>A verifier knows no URLs; the person who reads its verdict needs one.</summary>
    private static Fault Name(Fault fault, Uri url) =>
        fault.Code.StartsWith("transfer-", StringComparison.Ordinal) ? fault : fault with { Message = $"{UrlSecrets.Show(url)}: {fault.Message}" };
}
