using System.Collections.Immutable;
using BootDepot.Images.Products;

namespace BootDepot.Rack.Holding;

/// <summary>
/// What machines can boot from this rack now: one immutable list, replaced as a whole when the tree is switched, so that a
/// boot chain that began with one list finds all of that list's files.
/// </summary>
public sealed class HeldImages
{
    private ImmutableArray<OfferedImage> _images = [];

    /// <summary>Every version of every image that is usable here; of a resource that is held in several versions, each one.</summary>
    public ImmutableArray<OfferedImage> Current => _images;

    /// <summary>Puts another list in place.</summary>
    public void Replace(ImmutableArray<OfferedImage> images) =>
        ImmutableInterlocked.InterlockedExchange(ref _images, images);
}
