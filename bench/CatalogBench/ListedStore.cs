using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.CatalogBench;

/// <summary>A store that has a list of blobs and no bytes: of a collection only the catalogue's part is to be measured.</summary>
internal sealed class ListedStore(IReadOnlyDictionary<Digest, long> blobs) : IBlobStore
{
    private readonly List<BlobInfo> _list = [.. blobs.OrderBy(b => b.Key.Hex, StringComparer.Ordinal).Select(b => new BlobInfo(b.Key, b.Value, DateTimeOffset.UnixEpoch))];

    public bool IsShared => false;

    public Task<long?> SizeOrNullAsync(Digest digest, CancellationToken cancel) => Task.FromResult<long?>(blobs.TryGetValue(digest, out var size) ? size : null);

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancel) => _list.ToAsyncEnumerable();

    public IAsyncEnumerable<PartialInfo> ListPartialsAsync(CancellationToken cancel) => Array.Empty<PartialInfo>().ToAsyncEnumerable();

    public Task<Stream?> OpenOrNullAsync(Digest digest, long offset, CancellationToken cancel) => throw new NotSupportedException();

    public Task<IBlobWriter> WriteAsync(PartialName name, long? size, CancellationToken cancel) => throw new NotSupportedException();

    public Task DiscardPartialAsync(PartialName name, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> DeleteAsync(Digest digest, CancellationToken cancel) => throw new NotSupportedException();

    public Task<BlobSpace> MeasureAsync(CancellationToken cancel) => throw new NotSupportedException();
}
