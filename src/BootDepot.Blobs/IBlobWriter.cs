using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;

namespace BootDepot.Blobs;

/// <summary>
/// The one writer of a partial. Bytes are hashed as they are written, so a commit never reads the file again.
/// Disposing without a commit keeps the partial for a later <see cref="IBlobStore.WriteAsync"/>.
/// </summary>
public interface IBlobWriter : IAsyncDisposable
{
    /// <summary>How many bytes the partial holds: where the next byte goes.</summary>
    long Offset { get; }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="BlobSpaceException">The backend has no room; what was appended before stays.</exception>
    ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel);

    /// <summary>Drops what was appended and starts again at byte 0.</summary>
    Task RestartAsync(CancellationToken cancel);

    /// <summary>Drops everything after <paramref name="offset"/>, so that the next byte goes there.</summary>
    Task TruncateAsync(long offset, CancellationToken cancel);

    /// <summary>
    /// Makes the partial a complete blob if its bytes have that digest (any digest when null) and the size given to
    /// <see cref="IBlobStore.WriteAsync"/>. On success the partial is gone, the blob is durable, and its info is in the
    /// result. On a mismatch nothing becomes visible and the partial is emptied. A blob that is already held is success.
    /// </summary>
    Task<BlobCommit> CommitAsync(Digest? expected, CancellationToken cancel);
}
