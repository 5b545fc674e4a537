using System.Collections.Generic;
using System.Linq;
using BenchmarkDotNet.Attributes;
using BootDepot.Images;
using BootDepot.Images.Products;
using BootDepot.Images.Selections;
using BootDepot.Simplestreams.Documents;
using BootDepot.Testing;

namespace BootDepot.HotPathsBench;

/// <summary>What an import does with a document of 2,500 products and 10,000 items, and with each of its images.</summary>
public class Products
{
    private const int Count = 2500;
    private byte[] _document = [];
    private List<OfferedImage> _images = [];
    private readonly SelectionRule[] _rules = [new("ubuntu", "r7", ["amd64"], ["*"], ["*"]), new("ubuntu", "r9", ["*"], ["ga-24.04"], ["stable"])];

    [GlobalSetup]
    public void Make()
    {
        string[] items = ["boot-kernel", "boot-initrd", "squashfs", "manifest"];
        var bytes = new byte[10];
        var products = Enumerable.Range(0, Count).Select(n => new Product
        {
            Name = $"com.ubuntu.maas.stable:v3:boot:{n}:amd64:ga-24.04",
            Tags = TagMap.Of(
                ("arch", "amd64"), ("kflavor", "generic"), ("label", "stable"), ("os", "ubuntu"), ("release", $"r{n}"),
                ("release_title", $"{n} LTS"), ("subarch", "ga-24.04"), ("subarches", "generic,ga-24.04"), ("version", $"{n}")),
            Versions = SignedTree.Map(
                [new ProductVersion { Name = "20260309", Items = SignedTree.Map(items.Select(i => SignedTree.Item(i, i, $"r{n}/amd64/20260309/{i}", bytes)), i => i.Name) }],
                v => v.Name),
        });
        _document = DocumentWriter.Write(new ProductDocument
        {
            ContentId = SignedTree.Ubuntu, Datatype = "image-ids", Products = SignedTree.Map(products, p => p.Name),
        });
        _images = [.. Enumerable.Range(0, Count).Select(Image)];
    }

    [Benchmark]
    public ProductDocument Document_of_10_000_items_read() => DocumentReader.ReadProducts(_document);

    [Benchmark]
    public IReadOnlyList<OfferedImage> Selections_over_2_500_images() => SelectionMatching.Take(_images, _rules);

    private static OfferedImage Image(int n) => new()
    {
        Key = new ResourceKey(ImageName.Parse($"ubuntu/r{n}"), Architecture.Parse("amd64/ga-24.04")),
        ContentId = SignedTree.Ubuntu, ProductName = $"p{n}", Os = "ubuntu", Release = $"r{n}", Subarch = "ga-24.04", Label = "stable",
        Subarches = ["generic", "ga-24.04"], Version = SetVersion.Parse("20260309"), Files = [],
    };
}
