using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Images;
using BootDepot.Transfers.Documents;
using BootDepot.Transfers.Http;

namespace BootDepot.Region.Imports.Sources;

/// <summary>All sources as read at one time.</summary>
/// <param name="Sources">Every source of the catalogue, by id.</param>
/// <param name="Readings">What was read of the enabled ones.</param>
/// <param name="Fingerprint">Changes when an operator changes a source or selection.</param>
internal sealed record SourcesState(
    IReadOnlyList<SourceFacts> Sources, IReadOnlyDictionary<int, SourceReading> Readings, string Fingerprint)
{
    /// <summary>URLs by source.</summary>
    public IReadOnlyDictionary<int, string> Urls { get; } = Sources.ToDictionary(s => s.Id, s => s.Url);

    /// <summary>URLs by source, each source's own before those of its mirrors.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<string>> Places { get; } =
        Sources.ToDictionary(s => s.Id, s => (IReadOnlyList<string>)[s.Url, .. s.Mirrors]);

    /// <summary>What went wrong, of all sources.</summary>
    public IEnumerable<Problem> Problems => Readings.Values.SelectMany(r => r.Problems);
}

/// <summary>Reads all sources, side by side.</summary>
internal sealed class SourceReadings(
    CatalogDatabase catalog, DocumentMemory memory, ImportOptions options, TimeProvider time)
{
    /// <summary>The part of one source that a run is for; null: all of every enabled source.</summary>
    public SourceScope? Scope { get; init; }

    /// <summary>Reads every enabled source.</summary>
    public async Task<SourcesState> ReadAsync(HttpSender sender, CancellationToken cancel)
    {
        var fingerprint = await SourceFacts.FingerprintAsync(catalog, cancel);
        var sources = await SourceFacts.ReadAllAsync(catalog, cancel);
        if (Scope is { } scope)
            sources = [.. sources.Select(scope.Open)];
        var reader = Reader(sender);
        var readings = await Task.WhenAll(sources.Where(s => s.Enabled && (Scope is null || Scope.Is(s))).Select(s => reader.ReadAsync(s, cancel)));
        return new SourcesState(sources, readings.ToDictionary(r => r.Source.Id), fingerprint);
    }

    /// <summary>Reads one source that the catalogue need not have.</summary>
    public Task<SourceReading> TryAsync(HttpSender sender, SourceFacts source, CancellationToken cancel) => Reader(sender).ReadAsync(source, cancel);

    /// <summary>Of what was read, what the run is for.</summary>
    public SourcesState Narrow(SourcesState state) => Scope is not { } scope
        ? state
        : state with { Readings = state.Readings.ToDictionary(r => r.Key, r => scope.Narrow(r.Value)) };

    /// <summary>Keeps what was read, and forgets what nobody needs any more.</summary>
    /// <returns>The same, without the texts of documents, which the catalogue has now.</returns>
    public async Task<SourcesState> StoreAsync(SourcesState state, CancellationToken cancel)
    {
        if (state.Readings.Count > 0)
            await SourceStore.StoreAsync(catalog, [.. state.Readings.Values], time, cancel);
        if (state.Readings.Values.All(r => r.IsVerified))
        {
            var used = state.Readings.Values.SelectMany(r => r.Documents.Values.Select(d => d.Sha256).Append(r.IndexSha256 ?? ""));
            memory.KeepOnly(used.ToHashSet(StringComparer.Ordinal));
        }

        return state with { Readings = state.Readings.ToDictionary(r => r.Key, r => r.Value with { Fresh = [] }) };
    }

    /// <summary>Whether an operator changed a source or selection since.</summary>
    public async Task<bool> HaveChangedAsync(SourcesState state, CancellationToken cancel) =>
        await SourceFacts.FingerprintAsync(catalog, cancel) != state.Fingerprint;

    /// <summary>Whether a source has something new since.</summary>
    public async Task<bool> OfferMoreThanAsync(SourcesState state, HttpSender sender, CancellationToken cancel)
    {
        var again = await ReadAsync(sender, cancel);
        return again.Readings.Values.Any(r => r.Fresh.Count > 0);
    }

    private SourceReader Reader(HttpSender sender) =>
        new(catalog, new SignedDocumentFetcher(new DocumentFetcher(sender, options.Transfers), time), memory, options, time);
}
