using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Rack.Holding;
using BootDepot.Rack.Netboot.Routing;

namespace BootDepot.Rack.Netboot.Images;

/// <summary>A file of a held image.</summary>
internal sealed record HeldFile(Digest Digest, long Size, RackContent Content) : NetbootFile(Digest, Size)
{
    /// <inheritdoc />
    public override Task<Stream?> OpenOrNullAsync(long offset, CancellationToken cancel) =>
        Content.OpenOrNullAsync(Digest, offset, cancel);
}
