using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.Transfers.Tests;

/// <summary>A store whose server is away now and then.</summary>
/// <param name="inner">What it is when it is there.</param>
/// <param name="isAway">Asked before each call; told how many bytes its writers got so far, and whether the call writes.</param>
internal sealed class AwayStore(IBlobStore inner, Func<long, bool, bool> isAway) : IBlobStore
{
    private long _written;

    public bool IsShared => inner.IsShared;

    public Task<long?> SizeOrNullAsync(Digest digest, CancellationToken cancel) => There().SizeOrNullAsync(digest, cancel);

    public Task<Stream?> OpenOrNullAsync(Digest digest, long offset, CancellationToken cancel) => There().OpenOrNullAsync(digest, offset, cancel);

    public async Task<IBlobWriter> WriteAsync(PartialName name, long? size, CancellationToken cancel) =>
        new Writer(this, await There().WriteAsync(name, size, cancel));

    public Task DiscardPartialAsync(PartialName name, CancellationToken cancel) => There().DiscardPartialAsync(name, cancel);

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancel) => There().ListAsync(cancel);

    public IAsyncEnumerable<PartialInfo> ListPartialsAsync(CancellationToken cancel) => There().ListPartialsAsync(cancel);

    public Task<bool> DeleteAsync(Digest digest, CancellationToken cancel) => There().DeleteAsync(digest, cancel);

    public Task<BlobSpace> MeasureAsync(CancellationToken cancel) => There().MeasureAsync(cancel);

    private IBlobStore There(bool writes = false) => isAway(Interlocked.Read(ref _written), writes) ? throw new BlobsUnreachableException("The bucket does not answer.") : inner;

    private sealed class Writer(AwayStore store, IBlobWriter inner) : IBlobWriter
    {
        public long Offset => inner.Offset;

        public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
        {
            store.There(writes: true);
            await inner.AppendAsync(bytes, cancel);
            Interlocked.Add(ref store._written, bytes.Length);
        }

        public Task FlushAsync(CancellationToken cancel) => inner.FlushAsync(cancel);

        public Task RestartAsync(CancellationToken cancel) => inner.RestartAsync(cancel);

        public Task TruncateAsync(long offset, CancellationToken cancel) => inner.TruncateAsync(offset, cancel);

        public Task<Digest> HashAsync(CancellationToken cancel) => inner.HashAsync(cancel);

        public Task<BlobCommit> CommitAsync(Digest? expected, CancellationToken cancel)
        {
            store.There(writes: true);
            return inner.CommitAsync(expected, cancel);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
