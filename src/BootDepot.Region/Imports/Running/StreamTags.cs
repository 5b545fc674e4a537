using System.Collections.Generic;
using BootDepot.Images.Products;
using BootDepot.Region.Imports.Sources;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Region.Imports.Running;

/// <summary>Finds what a stream says about an image, key by key, so that it can be published again as it was.</summary>
internal sealed class StreamTags(IReadOnlyDictionary<int, SourceReading> readings)
{
    /// <summary>The key that signed the image's document; null when the source is unsigned.</summary>
    public string? SignerOf(int sourceId, OfferedImage image) => readings[sourceId].Documents[image.ContentId].SignedBy;

    /// <summary>The product's keys with those of the document that it inherits.</summary>
    public string OfProduct(int sourceId, OfferedImage image)
    {
        var document = DocumentOf(sourceId, image);
        var tags = new Dictionary<string, TagValue>(System.StringComparer.Ordinal);
        foreach (var (name, value) in document.Tags)
            tags[name] = value;
        foreach (var (name, value) in document.Products[image.ProductName].Tags)
            tags[name] = value;
        return TagMap.ToJson(new OrderedMap<TagValue>(tags));
    }

    /// <summary>The version's own keys.</summary>
    public string OfVersion(int sourceId, OfferedImage image) => TagMap.ToJson(VersionOf(sourceId, image).Tags);

    /// <summary>The item's own keys.</summary>
    public string OfItem(int sourceId, OfferedImage image, OfferedFile file) =>
        TagMap.ToJson(VersionOf(sourceId, image).Items[file.ItemName].Tags);

    private ProductVersion VersionOf(int sourceId, OfferedImage image) =>
        DocumentOf(sourceId, image).Products[image.ProductName].Versions[image.Version.ToString()];

    private ProductDocument DocumentOf(int sourceId, OfferedImage image) =>
        readings[sourceId].Documents[image.ContentId].Document;
}
