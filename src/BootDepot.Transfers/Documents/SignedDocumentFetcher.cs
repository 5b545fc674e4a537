using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Transfers.Http;

namespace BootDepot.Transfers.Documents;

/// <summary>
/// Fetches documents of a stream and judges their signatures. Whether a signature is demanded is a matter of the source,
/// never of a file name: with a keyring every document must be signed, <c>.sjson</c> inside itself and any other by
/// <c>NAME.gpg</c> beside it. Thread-safe.
/// </summary>
public sealed class SignedDocumentFetcher(DocumentFetcher documents, TimeProvider time)
{
    private const string InlineSigned = ".sjson";
    private const string DetachedEnding = ".gpg";

    /// <summary>Fetches one document.</summary>
    /// <param name="location">The stream.</param>
    /// <param name="path">The document.</param>
    /// <param name="known">The state that the caller has verified before; null to have it in any case.</param>
    /// <param name="keyring">Keys of which one must have signed; null when the source is not verified.</param>
    /// <param name="limits">Most bytes that are taken; the default when null.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<SignedDocumentAnswer> FetchAsync(
        StreamLocation location,
        StreamPath path,
        DocumentState? known,
        Keyring? keyring,
        StreamLimits? limits,
        CancellationToken cancel)
    {
        limits ??= StreamLimits.Default;
        var isInline = path.Value.EndsWith(InlineSigned, StringComparison.Ordinal);
        var answer = await documents.FetchAsync(Url(location, path), known, limits.DocumentBytes, cancel);
        if (answer is DocumentAnswer.Failed failed)
            return new SignedDocumentAnswer.Failed(failed.Fault);
        if (answer is not DocumentAnswer.Fetched fetched)
            return new SignedDocumentAnswer.NotModified();

        ReadOnlyMemory<byte>? signature = null;
        if (!isInline && keyring is not null)
        {
            var beside = StreamPath.Parse(path.Value + DetachedEnding);
            switch (await documents.FetchAsync(Url(location, beside), null, DetachedSignature.MaxBytes, cancel))
            {
                case DocumentAnswer.Fetched s:
                    signature = s.Bytes;
                    break;
                case DocumentAnswer.Failed { Fault.Code: TransferErrors.NotFound }:
                    return new SignedDocumentAnswer.Failed(new Fault(
                        StreamErrors.SignatureMissing,
                        $"{location.UrlOf(path)} is not signed: there is no {beside}. Use the stream's .sjson index, or have the publisher sign it."));
                case DocumentAnswer.Failed f:
                    return new SignedDocumentAnswer.Failed(f.Fault);
            }
        }

        try
        {
            return Judge(fetched, signature, isInline, keyring, new VerificationPolicy(time.GetUtcNow()) { Limits = limits });
        }
        catch (StreamException e)
        {
            return new SignedDocumentAnswer.Failed(new Fault(e.Code, $"{location.UrlOf(path)}: {e.Message}"));
        }
    }

    private static SignedDocumentAnswer.Fetched Judge(
        DocumentAnswer.Fetched fetched, ReadOnlyMemory<byte>? signature, bool isInline, Keyring? keyring, VerificationPolicy policy)
    {
        var received = fetched.Bytes;
        if (keyring is null)
        {
            var text = isInline ? ClearSignedText.ReadWithoutVerifying(received, policy.Limits) : received;
            return new SignedDocumentAnswer.Fetched(text, received, null, null, fetched.State);
        }

        if (isInline)
        {
            var verified = ClearSignedText.Verify(received, keyring, policy);
            return new SignedDocumentAnswer.Fetched(verified.Text, received, null, verified.Signature, fetched.State);
        }

        var info = DetachedSignature.Verify(signature!.Value, received, keyring, policy);
        return new SignedDocumentAnswer.Fetched(received, received, signature, info, fetched.State);
    }

    private static Uri Url(StreamLocation location, StreamPath path) =>
        UrlSecrets.With(location.UrlOf(path), location.UserInfo);
}
