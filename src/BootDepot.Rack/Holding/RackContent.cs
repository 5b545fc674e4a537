using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.Rack.Holding;

/// <summary>The bytes of the files that this rack serves, by digest. The one way by which TFTP and HTTP get at them.</summary>
public sealed class RackContent(IBlobStore store)
{
    private readonly OwnFiles? _own;

    private Func<Digest, long, CancellationToken, Task<Stream?>>? _fetch;
    private Action<Digest>? _used;

    /// <summary>Of a store that is shared: only the rack's own files.</summary>
    internal RackContent(IBlobStore store, OwnFiles? own)
        : this(store) => _own = own;

    /// <summary>
    /// Opens a file at an offset; null when the rack does not have it and cannot get it. A file that is being fetched is given
    /// as it comes; reading it fails if its bytes turn out to be wrong, and then the connection has to be broken.
    /// </summary>
    public async Task<Stream?> OpenOrNullAsync(Digest digest, long offset, CancellationToken cancel)
    {
        if (!MayGive(digest))
            return null;
        if (await store.OpenOrNullAsync(digest, offset, cancel) is { } held)
        {
            _used?.Invoke(digest);
            return held;
        }

        return _fetch is { } fetch ? await fetch(digest, offset, cancel) : null;
    }

    /// <summary>Whether a file is this rack's to give: of a store of its own, each.</summary>
    internal bool MayGive(Digest digest) => _own?.Has(digest) ?? true;

    /// <summary>Says how files that are not held are got, and who wants to know what is used.</summary>
    internal void Use(Func<Digest, long, CancellationToken, Task<Stream?>> fetch, Action<Digest> used) => (_fetch, _used) = (fetch, used);
}
