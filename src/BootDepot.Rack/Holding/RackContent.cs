using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.Rack.Holding;

/// <summary>The bytes of the files that this rack serves, by digest. The one way by which TFTP and HTTP get at them.</summary>
public sealed class RackContent(IBlobStore store)
{
    /// <summary>Opens a file at an offset; null when the rack does not have it and cannot get it.</summary>
    public Task<Stream?> OpenOrNullAsync(Digest digest, long offset, CancellationToken cancel) =>
        store.OpenOrNullAsync(digest, offset, cancel);
}
