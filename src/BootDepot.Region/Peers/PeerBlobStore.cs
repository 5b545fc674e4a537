using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.Region.Peers;

/// <summary>
/// The files of this region, and behind them those of the other regions: what is read here and lies there is fetched first. Lists and
/// deletions concern the own files only, as each region looks after its own.
/// </summary>
internal sealed class PeerBlobStore(IBlobStore own, PeerFetcher peers) : IBlobStore
{
    public bool IsShared => own.IsShared;

    public async Task<long?> SizeOrNullAsync(Digest digest, CancellationToken cancel) =>
        await own.SizeOrNullAsync(digest, cancel) ?? await peers.SizeOrNullAsync(digest, cancel);

    public async Task<Stream?> OpenOrNullAsync(Digest digest, long offset, CancellationToken cancel)
    {
        if (await own.OpenOrNullAsync(digest, offset, cancel) is { } here)
            return here;
        if (await peers.SizeOrNullAsync(digest, cancel) is not { } size)
            return null;
        if (await peers.FetchAsync(digest, size, cancel) is { } fault)
            throw new BlobsUnreachableException($"The blob {digest} is not in this region yet, and no other region gives it: {fault.Message}");
        return await own.OpenOrNullAsync(digest, offset, cancel);
    }

    public Task<IBlobWriter> WriteAsync(PartialName name, long? size, CancellationToken cancel) => own.WriteAsync(name, size, cancel);

    public Task DiscardPartialAsync(PartialName name, CancellationToken cancel) => own.DiscardPartialAsync(name, cancel);

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancel) => own.ListAsync(cancel);

    public IAsyncEnumerable<PartialInfo> ListPartialsAsync(CancellationToken cancel) => own.ListPartialsAsync(cancel);

    public Task<bool> DeleteAsync(Digest digest, CancellationToken cancel) => own.DeleteAsync(digest, cancel);

    public Task<BlobSpace> MeasureAsync(CancellationToken cancel) => own.MeasureAsync(cancel);
}
