using System.Collections.Generic;

namespace BootDepot.Images.Products;

/// <summary>A stream product as read, before anything is concluded from it.</summary>
/// <param name="ContentId">Content id of its document.</param>
/// <param name="Name">Product name, for example <c>com.ubuntu.maas.stable:v3:boot:24.04:amd64:ga-24.04</c>.</param>
/// <param name="Tags">Flat view of document and product: the product's own keys win.</param>
/// <param name="Versions">Its versions, in any order.</param>
public sealed record OfferedProduct(
    string ContentId,
    string Name,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyList<OfferedVersion> Versions);

/// <summary>A version of a product.</summary>
/// <param name="Name">Version name; newest is the bytewise largest.</param>
/// <param name="Items">Its items.</param>
public sealed record OfferedVersion(string Name, IReadOnlyList<OfferedItem> Items);

/// <summary>An item of a version.</summary>
/// <param name="Name">Item name, a label that is unique in its version.</param>
/// <param name="Tags">Flat view: document, product, version and item keys, the innermost wins.</param>
/// <param name="PathFault">What is wrong with its path, found by whoever knows the path rule of streams; null if nothing.</param>
public sealed record OfferedItem(string Name, IReadOnlyDictionary<string, string> Tags, Fault? PathFault = null);
