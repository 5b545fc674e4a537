using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Images.Retention;
using BootDepot.Images.Selections;
using BootDepot.Transfers.Documents;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Imports.Sources;

/// <summary>A boot source as an import needs it.</summary>
internal sealed record SourceFacts
{
    public required int Id { get; init; }

    public required string Url { get; init; }

    /// <summary>Further mirrors of the same stream, in the order in which they are asked.</summary>
    public IReadOnlyList<string> Mirrors { get; init; } = [];

    public required int Priority { get; init; }

    public required bool Enabled { get; init; }

    public required bool SkipVerification { get; init; }

    public required string KeyringFilename { get; init; }

    public required byte[] KeyringData { get; init; }

    /// <summary>When the operator last changed it.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>The last look at it found something wrong.</summary>
    public required bool HadProblem { get; init; }

    public required IReadOnlyList<SelectionRule> Selections { get; init; }

    /// <summary>What is stored of its documents, by path.</summary>
    public required IReadOnlyDictionary<string, StoredDocument> Documents { get; init; }

    /// <summary>Reads all of them, in three queries that see one moment. Document bytes stay in the database.</summary>
    public static Task<IReadOnlyList<SourceFacts>> ReadAllAsync(CatalogDatabase catalog, CancellationToken cancel) =>
        catalog.SnapshotAsync(ReadAllAsync, cancel);

    /// <summary>What changes when an operator changes a source or selection.</summary>
    public static async Task<string> FingerprintAsync(CatalogDatabase catalog, CancellationToken cancel)
    {
        var facts = await catalog.SnapshotAsync(
            async (context, token) => (
                await context.BootSources.OrderBy(s => s.Id).Select(s => new { s.Id, s.Updated, s.Enabled, s.Priority }).ToListAsync(token),
                await context.Selections.OrderBy(s => s.Id).Select(s => new { s.Id, s.Updated }).ToListAsync(token)),
            cancel);
        return string.Join(';', facts.Item1) + '|' + string.Join(';', facts.Item2);
    }

    private static async Task<IReadOnlyList<SourceFacts>> ReadAllAsync(CatalogContext context, CancellationToken cancel)
    {
        var selections = (await context.Selections.AsNoTracking().OrderBy(s => s.Id).ToListAsync(cancel))
            .ToLookup(s => s.BootSourceId, s => new SelectionRule(s.Os, s.Release, s.Arches, s.Subarches, s.Labels)
            {
                Retention = s.KeepVersions is null && s.KeepDays is null ? null : new RetentionPolicy(s.KeepVersions ?? 1, s.KeepDays ?? 0),
            });
        var documents = (await context.SourceDocuments.AsNoTracking()
            .Select(d => new StoredDocument(
                d.Id, d.BootSourceId, d.Path, d.ETag, d.LastModified, d.Sha256, d.SignedBy, d.StreamUpdated, d.FetchedAt))
            .ToListAsync(cancel)).ToLookup(d => d.BootSourceId);
        var sources = await context.BootSources.AsNoTracking().OrderBy(s => s.Id).ToListAsync(cancel);
        return sources.ConvertAll(s => new SourceFacts
        {
            Id = s.Id,
            Url = s.Url,
            Mirrors = s.Mirrors,
            Priority = s.Priority,
            Enabled = s.Enabled,
            SkipVerification = s.SkipKeyringVerification,
            KeyringFilename = s.KeyringFilename,
            KeyringData = s.KeyringData,
            Updated = s.Updated,
            HadProblem = s.ProblemCode is not null,
            Selections = selections[s.Id].ToList(),
            Documents = documents[s.Id].ToDictionary(d => d.Path, StringComparer.Ordinal),
        });
    }
}

/// <summary>A document as last verified, without its bytes.</summary>
internal sealed record StoredDocument(
    int Id,
    int BootSourceId,
    string Path,
    string? ETag,
    string? LastModified,
    string Sha256,
    string? SignedBy,
    DateTimeOffset? StreamUpdated,
    DateTimeOffset FetchedAt)
{
    /// <summary>What the next request asks with; null when the server gave nothing to ask with.</summary>
    public DocumentState? State { get; } = ETag is null && LastModified is null
        ? null
        : new DocumentState(
            ETag,
            DateTimeOffset.TryParse(LastModified, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null);
}
