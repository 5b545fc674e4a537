using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Transfers.Documents;

/// <summary>How the fetch of a stream document ended.</summary>
public abstract record SignedAnswer
{
    private SignedAnswer()
    {
    }

    /// <summary>The state that was named is still the present one.</summary>
    public sealed record NotModified : SignedAnswer;

    /// <summary>The document, and only the bytes of it that may be parsed.</summary>
    /// <param name="Text">What the signature covers; the whole document where none is demanded.</param>
    /// <param name="Signature">Who signed; null where no signature is demanded.</param>
    /// <param name="State">For the next question; null when the server gives nothing to ask with.</param>
    public sealed record Verified(ReadOnlyMemory<byte> Text, SignatureInfo? Signature, DocumentState? State) : SignedAnswer;

    /// <summary>It could not be had, or may not be used.</summary>
    public sealed record Failed(Fault Fault) : SignedAnswer;
}

/// <summary>
/// Fetches the documents of streams. Whether a signature is demanded is a property of the source, not of a file's suffix:
/// with a keyring <c>.sjson</c> has to be signed inline and any other document beside itself (<c>.json.gpg</c>); there is no
/// way from one to the other, nor to none. Thread-safe.
/// </summary>
public sealed class SignedDocuments(DocumentFetcher fetcher, TimeProvider time, StreamLimits? limits = null)
{
    private const string InlineSuffix = ".sjson";

    private readonly StreamLimits _limits = limits ?? StreamLimits.Default;

    /// <summary>Fetches one document and verifies it.</summary>
    /// <param name="location">The stream.</param>
    /// <param name="path">The document.</param>
    /// <param name="known">The state that the caller has; null to have it in any case.</param>
    /// <param name="keyring">Who may have signed it; null when no signature is demanded.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<SignedAnswer> FetchAsync(
        StreamLocation location, StreamPath path, DocumentState? known, Keyring? keyring, CancellationToken cancel)
    {
        var answer = await fetcher.FetchAsync(UrlOf(location, path), known, _limits.DocumentBytes, cancel);
        if (answer is not DocumentAnswer.Fetched document)
            return answer is DocumentAnswer.Failed failed ? new SignedAnswer.Failed(failed.Fault) : new SignedAnswer.NotModified();
        try
        {
            var isInline = path.Value.EndsWith(InlineSuffix, StringComparison.Ordinal);
            if (keyring is not null && !isInline)
                return await VerifyBesideAsync(location, path, document, keyring, cancel);
            if (keyring is not null)
            {
                var verified = ClearSignedText.Verify(document.Bytes, keyring, Policy);
                return new SignedAnswer.Verified(verified.Text, verified.Signature, document.State);
            }

            var text = isInline ? ClearSignedText.ReadWithoutVerifying(document.Bytes, _limits) : document.Bytes;
            return new SignedAnswer.Verified(text, null, document.State);
        }
        catch (StreamException refused)
        {
            return new SignedAnswer.Failed(new Fault(refused.Code, $"{location.UrlOf(path)}: {refused.Message}"));
        }
    }

    /// <summary>The URL of a document or item, with the credentials of its stream, which the sender turns into a header.</summary>
    public static Uri UrlOf(StreamLocation location, StreamPath path)
    {
        var url = location.UrlOf(path);
        if (location.UserInfo is not { } credentials)
            return url;
        var text = new StringBuilder(url.AbsoluteUri);
        return new Uri(text.Insert(text.ToString().IndexOf("://", StringComparison.Ordinal) + 3, credentials + "@").ToString());
    }

    private VerificationPolicy Policy => new(time.GetUtcNow()) { Limits = _limits };

    private async Task<SignedAnswer> VerifyBesideAsync(
        StreamLocation location, StreamPath path, DocumentAnswer.Fetched document, Keyring keyring, CancellationToken cancel)
    {
        var beside = StreamPath.Parse(path.Value + ".gpg");
        switch (await fetcher.FetchAsync(UrlOf(location, beside), null, DetachedSignature.MaxBytes, cancel))
        {
            case DocumentAnswer.Fetched signature:
                var signer = DetachedSignature.Verify(signature.Bytes, document.Bytes, keyring, Policy);
                return new SignedAnswer.Verified(document.Bytes, signer, document.State);
            case DocumentAnswer.Failed { Fault.Code: TransferErrors.NotFound }:
                throw new StreamException(
                    StreamErrors.SignatureMissing,
                    $"It has to be signed, but there is no {beside} beside it. Use the .sjson index if the publisher has one.");
            case DocumentAnswer.Failed failed:
                return new SignedAnswer.Failed(failed.Fault);
            default:
                throw new InvalidOperationException("An unconditional request cannot be answered with 'not modified'.");
        }
    }
}
