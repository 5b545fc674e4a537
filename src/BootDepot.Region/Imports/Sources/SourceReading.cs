using System;
using System.Collections.Generic;
using BootDepot.Images;
using BootDepot.Images.Products;
using BootDepot.Simplestreams.Documents;
using BootDepot.Transfers.Documents;

namespace BootDepot.Region.Imports.Sources;

/// <summary>What reading a source came to.</summary>
internal sealed record SourceReading
{
    public required SourceFacts Source { get; init; }

    /// <summary>Its verified products documents, by content id.</summary>
    public required IReadOnlyDictionary<string, ReadProducts> Documents { get; init; }

    /// <summary>What it offers, as far as it was read.</summary>
    public required IReadOnlyList<OfferedImage> Images { get; init; }

    /// <summary>Every document was read and verified, so what it offers is known.</summary>
    public required bool IsVerified { get; init; }

    /// <summary>What is missing from <see cref="Images"/> is really not offered.</summary>
    public required bool AbsenceCounts { get; init; }

    /// <summary>Documents that came anew, to be stored.</summary>
    public required IReadOnlyList<FreshDocument> Fresh { get; init; }

    /// <summary>Paths of the documents that belong to the source now.</summary>
    public required IReadOnlySet<string> Paths { get; init; }

    /// <summary>The key that signed the index.</summary>
    public string? SignedBy { get; init; }

    /// <summary>Digest of the index; null when it was not read.</summary>
    public string? IndexSha256 { get; init; }

    /// <summary>What went wrong, the gravest first.</summary>
    public required IReadOnlyList<Problem> Problems { get; init; }

    /// <summary>Why the source as a whole is not usable today; null when it is.</summary>
    public Fault? FaultOrNull
    {
        get
        {
            foreach (var problem in Problems)
            {
                if (problem.Level == ProblemLevel.Error)
                    return problem.Fault;
            }

            return null;
        }
    }
}

/// <summary>A verified products document and what it maps to.</summary>
internal sealed record ReadProducts(ProductDocument Document, MappedProducts Mapped, string? SignedBy, string Sha256);

/// <summary>A document that was fetched and verified in this run.</summary>
internal sealed record FreshDocument(
    string Path,
    DocumentState? State,
    string Sha256,
    ReadOnlyMemory<byte> Text,
    string? SignedBy,
    DateTimeOffset? StreamUpdated,
    DateTimeOffset FetchedAt);
