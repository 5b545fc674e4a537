using System.Text.Json;

namespace BootDepot.Simplestreams.Documents;

/// <summary>Reads the tree of a products document. One per document: it counts the items of all versions.</summary>
internal sealed class ProductsReader
{
    private readonly JsonTreeReader _tree;
    private readonly JsonTreeReader.ValueReader<Product> _product;
    private readonly JsonTreeReader.ValueReader<ProductVersion> _version;
    private readonly JsonTreeReader.ValueReader<ProductItem> _item;
    private int _items;

    public ProductsReader(JsonTreeReader tree)
    {
        _tree = tree;
        _product = ReadProduct;
        _version = ReadVersion;
        _item = ReadItem;
    }

    public ProductDocument Read(ref Utf8JsonReader json)
    {
        var texts = new string?[4];
        OrderedMap<Product>? products = null;
        var aliases = OrderedMap<OrderedMap<OrderedMap<TagValue>>>.Empty;
        var tags = _tree.ReadTags(ref json, "the document", (ref j, name) =>
        {
            switch (name)
            {
                case "products":
                    products = _tree.ReadMap(ref j, "'products'", _tree.Limits.Products, _product);
                    return 4;
                case "_aliases":
                    aliases = ReadAliases(ref j);
                    return 5;
                default:
                    var slot = name switch { "content_id" => 0, "format" => 1, "datatype" => 2, "updated" => 3, _ => -1 };
                    if (slot >= 0)
                        texts[slot] = _tree.ReadTextOrNull(ref j, name);
                    return slot;
            }
        });
        DocumentReader.CheckFormat(texts[1], ProductDocument.FormatName);
        return new ProductDocument
        {
            ContentId = texts[0] ?? throw JsonTreeReader.Malformed("it has no 'content_id'"),
            Datatype = texts[2],
            Updated = texts[3],
            Tags = tags,
            Aliases = aliases,
            Products = products ?? throw JsonTreeReader.Malformed("it has no 'products'"),
        };
    }

    private OrderedMap<OrderedMap<OrderedMap<TagValue>>> ReadAliases(ref Utf8JsonReader json) =>
        _tree.ReadMap(ref json, "'_aliases'", _tree.Limits.Members, (ref byTag, _) =>
            _tree.ReadMap(ref byTag, "a tag of '_aliases'", _tree.Limits.Members, (ref byValue, _) =>
                _tree.ReadMap(ref byValue, "a value of '_aliases'", _tree.Limits.Members, (ref tag, _) => _tree.ReadValue(ref tag))));

    private Product ReadProduct(ref Utf8JsonReader json, string name)
    {
        var versions = OrderedMap<ProductVersion>.Empty;
        var tags = _tree.ReadTags(ref json, "a product", (ref j, key) =>
        {
            if (key != "versions")
                return -1;
            versions = _tree.ReadMap(ref j, "'versions'", _tree.Limits.Versions, _version);
            return 0;
        });
        return new Product { Name = name, Tags = tags, Versions = versions };
    }

    private ProductVersion ReadVersion(ref Utf8JsonReader json, string name)
    {
        var items = OrderedMap<ProductItem>.Empty;
        var tags = _tree.ReadTags(ref json, "a version", (ref j, key) =>
        {
            if (key != "items")
                return -1;
            items = _tree.ReadMap(ref j, "'items'", _tree.Limits.Items, _item);
            return 0;
        });
        return new ProductVersion { Name = name, Tags = tags, Items = items };
    }

    private ProductItem ReadItem(ref Utf8JsonReader json, string name)
    {
        if (++_items > _tree.Limits.Items)
            throw JsonTreeReader.TooMany($"it has more than {_tree.Limits.Items} items");
        return new ProductItem(name, _tree.ReadTags(ref json, "an item", NoneReserved));
    }

    private static int NoneReserved(ref Utf8JsonReader json, string name) => -1;
}
