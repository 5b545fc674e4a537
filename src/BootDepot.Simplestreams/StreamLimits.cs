namespace BootDepot.Simplestreams;

/// <summary>How much of a stranger's document is read before it is refused. All limits are inclusive.</summary>
public sealed record StreamLimits
{
    /// <summary>The limits that apply when none are given.</summary>
    public static StreamLimits Default { get; } = new();

    /// <summary>Bytes of one document, signature included.</summary>
    public int DocumentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Objects and lists inside each other.</summary>
    public int Depth { get; init; } = 64;

    /// <summary>Entries of one index.</summary>
    public int IndexEntries { get; init; } = 10_000;

    /// <summary>Products of one document.</summary>
    public int Products { get; init; } = 100_000;

    /// <summary>Versions of one product.</summary>
    public int Versions { get; init; } = 10_000;

    /// <summary>Items of one document, over all products and versions.</summary>
    public int Items { get; init; } = 500_000;

    /// <summary>Members of any other object or list.</summary>
    public int Members { get; init; } = 100_000;

    /// <summary>Values of any kind in one document: bounds the memory that a document can cost.</summary>
    public int Values { get; init; } = 4_000_000;

    /// <summary>Bytes of one name of a product, version, item or tag, in UTF-8.</summary>
    public int NameBytes { get; init; } = 1024;

    /// <summary>Bytes of one string or number, in UTF-8.</summary>
    public int StringBytes { get; init; } = 64 * 1024;
}
