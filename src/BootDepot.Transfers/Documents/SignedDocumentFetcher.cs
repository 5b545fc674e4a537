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
        for (var again = false; ; again = true)
        {
            var answer = await documents.FetchAsync(UrlOf(location, path), known, limits.DocumentBytes, cancel);
            if (answer is not DocumentAnswer.Fetched fetched)
                return answer is DocumentAnswer.Failed failed ? new SignedDocumentAnswer.Failed(failed.Fault) : new SignedDocumentAnswer.NotModified();
            var judged = keyring is null ? Read(location, path, fetched, isInline, limits)
                : isInline ? Judge(location, path, fetched, null, keyring, limits)
                : await JudgeBesideAsync(location, path, fetched, keyring, limits, cancel);
            // The document and its signature are two files: one may be replaced between our two requests.
            if (again || isInline || judged is not SignedDocumentAnswer.Failed { Fault.Code: StreamErrors.SignatureBad })
                return judged;
        }
    }

    /// <summary>The URL of a document or item, with the credentials of its stream, which the sender turns into a header.</summary>
    public static Uri UrlOf(StreamLocation location, StreamPath path) => UrlSecrets.With(location.UrlOf(path), location.UserInfo);

    private static SignedDocumentAnswer Read(
        StreamLocation location, StreamPath path, DocumentAnswer.Fetched fetched, bool isInline, StreamLimits limits)
    {
        try
        {
            // Mirrors that are not verified also serve plain JSON under the name of a signed document.
            var isPlain = !isInline || fetched.Bytes.Span.TrimStart(" \t\r\n"u8).StartsWith("{"u8);
            var text = isPlain ? fetched.Bytes : ClearSignedText.ReadWithoutVerifying(fetched.Bytes, limits);
            return new SignedDocumentAnswer.Fetched(text, fetched.Bytes, null, null, fetched.State);
        }
        catch (StreamException e)
        {
            return Refused(location, path, e);
        }
    }

    private async Task<SignedDocumentAnswer> JudgeBesideAsync(
        StreamLocation location, StreamPath path, DocumentAnswer.Fetched fetched, Keyring keyring, StreamLimits limits, CancellationToken cancel)
    {
        var beside = StreamPath.Parse(path.Value + DetachedEnding);
        return await documents.FetchAsync(UrlOf(location, beside), null, DetachedSignature.MaxBytes, cancel) switch
        {
            DocumentAnswer.Fetched signature => Judge(location, path, fetched, signature.Bytes, keyring, limits),
            DocumentAnswer.Failed { Fault.Code: TransferErrors.NotFound } => new SignedDocumentAnswer.Failed(new Fault(
                StreamErrors.SignatureMissing,
                $"{location.UrlOf(path)} has to be signed, but there is no {beside}. Use the stream's .sjson index, or have the publisher sign it.")),
            DocumentAnswer.Failed failed => new SignedDocumentAnswer.Failed(failed.Fault),
            _ => throw new InvalidOperationException("A document that was asked for unconditionally cannot be unchanged."),
        };
    }

    private SignedDocumentAnswer Judge(
        StreamLocation location, StreamPath path, DocumentAnswer.Fetched fetched, ReadOnlyMemory<byte>? beside, Keyring keyring, StreamLimits limits)
    {
        var policy = new VerificationPolicy(time.GetUtcNow()) { Limits = limits };
        try
        {
            if (beside is { } signature)
            {
                var info = DetachedSignature.Verify(signature, fetched.Bytes, keyring, policy);
                return new SignedDocumentAnswer.Fetched(fetched.Bytes, fetched.Bytes, signature, info, fetched.State);
            }

            var verified = ClearSignedText.Verify(fetched.Bytes, keyring, policy);
            return new SignedDocumentAnswer.Fetched(verified.Text, fetched.Bytes, null, verified.Signature, fetched.State);
        }
        catch (StreamException e)
        {
            return Refused(location, path, e);
        }
    }

    // A verifier knows no URLs; the person who reads its verdict needs one.
    private static SignedDocumentAnswer.Failed Refused(StreamLocation location, StreamPath path, StreamException e) =>
        new(new Fault(e.Code, $"{location.UrlOf(path)}: {e.Message}"));
}
