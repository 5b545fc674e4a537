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

    /// <summary>
    /// Appends bytes; the memory is the caller's again when the task ends. Whole <see cref="BlobPieces"/> are the fastest.
    /// </summary>
    /// <exception cref="System.ArgumentOutOfRangeException">There would be more bytes than the size that was announced.</exception>
    /// <exception cref="BlobSpaceException">The backend has no room; what was appended before stays.</exception>
    ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel);

    /// <summary>
    /// Makes sure that what was appended survives the end of this process, however it ends, and that another process can go on
    /// behind it. Files and PostgreSQL keep every append at once; S3 gathers some mebibytes.
    /// </summary>
    Task FlushAsync(CancellationToken cancel);

    /// <summary>Drops what was appended and starts again at byte 0.</summary>
    Task RestartAsync(CancellationToken cancel);

    /// <summary>
    /// Drops everything after <paramref name="offset"/>, so that the next byte goes there. To where the writer was opened or last
    /// flushed, or later, that is exact everywhere; further back S3 may have to drop more: look at <see cref="Offset"/>.
    /// </summary>
    Task TruncateAsync(long offset, CancellationToken cancel);

    /// <summary>The digest of what the partial holds now; costs nothing when all of it was appended by this writer.</summary>
    Task<Digest> HashAsync(CancellationToken cancel);

    /// <summary>
    /// Makes the partial a complete blob if its bytes have that digest (any digest when null) and the size given to
    /// <see cref="IBlobStore.WriteAsync"/>. On success the partial is gone, the blob is durable, its info is in the
    /// result, and the writer can only be disposed. On a mismatch nothing becomes visible and the partial is emptied.
    /// A blob that is already held is success, and counts as stored anew.
    /// </summary>
    /// <exception cref="System.IO.IOException">
    /// The bytes could not be made durable, so that the blob must not be counted on. The partial is emptied, as nobody can
    /// tell what of it is on disk.
    /// </exception>
    Task<BlobCommit> CommitAsync(Digest? expected, CancellationToken cancel);
}
