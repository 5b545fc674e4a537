using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Testing;

/// <summary>
/// A signed stream that a test composes and puts on a <see cref="FakeMirror"/>: products with small files, several
/// documents, publication after publication.
/// </summary>
public sealed class SignedTree : IDisposable
{
    /// <summary>Content id of Ubuntu-like products.</summary>
    public const string Ubuntu = "com.ubuntu.maas:stable:v3:download";

    /// <summary>Content id of boot loaders.</summary>
    public const string Loaders = "com.ubuntu.maas:stable:1:bootloader-download";

    /// <summary>Path of the signed index.</summary>
    public const string IndexPath = "streams/v1/index.sjson";

    private readonly Dictionary<string, List<Product>> _documents = new(StringComparer.Ordinal);

    /// <summary>A stream signed by a key of its own.</summary>
    public SignedTree(DateTimeOffset? keyMade = null) =>
        Key = SigningKey.Create(SigningKeyKind.Ed25519, "Test stream", keyMade ?? DateTimeOffset.UtcNow.AddDays(-2));

    /// <summary>What signs it; may be replaced.</summary>
    public SigningKey Key { get; set; }

    /// <summary>The keyring to verify it with.</summary>
    public byte[] Keyring => Key.ExportPublicKey();

    /// <summary>What the documents say of their date; rises by a minute with each publication.</summary>
    public DateTimeOffset Updated { get; set; } = DateTimeOffset.UtcNow.AddDays(-1);

    /// <summary>Path of a signed products document.</summary>
    public static string PathOf(string contentId) => $"streams/v1/{contentId}.sjson";

    /// <summary>An item with the bytes that the mirror will have.</summary>
    public static ProductItem Item(string name, string ftype, string path, GeneratedBytes bytes) =>
        new(name, TagMap.Of(("ftype", ftype), ("path", path), ("sha256", bytes.Sha256), ("size", bytes.Length)));

    /// <summary>An item over bytes at hand.</summary>
    public static ProductItem Item(string name, string ftype, string path, byte[] bytes) =>
        new(name, TagMap.Of(
            ("ftype", ftype), ("path", path), ("sha256", Convert.ToHexStringLower(SHA256.HashData(bytes))), ("size", bytes.LongLength)));

    /// <summary>Removes all products.</summary>
    public void Clear() => _documents.Clear();

    /// <summary>Adds a product, or takes the place of the one of that name.</summary>
    public void Add(string contentId, Product product)
    {
        if (!_documents.TryGetValue(contentId, out var products))
            _documents.Add(contentId, products = []);
        products.RemoveAll(p => p.Name == product.Name);
        products.Add(product);
    }

    /// <summary>Removes a product.</summary>
    public void Remove(string contentId, string name) => _documents[contentId].RemoveAll(p => p.Name == name);

    /// <summary>Adds an Ubuntu image with its kernel, initrd, squashfs and manifest, and puts the files on the mirror.</summary>
    public Product AddUbuntu(
        FakeMirror mirror, string release = "noble", string number = "24.04", string version = "20260309", string arch = "amd64", int size = 2000)
    {
        var items = new List<ProductItem>();
        foreach (var (name, extra) in new[] { ("boot-kernel", 1), ("boot-initrd", 2), ("squashfs", 3), ("manifest", 0) })
        {
            var path = $"{release}/{arch}/{version}/{name}";
            var bytes = Bytes(path, size + extra);
            mirror.Put(path, bytes);
            items.Add(Item(name, name, path, bytes));
        }

        var product = new Product
        {
            Name = $"com.ubuntu.maas.stable:v3:boot:{number}:{arch}:ga-{number}",
            Tags = TagMap.Of(
                ("arch", arch), ("kflavor", "generic"), ("krel", release), ("label", "stable"), ("os", "ubuntu"), ("release", release),
                ("release_title", $"{number} LTS"), ("subarch", $"ga-{number}"), ("subarches", $"generic,ga-{number}"),
                ("support_eol", "2029-05-31"), ("version", number), ("x_unknown", "kept")),
            Versions = Map([new ProductVersion { Name = version, Items = Map(items, i => i.Name) }], v => v.Name),
        };
        Add(Ubuntu, product);
        return product;
    }

    /// <summary>Adds the boot loader that UEFI machines of amd64 get.</summary>
    public Product AddLoader(FakeMirror mirror, string version = "20230222.0")
    {
        var path = $"bootloaders/uefi/amd64/{version}/grub2-signed.tar.xz";
        var bytes = Bytes(path, 500);
        mirror.Put(path, bytes);
        var item = Item("grub2-signed", "archive.tar.xz", path, bytes);
        item = item with
        {
            Tags = new OrderedMap<TagValue>(item.Tags.Concat(
                TagMap.Of(("src_package", "grub2-signed"), ("src_release", "jammy"), ("src_version", "1.187")))),
        };
        var product = new Product
        {
            Name = "com.ubuntu.maas.stable:1:grub-efi-signed:uefi:amd64",
            Tags = TagMap.Of(
                ("arch", "amd64"), ("arches", "amd64"), ("bootloader-type", "uefi"), ("label", "stable"), ("os", "grub-efi-signed")),
            Versions = Map([new ProductVersion { Name = version, Items = Map([item], i => i.Name) }], v => v.Name),
        };
        Add(Loaders, product);
        return product;
    }

    /// <summary>The products document as text, unsigned.</summary>
    public byte[] Document(string contentId) => DocumentWriter.Write(new ProductDocument
    {
        ContentId = contentId,
        Datatype = "image-ids",
        Updated = StreamTime.Format(Updated),
        Products = Map(_documents[contentId], p => p.Name),
    });

    /// <summary>The index as text, unsigned.</summary>
    public byte[] Index(string suffix = ".sjson") => DocumentWriter.Write(new StreamIndex
    {
        Updated = StreamTime.Format(Updated),
        Entries = Map(
            _documents.Select(d => new IndexEntry
            {
                ContentId = d.Key,
                Format = ProductDocument.FormatName,
                Datatype = "image-ids",
                PathText = $"streams/v1/{d.Key}{suffix}",
                Products = d.Value.ConvertAll(p => p.Name),
                Updated = StreamTime.Format(Updated),
            }),
            e => e.ContentId),
    });

    /// <summary>Signs text inline.</summary>
    public byte[] Sign(byte[] text) => Key.ClearSign(text, DateTimeOffset.UtcNow);

    /// <summary>Signs everything anew and puts it on the mirror, all forms of it.</summary>
    public void Publish(FakeMirror mirror)
    {
        Updated += TimeSpan.FromMinutes(1);
        foreach (var contentId in _documents.Keys)
        {
            var text = Document(contentId);
            mirror.Put(PathOf(contentId), Sign(text));
            mirror.Put($"streams/v1/{contentId}.json", text);
            mirror.Put($"streams/v1/{contentId}.json.gpg", Key.SignDetached(text, DateTimeOffset.UtcNow));
        }

        mirror.Put(IndexPath, Sign(Index()));
        mirror.Put("streams/v1/index.json", Index(".json"));
        mirror.Put("streams/v1/index.json.gpg", Key.SignDetached(Index(".json"), DateTimeOffset.UtcNow));
    }

    /// <summary>Bytes that follow from a name.</summary>
    public static byte[] Bytes(string name, int size)
    {
        var bytes = new byte[size];
        new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(name)))).NextBytes(bytes);
        return bytes;
    }

    /// <summary>An ordered map by name.</summary>
    public static OrderedMap<T> Map<T>(IEnumerable<T> values, Func<T, string> name) =>
        new(values.Select(v => KeyValuePair.Create(name(v), v)));

    /// <inheritdoc />
    public void Dispose() => Key.Dispose();
}
