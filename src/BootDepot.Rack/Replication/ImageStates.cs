using System.Collections.Generic;
using System.Linq;
using BootDepot.Images.Products;
using BootDepot.Images.Racks;

namespace BootDepot.Rack.Replication;

/// <summary>What the rack says of each image.</summary>
internal sealed class ImageStates(HeldFiles held, FileProgress progress)
{
    /// <summary>Of images that it wants, or may be asked for.</summary>
    public IReadOnlyList<RackImageState> Of(IEnumerable<OfferedImage> images, bool isOnDemand, bool isWindowOpen) =>
        [.. images.Select(image => Of(image, isOnDemand, isWindowOpen))];

    private RackImageState Of(OfferedImage image, bool isOnDemand, bool isWindowOpen)
    {
        var missing = image.Files.Where(f => !held.Has(f.Digest)).ToList();
        var fault = missing.Select(f => progress.FaultOf(f.Digest)).FirstOrDefault(f => f is not null);
        var isFailed = missing.Exists(f => progress.HasFailed(f.Digest));
        return new RackImageState
        {
            Name = image.Key.Name.ToString(),
            Architecture = image.Key.Architecture.ToString(),
            Subarches = image.Subarches,
            Label = image.Label,
            Version = image.Version.ToString(),
            BootloaderType = image.BootloaderType,
            State = missing.Count == 0 ? "synced" : isFailed ? "failed" : isOnDemand ? "on-demand" : isWindowOpen ? "syncing" : "waiting",
            Files = image.Files.Count,
            FilesHeld = image.Files.Count - missing.Count,
            Bytes = image.Files.Sum(f => f.Size),
            BytesHeld = image.Files.Sum(f => f.Size) - missing.Sum(f => f.Size) + missing.Sum(f => progress.ReceivedOf(f.Digest)),
            Fault = fault,
        };
    }
}
