using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images.Products;
using BootDepot.Rack.Enrolment;
using BootDepot.Simplestreams;
using BootDepot.Transfers.Documents;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Rack.Replication;

/// <summary>
/// Where files come from: racks of the same site first, then the region. Files are named by their content and verified, so a
/// neighbour needs no trust; one that does not answer a short question is left out for a while.
/// </summary>
internal sealed class Sources(RegionLink link, HttpSender http, TimeProvider time)
{
    /// <summary>Path at which racks give files to each other, by digest.</summary>
    public const string PeerPath = "blobs/";

    private static readonly TimeSpan PeerPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PeerMemory = TimeSpan.FromSeconds(20);

    private ImmutableArray<Uri> _usable = [];
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;

    /// <summary>The neighbours that there are said to be.</summary>
    public ImmutableArray<Uri> Peers { get; set; } = [];

    /// <summary>Finds out which neighbours answer; cheap when that was done a moment ago.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (now - _lookedAt < PeerMemory)
            return;
        _lookedAt = now;
        var answers = await Task.WhenAll(Peers.Select(async peer =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(peer, "healthz"));
            var (answer, _) = await http.ExchangeAsync(request, limit: 1024, PeerPatience, cancel);
            return answer is { Status: System.Net.HttpStatusCode.OK } ? peer : null;
        }));
        _usable = [.. answers.OfType<Uri>()];
    }

    /// <summary>A request for a file.</summary>
    public BlobRequest RequestFor(OfferedFile file, string group)
    {
        var urls = new List<Uri>(_usable.Select(peer => new Uri(peer, PeerPath + file.Digest.Hex)));
        foreach (var region in link.Order)
        {
            var location = StreamLocation.Parse(new Uri(region, StreamCopy.Base).AbsoluteUri);
            urls.Add(SignedDocumentFetcher.UrlOf(location, StreamPath.ParseItem(file.Path)));
        }

        return new BlobRequest(file.Digest, file.Size, urls, group);
    }
}
