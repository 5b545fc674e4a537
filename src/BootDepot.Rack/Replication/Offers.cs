using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using BootDepot.Images;
using BootDepot.Images.Products;
using BootDepot.Simplestreams.Documents;
using BootDepot.Transfers.Documents;

namespace BootDepot.Rack.Replication;

/// <summary>What the region publishes, as a rack looks at it: every version of every image by itself, the newest of each first.</summary>
/// <param name="Images">The versions.</param>
/// <param name="Mark">The region's own short text for this state; empty when it was not told.</param>
internal sealed record Offers(ImmutableArray<OfferedImage> Images, string Mark)
{
    public static readonly Offers None = new([], "");

    /// <summary>Files by digest.</summary>
    public IReadOnlyDictionary<Digest, OfferedFile> Files { get; } = Images
        .SelectMany(i => i.Files)
        .DistinctBy(f => f.Digest)
        .ToDictionary(f => f.Digest);

    /// <summary>Of the documents of a region's stream.</summary>
    public static Offers Of(IEnumerable<ProductDocument> documents, string mark) =>
        new([.. documents.SelectMany(ProductFacts.Of).SelectMany(Versions)], mark);

    private static IEnumerable<OfferedImage> Versions(OfferedProduct product) =>
        product.Versions
            .OrderByDescending(v => v.Name, StringComparer.Ordinal)
            .SelectMany(version => ProductMapping.Map([product with { Versions = [version] }]).Images);
}
