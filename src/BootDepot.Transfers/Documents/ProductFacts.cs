using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Images;
using BootDepot.Images.Products;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Transfers.Documents;

/// <summary>Turns a products document into the facts that the mapping works on.</summary>
public static class ProductFacts
{
    /// <summary>The products of a document, in its order.</summary>
    public static IEnumerable<OfferedProduct> Of(ProductDocument document)
    {
        foreach (var product in document.Products.Values)
        {
            var versions = new List<OfferedVersion>(product.Versions.Count);
            foreach (var version in document.Flatten(product).GroupBy(i => i.Version.Name, StringComparer.Ordinal))
                versions.Add(new OfferedVersion(version.Key, version.Select(Item).ToList()));
            yield return new OfferedProduct(document.ContentId, product.Name, ProductTags(document, product), versions);
        }
    }

    private static OfferedItem Item(FlatItem item) => new(item.Item.Name, item.ToDictionary(), PathFaultOrNull(item));

    private static Fault? PathFaultOrNull(FlatItem item)
    {
        try
        {
            item.GetPathOrNull();
            return null;
        }
        catch (StreamException e)
        {
            return new Fault(e.Code, e.Message);
        }
    }

    private static Dictionary<string, string> ProductTags(ProductDocument document, Product product)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (document.Datatype is { } datatype)
            tags["datatype"] = datatype;
        foreach (var level in new[] { document.Tags, product.Tags })
        {
            foreach (var (name, value) in level)
            {
                if (value.ScalarOrNull is { } scalar)
                    tags[name] = scalar;
            }
        }

        return tags;
    }
}
