using System.Collections.Generic;
using BootDepot.Images.Retention;

namespace BootDepot.Images.Selections;

/// <summary>
/// What is taken from a source. Texts are compared exactly; <c>*</c> takes everything, as does an empty
/// <see cref="Os"/> or <see cref="Release"/>; an empty list takes nothing.
/// </summary>
/// <param name="Os">Operating system.</param>
/// <param name="Release">Release (the codename: <c>noble</c>, not <c>24.04</c>).</param>
/// <param name="Arches">Processor architectures.</param>
/// <param name="Subarches">Sub-architectures: of a product itself, or of machines that its kernel serves.</param>
/// <param name="Labels">Labels.</param>
public sealed record SelectionRule(
    string Os,
    string Release,
    IReadOnlyList<string> Arches,
    IReadOnlyList<string> Subarches,
    IReadOnlyList<string> Labels)
{
    /// <summary>How much of the past of what it takes is kept; null: as for everything.</summary>
    public RetentionPolicy? Retention { get; init; }

    /// <summary>The word that takes everything.</summary>
    public const string Any = "*";

    /// <summary>Whether every field but the sub-architecture matches.</summary>
    internal bool MatchesBesidesSubarch(string os, string release, string arch, string label) =>
        (Os is Any or "" || Os == os) && (Release is Any or "" || Release == release)
        && Takes(Arches, arch) && Takes(Labels, label);

    /// <summary>Whether the list has the value or the wildcard.</summary>
    internal static bool Takes(IReadOnlyList<string> list, string value)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] == Any || list[i] == value)
                return true;
        }

        return false;
    }

    /// <summary>Whether any sub-architecture passes.</summary>
    internal bool TakesAnySubarch
    {
        get
        {
            for (var i = 0; i < Subarches.Count; i++)
            {
                if (Subarches[i] == Any)
                    return true;
            }

            return false;
        }
    }
}
