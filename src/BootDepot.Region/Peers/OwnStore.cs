using BootDepot.Blobs;

namespace BootDepot.Region.Peers;

/// <summary>
/// What this region has itself. The same as the store that everybody reads, unless regions with files of their own copy from each other:
/// then that one has <see cref="PeerBlobStore"/> before it.
/// </summary>
internal sealed record OwnStore(IBlobStore Blobs);
