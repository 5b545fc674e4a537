using System;
using BootDepot.Images;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Transfers.Documents;

/// <summary>How the fetch of a stream's document ended.</summary>
/// <typeparam name="T">What it is read as.</typeparam>
public abstract record StreamAnswer<T>
{
    private StreamAnswer()
    {
    }

    /// <summary>The state that was named is still the present one.</summary>
    public sealed record NotModified : StreamAnswer<T>;

    /// <summary>The document, verified as the source's trust asks.</summary>
    /// <param name="Document">What was read.</param>
    /// <param name="Text">The verified bytes that it was read from.</param>
    /// <param name="Signature">Who signed it; null when nothing is verified.</param>
    /// <param name="State">For the next question.</param>
    public sealed record Read(T Document, ReadOnlyMemory<byte> Text, SignatureInfo? Signature, DocumentState? State) : StreamAnswer<T>;

    /// <summary>It could not be had, or was refused.</summary>
    public sealed record Failed(Fault Fault) : StreamAnswer<T>;
}
