using System;

namespace BootDepot.Images.Products;

/// <summary>How a kernel flavour shows in a resource's sub-architecture (<c>hwe-22.04-lowlatency-edge</c>).</summary>
public static class KernelFlavors
{
    /// <summary>The flavour that is never written.</summary>
    public const string Generic = "generic";

    private const string Edge = "-edge";

    /// <summary>
    /// The sub-architecture of the resource: the flavour is appended to a <c>ga-</c> or <c>hwe-</c> line, before a
    /// final <c>-edge</c>, unless it is generic or the sub-architecture itself.
    /// </summary>
    public static string Apply(string subarch, string? flavor)
    {
        if (!Shows(subarch, flavor))
            return subarch;
        return subarch.EndsWith(Edge, StringComparison.Ordinal)
            ? $"{subarch[..^Edge.Length]}-{flavor}{Edge}"
            : $"{subarch}-{flavor}";
    }

    /// <summary>The reverse of <see cref="Apply"/>: the raw sub-architecture that selections are compared with.</summary>
    public static string Strip(string applied, string? flavor)
    {
        if (!Shows(applied, flavor))
            return applied;
        var edge = applied.EndsWith(Edge, StringComparison.Ordinal) ? Edge : "";
        var line = applied[..^edge.Length];
        return line.EndsWith("-" + flavor, StringComparison.Ordinal)
            ? line[..^(flavor!.Length + 1)] + edge
            : applied;
    }

    private static bool Shows(string subarch, string? flavor) =>
        !string.IsNullOrEmpty(flavor) && flavor != Generic && flavor != subarch
        && (subarch.Contains("ga-", StringComparison.Ordinal) || subarch.Contains("hwe-", StringComparison.Ordinal));
}
