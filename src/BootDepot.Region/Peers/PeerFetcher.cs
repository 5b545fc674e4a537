using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Images;
using BootDepot.Region.Imports;
using BootDepot.Region.Publishing;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Peers;

/// <summary>
/// Brings blobs that another region holds into this region's own files: verified, and gone on with where a transfer stopped. What
/// regions hold together is in the catalogue that they share: a file that one of them stored.
/// </summary>
internal sealed class PeerFetcher : IDisposable
{
    /// <summary>In a query: only what that region has itself is wanted, so that two that both lack a blob do not ask each other for ever.</summary>
    public const string OwnOnly = "own";

    private readonly CatalogDatabase _catalog;
    private readonly PeerPass _pass;
    private readonly ImmutableArray<Uri> _peers;
    private readonly HttpSender _http;
    private readonly TransferPool _pool;

    public PeerFetcher(CatalogDatabase catalog, PeerPass pass, IBlobStore own, ImmutableArray<Uri> peers, ImportOptions options, TimeProvider time)
    {
        (_catalog, _pass, _peers) = (catalog, pass, peers);
        _http = new HttpSender(new HttpSettings { CaFiles = options.CertificateFiles, StallTimeout = options.StallTimeout }, time);
        // Few attempts: whoever waits should hear soon that nobody has it, and the background comes again.
        _pool = new TransferPool(_http, own, options.Transfers with { Attempts = 2 });
    }

    /// <summary>Where the peers have a blob, if they have it, with what they know this region by.</summary>
    public async Task<ImmutableArray<Uri>> UrlsOfAsync(Digest digest, CancellationToken cancel)
    {
        if (_peers.IsEmpty)
            return [];
        var password = await _pass.ForAsync(digest, cancel);
        return
        [
            .. _peers.Select(p => new UriBuilder(new Uri(p, $"{StreamServer.Base}sha256/{digest.Hex}/blob?{OwnOnly}"))
            {
                UserName = "peer",
                Password = password,
            }.Uri),
        ];
    }

    /// <summary>Size of a blob that some region stored, by the catalogue; null when none did.</summary>
    public async Task<long?> SizeOrNullAsync(Digest digest, CancellationToken cancel)
    {
        await using var db = await _catalog.CreateDbContextAsync(cancel);
        return await db.Files.Where(f => f.Sha256 == digest.Hex && f.StoredAt != null).Select(f => (long?)f.Size).FirstOrDefaultAsync(cancel);
    }

    /// <summary>Brings it here; why not, when it cannot be had. Several who ask at once wait for one transfer.</summary>
    public async Task<Fault?> FetchAsync(Digest digest, long size, CancellationToken cancel) =>
        await _pool.FetchAsync(new BlobRequest(digest, size, await UrlsOfAsync(digest, cancel), "peers"), cancel) is BlobOutcome.Failed failed ? failed.Fault : null;

    /// <inheritdoc />
    public void Dispose()
    {
        _pool.Dispose();
        _http.Dispose();
    }
}
