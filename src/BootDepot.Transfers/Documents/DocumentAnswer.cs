using System;
using BootDepot.Images;

namespace BootDepot.Transfers.Documents;

/// <summary>What a server calls one state of a document; sent back to ask "has it changed?" (RFC 9110, section 13.1).</summary>
/// <param name="ETag">The entity tag as it was received, quotes and <c>W/</c> included.</param>
/// <param name="LastModified">The date of the last change.</param>
public sealed record DocumentState(string? ETag, DateTimeOffset? LastModified);

/// <summary>How the fetch of a document ended.</summary>
public abstract record DocumentAnswer
{
    private DocumentAnswer()
    {
    }

    /// <summary>The state that was named is still the present one.</summary>
    public sealed record NotModified : DocumentAnswer;

    /// <summary>The document.</summary>
    /// <param name="Bytes">Unpacked; not verified.</param>
    /// <param name="State">For the next question; null when the server gives nothing to ask with.</param>
    public sealed record Fetched(ReadOnlyMemory<byte> Bytes, DocumentState? State) : DocumentAnswer;

    /// <summary>It could not be had.</summary>
    public sealed record Failed(Fault Fault) : DocumentAnswer;
}
