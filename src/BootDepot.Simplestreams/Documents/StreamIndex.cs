using System;
using System.Collections.Generic;

namespace BootDepot.Simplestreams.Documents;

/// <summary>An <c>index:1.0</c> document: which products documents a stream has.</summary>
public sealed record StreamIndex
{
    /// <summary>The one format of an index.</summary>
    public const string FormatName = "index:1.0";

    /// <summary>When it was generated, as written (RFC 2822); null when absent.</summary>
    public string? Updated { get; init; }

    /// <summary><see cref="Updated"/> as a time; null when absent or unreadable.</summary>
    public DateTimeOffset? UpdatedAt => StreamTime.ParseOrNull(Updated);

    /// <summary>By content id, in the document's order.</summary>
    public required OrderedMap<IndexEntry> Entries { get; init; }

    /// <summary>Every other key of the document.</summary>
    public OrderedMap<TagValue> Tags { get; init; } = OrderedMap<TagValue>.Empty;
}

/// <summary>One products document that an index names.</summary>
public sealed record IndexEntry
{
    /// <summary>The stream-wide identity of the document.</summary>
    public required string ContentId { get; init; }

    /// <summary>Where it is, as written and not yet judged: use <see cref="GetPath"/>. Null when absent.</summary>
    public string? PathText { get; init; }

    /// <summary><c>products:1.0</c> for what this library reads; null when absent.</summary>
    public string? Format { get; init; }

    /// <summary>As in <c>image-ids</c>; null when absent. Carries no behaviour.</summary>
    public string? Datatype { get; init; }

    /// <summary>When the document was generated, as written; null when absent.</summary>
    public string? Updated { get; init; }

    /// <summary><see cref="Updated"/> as a time; null when absent or unreadable.</summary>
    public DateTimeOffset? UpdatedAt => StreamTime.ParseOrNull(Updated);

    /// <summary>The products that the document is said to have; null when absent. The document itself decides.</summary>
    public IReadOnlyList<string>? Products { get; init; }

    /// <summary>Every other key of the entry.</summary>
    public OrderedMap<TagValue> Tags { get; init; } = OrderedMap<TagValue>.Empty;

    /// <summary>Where the document is, relative to the mirror's base.</summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.PathUnsafe"/>, also when there is none.</exception>
    public StreamPath GetPath() => StreamPath.Parse(PathText);
}
