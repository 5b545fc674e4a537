using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using BootDepot.Images.Planning;
using BootDepot.Images.Products;
using BootDepot.Images.Selections;

namespace BootDepot.Images.Tests;

/// <summary>Short ways to products, images, sets and sources.</summary>
internal static class Make
{
    public const string Subarches2404 = "generic,hwe-p,hwe-q,hwe-t,ga-16.04,ga-22.04,ga-24.04";

    public static Digest Digest(string seed) =>
        BootDepot.Images.Digest.FromHash(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));

    public static OfferedItem Item(string name, string path, string? ftype = null, string? sha = null, string? size = "10") =>
        new(name, new Dictionary<string, string>
        {
            ["ftype"] = ftype ?? name,
            ["path"] = path,
            ["sha256"] = sha ?? Digest(path).Hex,
            ["size"] = size ?? "",
        });

    public static OfferedItem With(this OfferedItem item, string key, string? value)
    {
        var tags = new Dictionary<string, string>(item.Tags.ToDictionary(t => t.Key, t => t.Value));
        if (value is null)
            tags.Remove(key);
        else
            tags[key] = value;
        return item with { Tags = tags };
    }

    public static OfferedVersion UbuntuVersion(string version, string folder = "noble/amd64", params string[] without) =>
        new(version, new[]
        {
            Item("boot-kernel", $"{folder}/{version}/boot-kernel"),
            Item("boot-initrd", $"{folder}/{version}/boot-initrd"),
            Item("squashfs", $"{folder}/{version}/squashfs"),
            Item("manifest", $"{folder}/{version}/squashfs.manifest"),
        }.Where(i => !without.Contains(i.Name)).ToList());

    public static OfferedProduct Product(
        string name, string tags, params OfferedVersion[] versions) =>
        new("cid", name, Tags(tags), versions);

    public static OfferedProduct Ubuntu(
        string subarch = "ga-24.04",
        string? flavor = "generic",
        string arch = "amd64",
        string? subarches = Subarches2404,
        string label = "stable",
        string release = "noble",
        string number = "24.04",
        params string[] versions)
    {
        var product = Product(
            $"com.ubuntu.maas.{label}:v3:boot:{number}:{arch}:{KernelFlavors.Apply(subarch, flavor)}",
            $"os=ubuntu;release={release};version={number};arch={arch};subarch={subarch};label={label};release_title={number} LTS",
            (versions.Length == 0 ? ["20260309"] : versions)
                .Select(v => UbuntuVersion(v, $"{release}/{arch}/{subarch}/{flavor}")).ToArray());
        var all = product.Tags.ToDictionary(t => t.Key, t => t.Value);
        if (flavor is not null)
            all["kflavor"] = flavor;
        if (subarches is not null)
            all["subarches"] = subarches;
        return product with { Tags = all };
    }

    public static OfferedProduct Loader(string os = "grub-efi-signed", string type = "uefi", string arch = "amd64", params string[] versions) =>
        Product(
            $"com.ubuntu.maas.stable:1:{os}:{type}:{arch}",
            $"os={os};bootloader-type={type};arch={arch};arches={arch};label=stable",
            (versions.Length == 0 ? ["20230222.0"] : versions)
                .Select(v => new OfferedVersion(v, [Item("grub2", $"bootloaders/{type}/{arch}/{v}/{os}.tar.xz", "archive.tar.xz")]))
                .ToArray());

    public static OfferedProduct Centos(string release = "8", params string[] versions) =>
        Product(
            $"com.ubuntu.maas.stable:centos-bases:{release}:amd64",
            $"os=centos;release={release};version={release};arch=amd64;subarch=generic;subarches=generic;label=stable",
            (versions.Length == 0 ? ["20211104_01"] : versions)
                .Select(v => new OfferedVersion(v, [Item("root-tgz", $"centos/{release}/{v}/root-tgz")])).ToArray());

    public static Dictionary<string, string> Tags(string text) =>
        text.Split(';').Select(t => t.Split('=', 2)).ToDictionary(t => t[0], t => t[1]);

    public static OfferedImage Image(OfferedProduct product) => ProductMapping.Map([product]).Images.ShouldHaveSingleItem();

    public static IReadOnlyList<OfferedImage> Images(params OfferedProduct[] products) => ProductMapping.Map(products).Images;

    public static SelectionRule Selection(
        string os = "ubuntu", string release = "noble", string arches = "amd64", string subarches = "*", string labels = "*") =>
        new(os, release, List(arches), List(subarches), List(labels));

    public static PlanSource Source(
        IReadOnlyList<OfferedImage> images, int id = 1, int priority = 1, bool enabled = true, bool read = true, params SelectionRule[] selections) =>
        new(id, priority, enabled, read, selections, images);

    /// <summary>The set that an import of the image leaves.</summary>
    public static HeldSet Held(OfferedImage image, int id, bool complete = true, int? source = 1, bool pinned = false) => new()
    {
        Id = id,
        Key = image.Key,
        IsBootloader = image.IsBootloader,
        Version = image.Version,
        Label = image.Label,
        KernelFlavor = image.KernelFlavor,
        Subarches = image.Subarches,
        IsComplete = complete,
        IsPinned = pinned,
        SourceId = source,
        Files = image.Files.Select(f => new HeldFile(f.Filename, f.Digest, f.Size)).ToList(),
    };

    public static Dictionary<Digest, long> Bytes(params IEnumerable<HeldSet> sets) =>
        sets.Where(s => s.IsComplete).SelectMany(s => s.Files).DistinctBy(f => f.Digest).ToDictionary(f => f.Digest, f => f.Size);

    private static string[] List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
