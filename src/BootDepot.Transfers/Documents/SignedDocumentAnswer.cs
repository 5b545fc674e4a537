using System;
using BootDepot.Images;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Transfers.Documents;

/// <summary>How the fetch of a stream document ended, its signature judged.</summary>
public abstract record SignedDocumentAnswer
{
    private SignedDocumentAnswer()
    {
    }

    /// <summary>The state that was named is still the present one.</summary>
    public sealed record NotModified : SignedDocumentAnswer;

    /// <summary>The document.</summary>
    /// <param name="Text">What its signature covers, the only bytes to parse; all of it when no signature is demanded.</param>
    /// <param name="Received">The bytes as they came, signature included, for keeping the publisher's own form.</param>
    /// <param name="DetachedSignature">The signature that came beside it; null for an inline one and when none is demanded.</param>
    /// <param name="Signature">Who signed it; null when no signature is demanded.</param>
    /// <param name="State">For the next question; null when the server gives nothing to ask with.</param>
    public sealed record Fetched(
        ReadOnlyMemory<byte> Text,
        ReadOnlyMemory<byte> Received,
        ReadOnlyMemory<byte>? DetachedSignature,
        SignatureInfo? Signature,
        DocumentState? State) : SignedDocumentAnswer;

    /// <summary>It could not be had, or may not be used.</summary>
    public sealed record Failed(Fault Fault) : SignedDocumentAnswer;
}
