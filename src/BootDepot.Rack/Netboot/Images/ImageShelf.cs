using BootDepot.Rack.Holding;

namespace BootDepot.Rack.Netboot.Images;

/// <summary>The held images as boot scripts and paths need them; worked out once per list.</summary>
internal sealed class ImageShelf(HeldImages held)
{
    private ShelfIndex _index = new([]);

    /// <summary>What is held now.</summary>
    public ShelfIndex Current
    {
        get
        {
            var images = held.Current;
            var index = _index;
            return index.Images == images ? index : _index = new ShelfIndex(images);
        }
    }
}
