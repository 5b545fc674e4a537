using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using BootDepot.Images;
using BootDepot.Images.Products;

namespace BootDepot.Rack.Holding;

/// <summary>
/// Of a store that the rack shares with its region: the files of the rack's own images, and of those that it had until an hour ago, as a machine
/// that is booting goes on with them. The rest is the region's, which may keep it for the owners of private views.
/// </summary>
internal sealed class OwnFiles(HeldImages held, TimeProvider time)
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Digest, DateTimeOffset> _left = [];
    private HashSet<Digest> _files = [];
    private ImmutableArray<OfferedImage> _images = [];

    /// <summary>Whether it is one of them.</summary>
    public bool Has(Digest digest)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (held.Current is var images && images != _images)
                Follow(images, now);
            return _files.Contains(digest) || (_left.TryGetValue(digest, out var at) && now - at < Grace);
        }
    }

    private void Follow(ImmutableArray<OfferedImage> images, DateTimeOffset now)
    {
        foreach (var (digest, _) in _left.Where(l => now - l.Value >= Grace).ToList())
            _left.Remove(digest);
        foreach (var digest in _files)
            _left[digest] = now;
        _images = images;
        _files = [.. images.SelectMany(i => i.Files).Select(f => f.Digest)];
    }
}
