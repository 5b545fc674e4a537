using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;

namespace BootDepot.Blobs;

/// <summary>
/// Bytes named by their SHA-256. A blob is readable only after every byte was written and its size and digest
/// matched; until then it is a <em>partial</em>, known by a <see cref="PartialName"/>, which survives restarts.
/// Implementations hold no policy (no retry, no rate limit, no retention).
/// </summary>
public interface IBlobStore
{
    /// <summary>
    /// Whether processes on other machines may write here too: then a writer should not be kept open between two requests, as the next
    /// one may reach another machine.
    /// </summary>
    bool IsShared { get; }

    /// <summary>Size of a complete blob, or null when it is not held.</summary>
    Task<long?> SizeOrNullAsync(Digest digest, CancellationToken cancel);

    /// <summary>
    /// Opens a complete blob for reading at <paramref name="offset"/>; null when it is not held. The stream can seek, and its
    /// length is the blob's size. The file backend returns a <see cref="FileStream"/>, whose handle can be given to sendfile.
    /// </summary>
    /// <exception cref="System.ArgumentOutOfRangeException">The offset is negative or past the end.</exception>
    Task<Stream?> OpenOrNullAsync(Digest digest, long offset, CancellationToken cancel);

    /// <summary>
    /// Starts the partial of that name, or goes on with what is there: the writer's <see cref="IBlobWriter.Offset"/>
    /// tells where. One writer per partial at a time.
    /// </summary>
    /// <param name="name">Identity of the transfer.</param>
    /// <param name="size">
    /// Expected size in bytes, for which the backend may reserve room; null when it is not known yet. A partial that holds
    /// more than that is emptied.
    /// </param>
    /// <param name="cancel">Stops the re-hash of bytes that are already there.</param>
    /// <exception cref="PartialBusyException">Another writer holds the partial, in this process or another.</exception>
    /// <exception cref="BlobSpaceException">There is no room for <paramref name="size"/> bytes.</exception>
    Task<IBlobWriter> WriteAsync(PartialName name, long? size, CancellationToken cancel);

    /// <summary>Forgets a partial and frees its space. Nothing happens when there is none.</summary>
    /// <exception cref="PartialBusyException">A writer holds it.</exception>
    Task DiscardPartialAsync(PartialName name, CancellationToken cancel);

    /// <summary>Every complete blob, in digest order.</summary>
    IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancel);

    /// <summary>Every partial, with the bytes it holds so far and when it was last written.</summary>
    IAsyncEnumerable<PartialInfo> ListPartialsAsync(CancellationToken cancel);

    /// <summary>Deletes a complete blob; false when it was not held. Reads that are open go on to their end.</summary>
    Task<bool> DeleteAsync(Digest digest, CancellationToken cancel);

    /// <summary>
    /// Free and used bytes, null members where the backend has no such limit. Room that is reserved for the rest of a partial
    /// counts as free: it is there for that partial. Costs a walk over all blobs.
    /// </summary>
    Task<BlobSpace> MeasureAsync(CancellationToken cancel);
}
