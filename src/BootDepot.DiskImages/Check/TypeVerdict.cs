using System.Collections.Generic;
using BootDepot.Images;

namespace BootDepot.DiskImages.Check;

/// <summary>Whether a file is what it was declared to be.</summary>
public abstract record TypeVerdict
{
    private protected TypeVerdict() { }

    /// <summary>The bytes agree with the declaration, or the declaration was forced.</summary>
    /// <param name="Warnings">What its uploader should know all the same.</param>
    public sealed record Accepted(IReadOnlyList<Fault> Warnings) : TypeVerdict;

    /// <summary>The bytes contradict the declaration, or are damaged or hostile.</summary>
    /// <param name="Fault">What was found and what to do.</param>
    /// <param name="RightType">The type that the bytes are, when they are one as they are.</param>
    /// <param name="CanForce">Whether <c>force</c> would have accepted it.</param>
    public sealed record Refused(Fault Fault, FileType? RightType, bool CanForce) : TypeVerdict;

    /// <summary>The bytes are nothing known, so they neither agree nor contradict.</summary>
    /// <param name="Fault">What was looked at; to be shown as a warning.</param>
    public sealed record Unknown(Fault Fault) : TypeVerdict;
}
