using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Transfers;
using BootDepot.Transfers.Documents;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Imports.Sources;

/// <summary>
/// Reads a source: its index, then every products document that the index names. A document that did not change is not
/// sent again; one that is older than what was read before is refused. A document that fails leaves the others alone.
/// </summary>
internal sealed class SourceReader(
    CatalogDatabase catalog, SignedDocumentFetcher client, DocumentMemory memory, ImportOptions options, TimeProvider time)
{
    private static readonly TimeSpan Skew = TimeSpan.FromDays(1);

    /// <summary>Reads. Never fails for what the source does; <see cref="SourceReading.Problems"/> tells.</summary>
    public async Task<SourceReading> ReadAsync(SourceFacts source, CancellationToken cancel)
    {
        var round = new Round(source);
        try
        {
            var location = StreamLocation.Parse(source.Url);
            var keyring = await SourceKeyring.ReadAsync(source, cancel);
            for (var attempt = 1; ; attempt++)
            {
                round = new Round(source, round.Fresh);
                var index = await ReadIndexAsync(round, location, keyring, cancel);
                await ReadProductsAsync(round, index, location, keyring, cancel);
                // A publisher in the middle of its work, or a cache that mixes old and new: look again.
                if (!round.IsInconsistent || attempt == options.ReadAttempts)
                    break;
                await Task.Delay(options.ReadDelay, time, cancel);
            }
        }
        catch (StreamException e)
        {
            round.Fail(UrlText.WithoutPassword(source.Url)!, new Fault(e.Code, e.Message));
        }

        return round.ToReading();
    }

    private async Task<StreamIndex> ReadIndexAsync(
        Round round, StreamLocation location, SourceKeyring keyring, CancellationToken cancel)
    {
        var document = await ReadAsync(round, location, location.IndexPath, keyring, cancel);
        (round.SignedBy, round.IndexSha256) = (document.SignedBy, document.Sha256);
        round.IndexIsFresh = document.Fresh is not null;
        var index = memory.IndexOrNull(document.Sha256)
            ?? memory.AddIndex(document.Sha256, (await TextOfAsync(document, cancel)).Span);
        Accept(round, document, index.UpdatedAt, "index");
        return index;
    }

    private async Task ReadProductsAsync(
        Round round, StreamIndex index, StreamLocation location, SourceKeyring keyring, CancellationToken cancel)
    {
        foreach (var entry in index.Entries.Values)
        {
            if (entry.Datatype == "release-notifications")
                continue;
            if (entry.Format != ProductDocument.FormatName)
            {
                round.Note(entry.ContentId, "index-entry-not-taken",
                    $"Its format is '{entry.Format}', not {ProductDocument.FormatName}; it is left out. Nothing to do.");
                continue;
            }

            try
            {
                await ReadProductsAsync(round, entry, location, keyring, cancel);
            }
            catch (StreamException e)
            {
                // Gone or not matching right after the index named it: perhaps the index is on its way out, too.
                round.IsInconsistent |= round.IndexIsFresh && IsPerhapsPassing(e.Code);
                round.Fail(entry.ContentId, new Fault(e.Code, e.Message));
            }
        }
    }

    private async Task ReadProductsAsync(
        Round round, IndexEntry entry, StreamLocation location, SourceKeyring keyring, CancellationToken cancel)
    {
        var document = await ReadAsync(round, location, entry.GetPath(), keyring, cancel);
        var parsed = memory.ProductsOrNull(document.Sha256) is { } known && known.Document.ContentId == entry.ContentId
            ? known
            : memory.AddProducts(document.Sha256, (await TextOfAsync(document, cancel)).Span, entry.ContentId);
        Accept(round, document, parsed.Document.UpdatedAt, entry.ContentId);
        round.Documents[entry.ContentId] = new ReadProducts(parsed.Document, parsed.Mapped, document.SignedBy, document.Sha256);

        var isBehind = parsed.Document.UpdatedAt < entry.UpdatedAt;
        var isMissingSome = entry.Products?.Any(p => !parsed.Document.Products.ContainsKey(p)) ?? false;
        if (!isBehind && !isMissingSome)
            return;
        round.IsInconsistent |= round.IndexIsFresh;
        round.Warn(entry.ContentId, "document-behind-index",
            $"The index describes a newer {entry.ContentId} than the one that was served (updated {parsed.Document.Updated}, "
            + $"announced {entry.Updated}). Nothing is deleted for being missing from it. The next import looks again; if it "
            + "stays so, tell the publisher.");
    }

    private async Task<ReadDocument> ReadAsync(
        Round round, StreamLocation location, StreamPath path, SourceKeyring keyring, CancellationToken cancel)
    {
        var source = round.Source;
        round.Paths.Add(path.Value);
        var stored = source.Documents.GetValueOrDefault(path.Value);
        // What was verified with other keys, or fetched from another place, is not evidence any more.
        if (stored is not null && (stored.FetchedAt < source.Updated || stored.FetchedAt < keyring.ChangedAt))
            stored = null;
        var fresh = round.Fresh.GetValueOrDefault(path.Value);
        var known = fresh is null ? stored?.State : fresh.State;
        switch (await FetchAsync(source, location, path, known, keyring, cancel))
        {
            case SignedDocumentAnswer.NotModified when fresh is not null:
                return new ReadDocument(path.Value, fresh.Sha256, fresh.SignedBy, stored, fresh);
            case SignedDocumentAnswer.NotModified when stored is not null:
                return new ReadDocument(path.Value, stored.Sha256, stored.SignedBy, stored, null);
            case SignedDocumentAnswer.Fetched answer:
                var sha = Convert.ToHexStringLower(SHA256.HashData(answer.Text.Span));
                var signer = answer.Signature?.PrimaryKey.Hex;
                return new ReadDocument(path.Value, sha, signer, stored, new FreshDocument(
                    path.Value, answer.State, sha, answer.Text, signer, null, time.GetUtcNow()));
            case SignedDocumentAnswer.Failed { Fault: var fault }:
                throw new StreamException(fault.Code, fault.Message);
            default:
                throw new StreamException(
                    "document-unasked-304",
                    $"{path} of {location} was answered with 304 although no condition was sent. Check the proxy between.");
        }
    }

    // Each document is asked of the source itself first: what a mirror has may lag behind.
    private async Task<SignedDocumentAnswer> FetchAsync(
        SourceFacts source, StreamLocation location, StreamPath path, DocumentState? known, SourceKeyring keyring, CancellationToken cancel)
    {
        var answer = await client.FetchAsync(location, path, known, keyring.Keyring, null, cancel);
        foreach (var mirror in source.Mirrors)
        {
            if (answer is not SignedDocumentAnswer.Failed)
                break;
            // Entity tags mean something to the server that gave them only.
            if (await client.FetchAsync(StreamLocation.Parse(mirror), path, null, keyring.Keyring, null, cancel) is var other
                and not SignedDocumentAnswer.Failed)
                answer = other;
        }

        return answer;
    }

    /// <summary>
    /// Refuses a document that is older than the one read before: an old signature stays valid for ever, so without this
    /// anybody on the way could bring back images with known holes.
    /// </summary>
    private void Accept(Round round, ReadDocument document, DateTimeOffset? updated, string subject)
    {
        if (document.Fresh is not { } fresh)
            return;
        if (updated < document.Stored?.StreamUpdated)
        {
            throw new StreamException(
                "document-went-back",
                $"{document.Path} of {UrlText.WithoutPassword(round.Source.Url)} says it was updated {updated:u}, but one of "
                + $"{document.Stored.StreamUpdated:u} was read before. An old document may be replayed by someone on the way. "
                + "If the publisher really went back, save the boot source again; that accepts what is there.");
        }

        if (updated > time.GetUtcNow() + Skew)
        {
            round.Warn(subject, "document-from-future",
                $"{document.Path} says it was updated {updated:u}, more than a day from now. Check this machine's clock.");
        }

        round.Fresh[document.Path] = fresh with { StreamUpdated = updated ?? document.Stored?.StreamUpdated };
    }

    private async Task<ReadOnlyMemory<byte>> TextOfAsync(ReadDocument document, CancellationToken cancel)
    {
        if (document.Fresh is { } fresh)
            return fresh.Text;
        await using var context = await catalog.CreateDbContextAsync(cancel);
        return await context.SourceDocuments.Where(d => d.Id == document.Stored!.Id).Select(d => d.Content).SingleAsync(cancel);
    }

    private static bool IsPerhapsPassing(string code) =>
        code is TransferErrors.NotFound or StreamErrors.DocumentWrongContentId or "document-went-back";

    private sealed record ReadDocument(
        string Path, string Sha256, string? SignedBy, StoredDocument? Stored, FreshDocument? Fresh);

    /// <summary>One look at a source.</summary>
    private sealed class Round(SourceFacts source, Dictionary<string, FreshDocument>? fresh = null)
    {
        private readonly List<Problem> _problems = [];

        public SourceFacts Source => source;

        public Dictionary<string, ReadProducts> Documents { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, FreshDocument> Fresh { get; } = fresh ?? new(StringComparer.Ordinal);

        public HashSet<string> Paths { get; } = new(StringComparer.Ordinal);

        public string? SignedBy { get; set; }

        public string? IndexSha256 { get; set; }

        public bool IndexIsFresh { get; set; }

        public bool IsInconsistent { get; set; }

        private bool HasFailed { get; set; }

        private bool IsBehind { get; set; }

        public void Fail(string subject, Fault fault)
        {
            HasFailed = true;
            _problems.Add(new Problem(ProblemLevel.Error, subject, fault));
        }

        public void Warn(string subject, string code, string message)
        {
            IsBehind |= code == "document-behind-index";
            _problems.Add(new Problem(ProblemLevel.Warning, subject, new Fault(code, message)));
        }

        public void Note(string subject, string code, string message) =>
            _problems.Add(new Problem(ProblemLevel.Note, subject, new Fault(code, message)));

        public SourceReading ToReading() => new()
        {
            Source = source,
            Documents = Documents,
            Images = Documents.Count == 1
                ? Documents.Values.First().Mapped.Images
                : Documents.Values.SelectMany(d => d.Mapped.Images).ToList(),
            IsVerified = !HasFailed,
            AbsenceCounts = !HasFailed && !IsBehind && Documents.Values.All(d => d.Mapped.IsWhole),
            Fresh = [.. Fresh.Values],
            Paths = Paths,
            SignedBy = SignedBy,
            IndexSha256 = IndexSha256,
            Problems = [.. _problems.OrderByDescending(p => p.Level), .. Documents.Values.SelectMany(d => d.Mapped.Problems)],
        };
    }
}
